//! Lines of files, to be quoted below a problem: read again, bounded, and without anything that is nobody's business.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use memchr::{memchr, memchr2};

use crate::problem::{Place, Problem, Quote};
use crate::secret::token_like;

/// A longer line is read past and not quoted.
const LINE_BYTES_MAX: usize = 16 * 1024;

/// What is read again of one file at most: the lines beyond it are not quoted.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// The fewest digits of a phone number.
const PHONE_DIGITS_MIN: usize = 7;

/// The fewest digits that are taken for a phone number outside of its column, without a plus: a date has eight.
const STRAY_PHONE_DIGITS_MIN: usize = 10;

/// The lines that problems stand on, as they may be shown.
pub struct Quotes {
    lines: HashMap<PathBuf, HashMap<u64, String>>,
}

/// A line to be shown, and the bytes of it that are meant.
pub struct Quoted {
    /// The line.
    pub line: String,
    /// What is meant; nothing when it is the end of the line.
    pub span: Range<usize>,
}

impl Quotes {
    /// Reads the lines again, of files that did not change since.
    pub fn read(problems: &[Problem], since_unix_ms: i64) -> Self {
        let mut wanted: HashMap<PathBuf, BTreeSet<u64>> = HashMap::new();
        for Problem { file, place, .. } in problems {
            wanted.entry(file.clone()).or_default().extend(place.map(|place| place.line));
        }
        for problem in problems.iter().filter(|problem| problem.quote == Quote::Nothing) {
            // Nor may another problem of the same line show it.
            if let (Some(place), Some(lines)) = (problem.place, wanted.get_mut(&problem.file)) {
                lines.remove(&place.line);
            }
        }
        let read = |(file, wanted): (PathBuf, BTreeSet<u64>)| {
            let lines = lines_of(&file, &wanted, since_unix_ms).unwrap_or_default();
            (file, lines)
        };
        Self { lines: wanted.into_iter().map(read).collect() }
    }

    /// The line of a problem.
    pub fn of(&self, problem: &Problem) -> Option<Quoted> {
        let Place { line, column } = problem.place?;
        let line = self.lines.get(&problem.file)?.get(&line)?;
        let start = byte_of(line, column)?;
        let meant = match problem.length {
            Some(length) => usize::from(length),
            None if problem.row().is_some() => line[cell_at(line, start)].chars().count(),
            None => line[start..start + word_length(line, start)].chars().count(),
        };
        let shown = match problem.quote {
            Quote::Nothing => return None,
            Quote::Line | Quote::Row => line.clone(),
            Quote::MaskedRow(phone) => masked(line, phone.map(usize::from)),
        };
        let line = without_tokens(shown);
        // As many characters as before, but maybe fewer bytes: digits of other scripts are masked too.
        let start = byte_of(&line, column)?;
        let rest = &line[start..];
        let length = rest.char_indices().nth(meant).map_or(rest.len(), |(byte, _)| byte);
        Some(Quoted { span: start..start + length, line })
    }
}

/// The byte of a column in characters from 1; none beyond the end of the line.
fn byte_of(line: &str, column: u64) -> Option<usize> {
    let before = usize::try_from(column).ok()?.checked_sub(1)?;
    line.char_indices().map(|(byte, _)| byte).chain([line.len()]).nth(before)
}

/// A text in quotes to the closing one, else a word.
fn word_length(line: &str, start: usize) -> usize {
    let rest = &line[start..];
    let quote = line[..start].chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let end = match quote.and_then(|quote| rest.find(quote)) {
        Some(end) => end,
        None => rest.find(|c: char| c.is_whitespace() || ",:]}".contains(c)).unwrap_or(rest.len()),
    };
    // A bracket that opens something, or nothing at all, is pointed at alone.
    if rest.starts_with(['[', '{']) { 1 } else { end }
}

/// The cell of a row that begins at a byte.
fn cell_at(line: &str, start: usize) -> Range<usize> {
    let rest = &line.as_bytes()[start..];
    let end = match rest.strip_prefix(b"\"") {
        None => memchr(b',', rest).unwrap_or(rest.len()),
        Some(quoted) => {
            let mut end = 0;
            while let Some(quote) = memchr(b'"', &quoted[end..]) {
                end += quote + 1;
                if quoted.get(end) != Some(&b'"') {
                    break;
                }
                end += 1;
            }
            end + 1
        }
    };
    start..start + end.max(1).min(rest.len())
}

/// A row with its phone numbers masked, as wide as before: what stands in the column of phones, and what could be one.
fn masked(line: &str, phone: Option<usize>) -> String {
    let mut clean = String::with_capacity(line.len());
    let (mut start, mut index) = (0, 0);
    while start < line.len() {
        let end = if line[start..].starts_with(',') { start } else { cell_at(line, start).end };
        // What stands behind a closing quote, or behind one that is never closed, belongs to the cell.
        let end = line[end..].find(',').map_or(line.len(), |comma| end + comma);
        let cell = &line[start..end];
        if Some(index) == phone || is_phone_like(cell) {
            clean.push_str(&masked_cell(cell));
        } else {
            clean.push_str(cell);
        }
        let comma = if end < line.len() { "," } else { "" };
        clean.push_str(comma);
        (start, index) = (end + comma.len(), index + 1);
    }
    clean
}

/// Whether a cell holds a phone number and nothing else.
fn is_phone_like(cell: &str) -> bool {
    let digits = cell.chars().filter(|c| c.is_numeric()).count();
    let fewest = if cell.trim_start_matches(['"', '\'', ' ']).starts_with('+') {
        PHONE_DIGITS_MIN
    } else {
        STRAY_PHONE_DIGITS_MIN
    };
    digits >= fewest && cell.chars().all(|c| c.is_numeric() || c.is_whitespace() || "+-.()/'\"\u{a0}".contains(c))
}

/// The digits between the first few and the last four as stars; all but those of what is too short for a phone number.
fn masked_cell(cell: &str) -> String {
    const FIRST: usize = 4;
    const LAST: usize = 4;
    const HIDDEN_MIN: usize = 3;
    let digits = cell.chars().filter(|c| c.is_numeric()).count();
    if digits < PHONE_DIGITS_MIN {
        return cell.to_owned();
    }
    let hidden = FIRST.min(digits - LAST - HIDDEN_MIN)..digits - LAST;
    let mut digit = 0;
    let mask = |c: char| {
        if !c.is_numeric() {
            return c;
        }
        digit += 1;
        if hidden.contains(&(digit - 1)) { '*' } else { c }
    };
    cell.chars().map(mask).collect()
}

fn without_tokens(mut line: String) -> String {
    for token in token_like(&line) {
        let stars = "*".repeat(token.len());
        line.replace_range(token, &stars);
    }
    line
}

/// Some lines of a file, as far as they can be had.
fn lines_of(file: &Path, wanted: &BTreeSet<u64>, since_unix_ms: i64) -> Option<HashMap<u64, String>> {
    let (first, last) = (wanted.first()?, *wanted.last()?);
    let about = fs::metadata(file).ok()?;
    let since = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(since_unix_ms).ok()?);
    if *first == 0 || !about.is_file() || about.modified().ok()? > since {
        return None;
    }
    let mut reader = Reader { source: BufReader::new(File::open(file).ok()?), bytes_left: FILE_BYTES_MAX };
    let mut lines = HashMap::new();
    for number in 1..=last {
        let Some(line) = reader.line(wanted.contains(&number)) else { break };
        if let Some(line) = line {
            let text = String::from_utf8_lossy(&line).into_owned();
            let marked = if number == 1 { text.strip_prefix('\u{feff}').map(str::to_owned) } else { None };
            lines.insert(number, marked.unwrap_or(text));
        }
    }
    Some(lines)
}

/// Reads lines as spreadsheets and YAML see them: LF, CRLF and a lone CR each end one.
struct Reader {
    source: BufReader<File>,
    bytes_left: u64,
}

impl Reader {
    /// The next line if it is wanted and no longer than it may be; none at the end.
    fn line(&mut self, wanted: bool) -> Option<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let (mut any, mut too_long) = (false, false);
        loop {
            let buffer = self.source.fill_buf().ok()?;
            if buffer.is_empty() || self.bytes_left == 0 {
                return any.then_some(Some(line).filter(|_| wanted && !too_long));
            }
            any = true;
            let found = memchr2(b'\n', b'\r', buffer);
            let text = &buffer[..found.unwrap_or(buffer.len())];
            too_long |= line.len() + text.len() > LINE_BYTES_MAX;
            if wanted && !too_long {
                line.extend_from_slice(text);
            }
            let is_cr = found.is_some_and(|found| buffer[found] == b'\r');
            let used = found.map_or(buffer.len(), |found| found + 1);
            self.source.consume(used);
            self.bytes_left = self.bytes_left.saturating_sub(used as u64);
            if found.is_none() {
                continue;
            }
            if is_cr && self.source.fill_buf().ok()?.first() == Some(&b'\n') {
                self.source.consume(1);
            }
            return Some(Some(line).filter(|_| wanted && !too_long));
        }
    }
}
