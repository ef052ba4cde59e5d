//! `report.jsonl`: a JSON object per settled message, for programs and for watching a run.

use std::io::{self, Write};

use super::line::Line;

/// Adds a line, in one piece: a reader who looks in between, or after a crash, finds no half of one.
///
/// # Errors
/// When writing fails.
pub fn add(file: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}
