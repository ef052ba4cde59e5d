//! From a path to text: size, encoding, and no token in it.

use std::borrow::Cow;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::advice::Form;
use super::problems::Problems;
use crate::problem::Place;
use crate::secret::token_like;

/// What is read here is written by hand; a file beyond this is a mistake or an attack.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A file's bytes and what they say.
pub(super) struct Source {
    /// The file as it stands on the disk.
    pub bytes: Vec<u8>,
    /// Its text, without a byte order mark, and with every token blotted out.
    pub text: String,
}

/// Reads the file; none when there is no text to go on with.
pub(super) fn read(file: &Path, form: &Form, problems: &mut Problems) -> Option<Source> {
    let bytes = read_bytes(file, form, problems)?;
    let text = with_known_lines(decode(&bytes, problems)?);
    let text = blot_tokens(&text, problems);
    Some(Source { bytes, text })
}

fn read_bytes(file: &Path, form: &Form, problems: &mut Problems) -> Option<Vec<u8>> {
    if file.is_dir() {
        problems.of_file("not-a-file", "this is a directory", form.directory);
        return None;
    }
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|open| open.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            problems.of_file("missing-file", "there is no such file", form.missing);
            None
        }
        Err(error) => {
            problems.of_file(
                "unreadable-file",
                format!("this file cannot be read: {error}"),
                "check who may read the file",
            );
            None
        }
        Ok(_) if bytes.len() as u64 > FILE_BYTES_MAX => {
            problems.of_file("file-too-large", "this file is larger than 1 MB", form.large);
            None
        }
        Ok(_) => Some(bytes),
    }
}

fn decode<'b>(bytes: &'b [u8], problems: &mut Problems) -> Option<&'b str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let place = end_of(&String::from_utf8_lossy(&bytes[..error.valid_up_to()]));
            problems.note_length(place, 1);
            problems.add(place, "not-utf-8", "this is not UTF-8 text", "save the file with the encoding UTF-8");
            return None;
        }
    };
    let Some(odd) = text.find(is_invisible) else { return Some(text) };
    let message = "a character stands here that no editor shows";
    problems.add(end_of(&text[..odd]), "invisible-character", message, "remove it, or type the line again");
    None
}

/// Control characters, a byte order mark in the middle, and the line ends that only some YAML parsers take for one.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !"\t\r\n".contains(c)) || "\u{feff}\u{2028}\u{2029}".contains(c)
}

/// With a line feed for each carriage return that stands alone: it ends a line too, and YAML parsers lose count of those.
fn with_known_lines(text: &str) -> Cow<'_, str> {
    let stands_alone = |(at, _): &(usize, &str)| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !text.match_indices('\r').any(|found| stands_alone(&found)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The place behind a text.
fn end_of(text: &str) -> Place {
    let text = with_known_lines(text);
    let line = text.matches('\n').count() as u64 + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
    Place { line, column }
}

/// Replaces every token by as many `x`, so that nothing that is said about the file can repeat it.
fn blot_tokens(text: &str, problems: &mut Problems) -> String {
    let mut clean = String::with_capacity(text.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let mut end = 0;
        for token in token_like(line) {
            let column = line[..token.start].chars().count() as u64 + 1;
            refuse_token(Place { line: index as u64 + 1, column }, problems);
            clean.push_str(&line[end..token.start]);
            clean.push_str(&"x".repeat(token.len()));
            end = token.end;
        }
        clean.push_str(&line[end..]);
    }
    clean
}

fn refuse_token(place: Place, problems: &mut Problems) {
    problems.add_secret(
        place,
        "token-in-file",
        "this looks like an access token; a campaign file never holds one",
        "take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`",
    );
}
