//! What stands below the options of `--help`: sections of a heading and indented lines, which the manual page takes over.
//!
//! Every command has two to four examples and the exit codes that it ends with:
//! `#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, ...]))]` above its arguments.

use super::Exit;

/// Help is no wider, so that it can be read and quoted everywhere.
pub const WIDTH_MAX: usize = 80;

/// The examples, and a section on exit codes.
pub fn text(examples: &str, exits: &[Exit]) -> String {
    let codes = exits.iter().map(|exit| format!("\n  {:<4}{}", exit.code(), exit.meaning()));
    format!("{examples}\n\nExit codes:{}", codes.collect::<String>())
}

/// The sections of such a text: headings, and lines as they stand.
pub fn sections(text: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    text.split("\n\n").filter_map(|section| {
        let mut lines = section.lines();
        Some((lines.next()?.trim_end_matches(':'), lines.collect()))
    })
}
