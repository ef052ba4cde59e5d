//! `tidings templates list`: the lock file as a table.

use std::path::PathBuf;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::{json, read_lock};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;
use crate::cloud::templates::TemplateDefinition;
use crate::message::wrap::{WIDTH_MAX, wrapped};

const HEAD: [&str; COLUMNS] = ["NAME", "LANGUAGES", "STATUS", "CATEGORY", "QUALITY"];
const COLUMNS: usize = 5;
const GAP: usize = 2;

/// So wide may a column be; what is longer is broken into lines. With the gaps they make up a screen.
const WIDTHS_MAX: [usize; COLUMNS] = [26, 15, 10, 14, 7];

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A campaign file, a directory or the lock file itself.
    #[arg(value_name = "FILE", default_value = ".")]
    file: PathBuf,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// One template in one language, for programs.
#[derive(Serialize)]
struct Listed<'t> {
    name: &'t str,
    language: &'t str,
    status: &'t str,
    category: &'t str,
    parameter_format: &'t str,
    quality: Option<&'t str>,
    id: &'t str,
}

/// Prints the table.
pub fn run(args: &Args, printer: Printer) -> Result<Exit, Failure> {
    let lock = read_lock(&args.file)?;
    if args.json {
        let listed: Vec<_> = lock.templates().iter().map(Listed::of).collect();
        printer.json(&json(&listed));
    } else if lock.templates().is_empty() {
        printer.data("the account has no templates");
    } else {
        printer.data(&table(lock.templates()));
    }
    Ok(Exit::Complete)
}

impl<'t> Listed<'t> {
    fn of(template: &'t TemplateDefinition) -> Self {
        Self {
            name: &template.name,
            language: &template.language,
            status: template.status.as_str(),
            category: template.category.as_str(),
            parameter_format: template.parameter_format.as_str(),
            quality: template.quality.as_ref().map(|quality| quality.as_str()),
            id: &template.id,
        }
    }
}

/// A line for the languages of a template that are in the same state.
fn table(templates: &[TemplateDefinition]) -> String {
    let mut rows: Vec<[String; COLUMNS]> = Vec::new();
    for template in templates {
        let Listed { name, language, status, category, quality, .. } = Listed::of(template);
        let quality = quality.unwrap_or_default();
        let alike =
            |row: &&mut [String; COLUMNS]| row[0] == name && [&row[2], &row[3], &row[4]] == [status, category, quality];
        match rows.iter_mut().rev().take_while(|row| row[0] == name).find(alike) {
            Some(row) => row[1].push_str(&format!(", {language}")),
            None => rows.push([name, language, status, category, quality].map(str::to_owned)),
        }
    }
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].width()).chain([HEAD[column].width()]);
        cells.max().unwrap_or(0).min(WIDTHS_MAX[column])
    });
    let rows = std::iter::once(HEAD.map(str::to_owned)).chain(rows);
    rows.flat_map(|row| lines(&row, &widths)).collect::<Vec<_>>().join("\n")
}

fn lines(row: &[String; COLUMNS], widths: &[usize; COLUMNS]) -> Vec<String> {
    let cells: [Vec<String>; COLUMNS] = std::array::from_fn(|column| wrapped(&row[column], widths[column]));
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |index: usize| {
        let mut line = String::with_capacity(WIDTH_MAX);
        for (cell, width) in cells.iter().zip(widths) {
            let text = cell.get(index).map_or("", String::as_str);
            line.push_str(text);
            line.push_str(&" ".repeat(width.saturating_sub(text.width()) + GAP));
        }
        line.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}
