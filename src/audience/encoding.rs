//! Whether a file is the text it should be: UTF-8, and not one of the kinds that people take for CSV.

use std::path::Path;

use super::cells::column;
use crate::problem::{Place, Problem};

/// How to get UTF-8 out of the programs in which recipients files are made.
const SAVE_AS_UTF8: &str = "save the file as \"CSV UTF-8\" and name that one";

/// The first bytes of files that are no UTF-8 text, what such a file is, and what to do with it.
const FOREIGN: [(&[u8], &str, &str, &str); 5] = [
    (b"\xFF\xFE", "utf-16", "this file is UTF-16 text, not UTF-8", SAVE_AS_UTF8),
    (b"\xFE\xFF", "utf-16", "this file is UTF-16 text, not UTF-8", SAVE_AS_UTF8),
    (b"PK\x03\x04", "not-csv", "this file is an Excel workbook, whatever its name says", SAVE_AS_UTF8),
    (b"\xD0\xCF\x11\xE0", "not-csv", "this file is an old Excel workbook, whatever its name says", SAVE_AS_UTF8),
    (b"\x1F\x8B", "not-csv", "this file is compressed", "unpack it first"),
];

/// Looks at a file's first bytes.
pub(super) fn check_head(file: &Path, head: &[u8]) -> Result<(), Problem> {
    match FOREIGN.iter().find(|(start, ..)| head.starts_with(start)) {
        Some((_, code, message, help)) => Err(Problem::of_file(file, code, *message).help(*help)),
        None => Ok(()),
    }
}

/// A line as text.
pub(super) fn text<'a>(file: &Path, number: u64, line: &'a [u8]) -> Result<&'a str, Problem> {
    let text = std::str::from_utf8(line).map_err(|error| not_utf8(file, number, line, error.valid_up_to()))?;
    match memchr::memchr(0, line) {
        None => Ok(text),
        Some(byte) => {
            let place = Place { line: number, column: column(line, byte) };
            Err(Problem::in_row(
                file,
                place,
                "nul-byte",
                "there is a NUL byte here: this is not plain text, or it is UTF-16",
            )
            .length(1)
            .help(SAVE_AS_UTF8))
        }
    }
}

fn not_utf8(file: &Path, number: u64, line: &[u8], valid: usize) -> Problem {
    let place = Place { line: number, column: column(line, valid) };
    let byte = line[valid];
    // The older one-byte encodings agree on these with Latin-1, well enough to recognise a word.
    let guess = if byte >= 0xA0 { format!("; was it meant as `{}`?", char::from(byte)) } else { String::new() };
    Problem::in_row(file, place, "not-utf-8", format!("the byte {byte:02X} here is not UTF-8 text{guess}"))
        .length(1)
        .help(SAVE_AS_UTF8)
}
