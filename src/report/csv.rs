//! `report.csv`: one line per row of the recipients file, in file order, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use super::line::Line;
use crate::audience::invisible::is_invisible;

/// Makes spreadsheets read UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The columns, in order. Scripts depend on them.
pub(super) const COLUMNS: [&str; 14] = [
    "row",
    "recipient",
    "template",
    "language",
    "state",
    "reason",
    "code",
    "wamid",
    "attempts",
    "first_attempt_at",
    "settled_at",
    "delivery",
    "delivery_at",
    "message_key",
];

/// Writes the file line by line.
pub struct Writer<W: Write> {
    records: RecordWriter<W>,
}

impl<W: Write> Writer<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(file: W) -> io::Result<Self> {
        Ok(Self { records: RecordWriter::new(file)? })
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When writing fails.
    pub fn add(&mut self, line: &Line<'_>) -> io::Result<()> {
        let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
        let cells: [Cow<'_, str>; 14] = [
            line.row.to_string().into(),
            cell(&line.recipient),
            cell(line.template.unwrap_or_default()),
            cell(line.language.unwrap_or_default()),
            line.state.into(),
            cell(line.reason.as_deref().unwrap_or_default()),
            number(line.code).into(),
            cell(line.wamid.unwrap_or_default()),
            line.attempts.to_string().into(),
            line.first_attempt_at.as_deref().unwrap_or_default().into(),
            line.settled_at.as_deref().unwrap_or_default().into(),
            cell(line.delivery.unwrap_or_default()),
            cell(line.delivery_at.as_deref().unwrap_or_default()),
            cell(line.message_key.as_deref().unwrap_or_default()),
        ];
        self.records.add(&cells)
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self) -> io::Result<()> {
        self.records.finish().map(drop)
    }
}

/// Writes records whose cells are safe.
pub(super) struct RecordWriter<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> RecordWriter<W> {
    pub(super) fn new(mut file: W) -> io::Result<Self> {
        file.write_all(BYTE_ORDER_MARK)?;
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(file);
        csv.write_record(COLUMNS)?;
        Ok(Self { csv })
    }

    pub(super) fn add<C: AsRef<str>>(&mut self, cells: &[C]) -> io::Result<()> {
        Ok(self.csv.write_record(cells.iter().map(|cell| cell.as_ref().as_bytes()))?)
    }

    pub(super) fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(|error| io::Error::new(error.error().kind(), error.to_string()))
    }
}

/// Reads the records of a report.
pub(super) struct Reader<'t> {
    records: csv::StringRecordsIntoIter<&'t [u8]>,
}

impl<'t> Reader<'t> {
    /// None where the text does not begin as a report does.
    pub(super) fn new(text: &'t [u8]) -> Option<Self> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(text);
        let is_report = csv.headers().is_ok_and(|header| header.iter().eq(COLUMNS));
        is_report.then(|| Self { records: csv.into_records() })
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Vec<String>>> {
        let record = self.records.next().transpose()?;
        Ok(record.map(|record| record.iter().map(str::to_owned).collect()))
    }
}

/// Text that a spreadsheet takes for text. It runs a cell that begins like a formula, and turns `+1202…` into a number without
/// its `+`; an apostrophe makes it text, and tidings itself ignores one before a phone number, so that rows can be fed back.
///
/// Blanks, quotes and invisible characters before a formula may be dropped before it is looked at; and where semicolons stand
/// between cells, what follows one begins a cell. Control characters, which no spreadsheet shows, are replaced.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !c.is_control() && !matches!(c, ';' | '\u{2028}' | '\u{2029}');
    if text.chars().all(is_plain) && !is_formula(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 2);
    for part in text.split_inclusive([';', '\u{2028}', '\u{2029}']) {
        if is_formula(part) {
            safe.push('\'');
        }
        safe.extend(part.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }));
    }
    Cow::Owned(safe)
}

/// The text of a cell without the apostrophe that made it text.
pub(super) fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Formulas begin with `=`, and with `+`, `-` and `@` for old habits' sake; in East Asian locales with their full-width
/// forms too.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches(is_skipped).starts_with(|c| "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}\u{2212}".contains(c))
}

/// What may be dropped from the beginning of a cell: blanks, quotes, and what nobody sees.
fn is_skipped(c: char) -> bool {
    const QUOTES: &str = "\"'`\u{b4}\u{2018}\u{2019}\u{201c}\u{201d}";
    c.is_whitespace() || c.is_control() || c == char::REPLACEMENT_CHARACTER || QUOTES.contains(c) || is_invisible(c)
}
