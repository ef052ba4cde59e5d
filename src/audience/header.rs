//! The header: the names of the columns.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use super::cells::{self, Cells, QuoteFault};
use crate::problem::{Place, Problem};

/// What Excel holds; no other spreadsheet that people use holds many more.
const COLUMNS_MAX: usize = 16_384;

/// Reads the names of the columns, and adds what is wrong with them to the problems.
pub(super) fn read(file: &Path, number: u64, line: &str, problems: &mut Vec<Problem>) -> Vec<String> {
    let place = |byte| Place { line: number, column: cells::column(line.as_bytes(), byte) };
    if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")) {
        let message = format!("`{}` is a note for Excel, not a header", line.trim());
        problems.push(Problem::in_row(file, place(0), "excel-note", message).help("delete this line"));
        return Vec::new();
    }
    if let Some((delimiter, called)) = other_delimiter(line) {
        let columns = names(line, delimiter);
        problems.push(wrong_delimiter(file, place(0), called, &columns));
        return columns;
    }
    let columns = names(line, b',');
    if columns.len() > COLUMNS_MAX {
        let message = format!("this header has {} columns; a spreadsheet has at most {COLUMNS_MAX}", columns.len());
        let problem = Problem::in_row(file, place(0), "too-many-columns", message).length(1);
        problems.push(problem.help("look for a line of separators, or for rows that became columns"));
        return columns;
    }
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, cell) in Cells::of(line.as_bytes()).enumerate() {
        match cell {
            Ok(cell) => {
                let at = || place(cell.start);
                problems.extend(wrong_name(file, at, columns.get(index).map(String::as_str), index, &mut first));
            }
            Err(QuoteFault::Unclosed(byte) | QuoteFault::Stray(byte)) => problems.push(
                Problem::in_row(file, place(byte), "stray-quote", "a quote stands in the middle of a column's name")
                    .length(1)
                    .help("remove the quote"),
            ),
        }
    }
    columns
}

/// The names in a header as the csv crate reads it.
fn names(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(line.as_bytes());
    // Reading text from memory cannot fail.
    reader.headers().map(|header| header.iter().map(name).collect()).unwrap_or_default()
}

/// Without white space around it, nor a second UTF-8 mark: nobody sees either.
fn name(cell: &str) -> String {
    cell.trim_matches(|symbol: char| symbol.is_whitespace() || symbol == '\u{FEFF}').to_owned()
}

fn wrong_name<'c>(
    file: &Path,
    at: impl Fn() -> Place,
    name: Option<&'c str>,
    index: usize,
    first: &mut HashMap<&'c str, usize>,
) -> Option<Problem> {
    // In a header of a second UTF-8 mark alone the csv crate sees no cell.
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        let message = format!("column {} has no name", index + 1);
        return Some(Problem::in_row(file, at(), "unnamed-column", message).help("name it, or delete the column"));
    };
    match first.entry(name) {
        Entry::Vacant(vacant) => {
            vacant.insert(index);
            None
        }
        Entry::Occupied(first) => {
            let message = format!("`{name}` is the name of column {} already", first.get() + 1);
            Some(Problem::in_row(file, at(), "duplicate-column", message).help("give one of the two another name"))
        }
    }
}

/// What separates the columns of a header without a comma. Exports quote every name, so cells cannot tell.
fn other_delimiter(line: &str) -> Option<(u8, &'static str)> {
    let others = [(b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars")];
    others.into_iter().find(|(delimiter, _)| !line.contains(',') && line.contains(char::from(*delimiter)))
}

fn wrong_delimiter(file: &Path, at: Place, called: &str, columns: &[String]) -> Problem {
    const LISTED: usize = 30;
    let rest = if columns.len() > LISTED { ",…" } else { "" };
    let listed = columns.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(",");
    let message = format!("the columns are separated by {called}; this file needs commas");
    let help = format!(
        "export it again with a comma as the separator: `{listed}{rest}` (LibreOffice asks for it and Google Sheets writes it; Excel \
         takes the list separator of the computer's region settings)"
    );
    Problem::in_row(file, at, "wrong-delimiter", message).help(help)
}
