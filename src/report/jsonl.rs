//! `report.jsonl`: a JSON object per settled message, for programs and for watching a run.

use std::io::{self, Write};

use super::line::Line;

/// Adds a line.
///
/// # Errors
/// When writing fails.
pub fn add(file: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
}
