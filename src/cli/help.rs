//! What stands below the options of `--help`: sections of a heading and indented lines.
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
