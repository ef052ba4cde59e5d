//! The header: the names of the columns.

use std::path::Path;

use super::cells::{self, Cells, QuoteFault};
use crate::problem::{Place, Problem};

/// Reads the names of the columns, and adds what is wrong with them to the problems.
pub(super) fn read(file: &Path, number: u64, line: &str, problems: &mut Vec<Problem>) -> Vec<String> {
    let place = |byte| Place { line: number, column: cells::column(line, byte) };
    if let Some((delimiter, called)) = other_delimiter(line) {
        let columns: Vec<String> = line.split(delimiter).map(|cell| name(&cells::text(cell.trim()))).collect();
        problems.push(wrong_delimiter(file, place(0), called, &columns));
        return columns;
    }
    let mut columns: Vec<(String, Place)> = Vec::new();
    for cell in Cells::of(line) {
        match cell {
            Ok(cell) => {
                let name = name(&cells::text(&line[cell.clone()]));
                problems.extend(wrong_name(file, place(cell.start), &name, &columns));
                columns.push((name, place(cell.start)));
            }
            Err(QuoteFault::Unclosed(byte) | QuoteFault::Stray(byte)) => problems.push(
                Problem::at(file, place(byte), "stray-quote", "a quote stands in the middle of a column's name")
                    .help("remove the quote"),
            ),
        }
    }
    columns.into_iter().map(|(name, _)| name).collect()
}

/// Without white space around it, nor a second UTF-8 mark: nobody sees either.
fn name(cell: &str) -> String {
    cell.trim_matches(|symbol: char| symbol.is_whitespace() || symbol == '\u{FEFF}').to_owned()
}

fn wrong_name(file: &Path, at: Place, name: &str, before: &[(String, Place)]) -> Option<Problem> {
    let number = before.len() + 1;
    if name.is_empty() {
        return Some(
            Problem::at(file, at, "unnamed-column", format!("column {number} has no name"))
                .help("name it, or delete the column"),
        );
    }
    let first = before.iter().position(|(earlier, _)| earlier == name)?;
    let message = format!("`{name}` is the name of column {} already", first + 1);
    Some(Problem::at(file, at, "duplicate-column", message).help("give one of the two another name"))
}

/// What separates the columns of a header without a comma. Exports quote every name, so cells cannot tell.
fn other_delimiter(line: &str) -> Option<(char, &'static str)> {
    let others = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")];
    others.into_iter().find(|(delimiter, _)| !line.contains(',') && line.contains(*delimiter))
}

fn wrong_delimiter(file: &Path, at: Place, called: &str, columns: &[String]) -> Problem {
    let message = format!("the columns are separated by {called}; this file needs commas");
    let help = format!("export it again with a comma as the separator: `{}`", columns.join(","));
    Problem::at(file, at, "wrong-delimiter", message).help(help)
}
