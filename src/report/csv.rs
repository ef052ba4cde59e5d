//! `report.csv`: one line per row of the recipients file, in file order, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use super::line::Line;

/// Makes spreadsheets read UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The columns, in order. Scripts depend on them.
const COLUMNS: [&str; 14] = [
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
    csv: csv::Writer<W>,
}

impl<W: Write> Writer<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(mut file: W) -> io::Result<Self> {
        file.write_all(BYTE_ORDER_MARK)?;
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        csv.write_record(COLUMNS)?;
        Ok(Self { csv })
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
            line.delivery.unwrap_or_default().into(),
            line.delivery_at.as_deref().unwrap_or_default().into(),
            line.message_key.as_deref().unwrap_or_default().into(),
        ];
        Ok(self.csv.write_record(cells.iter().map(|cell| cell.as_bytes()))?)
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

/// A spreadsheet runs a cell that begins like a formula, and turns `+1202…` into a number without its `+`. An apostrophe
/// makes it text; tidings itself ignores one before a phone number, so that rows can be fed back.
fn cell(text: &str) -> Cow<'_, str> {
    match text.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    }
}
