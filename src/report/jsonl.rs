//! `report.jsonl`: a JSON object per settled message, for programs and for watching a run.

use std::io::{self, Write};

use super::line::Line;
use crate::audience::invisible::is_harmful;

/// Adds a line, in one piece: a reader who looks in between, or after a crash, finds no half of one.
///
/// # Errors
/// When writing fails.
pub fn add(file: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    let mut text = escaped(&serde_json::to_string(line)?);
    text.push('\n');
    file.write_all(text.as_bytes())
}

/// JSON that means the same, and holds nothing that a terminal would obey: JSON itself leaves some of that as it is.
pub fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for symbol in json.chars() {
        if is_harmful(symbol) && symbol != '\n' {
            // Outside of its texts JSON has only line feeds; all of these have four digits.
            text.push_str(&format!("\\u{:04x}", u32::from(symbol)));
        } else {
            text.push(symbol);
        }
    }
    text
}
