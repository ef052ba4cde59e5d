//! `tidings templates diff`: what has changed at WhatsApp since the lock file was written.

use std::path::PathBuf;

use super::source::{SourceArgs, read};
use super::{json, read_lock, whose};
use crate::catalogue::{Change, Changed, Changes, Key, LOCK_FILE, compare};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::{Printer, counted};
use crate::message::wrap::{WIDTH_MAX, wrapped};

const INDENT: &str = "    ";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A campaign file: its account is read, and compared with the lock file beside it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    source: SourceArgs,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// Compares. Templates that are not as they were locked are a problem for whoever is about to send them.
pub fn run(args: &Args, printer: Printer) -> Result<Exit, Failure> {
    let path = args.file.with_file_name(LOCK_FILE);
    let before = read_lock(&path)?;
    let now = read(&args.file, &args.source, printer)?;
    if before.account != now.account {
        return Err(Failure::Usage(format!(
            "{} holds the templates of {}, and these are of {}: nothing to compare",
            path.display(),
            whose(&before),
            whose(&now)
        )));
    }
    let changes = compare(before.templates(), now.templates());
    if args.json {
        printer.json(&json(&changes));
    } else if changes.is_empty() {
        let count = counted(now.templates().len() as u64, "translation");
        printer.result(&format!("{}: as it was locked, {count}", path.display()));
    } else {
        printer.data(&text(&changes));
        warn_of_prices(&changes, printer);
        printer.talk(&format!("take them over: tidings templates pull {}", args.file.display()));
    }
    Ok(if changes.is_empty() { Exit::Complete } else { Exit::Problems })
}

/// A template that has become a marketing template costs more, and reaches nobody who wants no marketing.
pub fn warn_of_prices(changes: &Changes, printer: Printer) {
    for Changed { key, dearer, dearer_soon, .. } in &changes.changed {
        let told = match (dearer, dearer_soon) {
            (true, _) => "is a marketing template now, no longer utility: each message costs more",
            (false, true) => "is going to be a marketing template: each message will cost more",
            (false, false) => continue,
        };
        printer.warn(&format!("{} {told}", named(key)));
    }
}

fn text(changes: &Changes) -> String {
    let line = |sign: char, key: &Key, what: &str| wrapped(&format!("{sign} {}: {what}", named(key)), WIDTH_MAX);
    let new = changes.new.iter().map(|key| line('+', key, "new"));
    let gone = changes.gone.iter().map(|key| line('-', key, "gone"));
    let changed = changes.changed.iter().map(|changed| {
        let mut lines = wrapped(&format!("~ {}", named(&changed.key)), WIDTH_MAX);
        lines.extend(changed.changes.iter().flat_map(change));
        lines
    });
    new.chain(gone).chain(changed).flatten().collect::<Vec<_>>().join("\n")
}

fn named(Key { name, language }: &Key) -> String {
    // On one line, however long, without anything that could move the cursor.
    wrapped(&format!("{name} ({language})"), usize::MAX).swap_remove(0)
}

fn change(change: &Change) -> Vec<String> {
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "nothing".to_owned());
    match change {
        Change::Field { field, before, after } => indented("", &format!("{field}: {} → {}", word(before), word(after))),
        Change::Details { part } => indented("", &format!("{part}: other sample values, or another order")),
        Change::Wording { part, before, after } => {
            let (old, new) = (lines(before.as_deref()), lines(after.as_deref()));
            let told = match (before, after) {
                (None, _) => format!("{part}: new"),
                (_, None) => format!("{part}: gone"),
                _ => format!("{part}:"),
            };
            let only = |these: &[&str], those: &[&str], sign: &str| -> Vec<String> {
                these.iter().filter(|line| !those.contains(line)).flat_map(|line| indented(sign, line)).collect()
            };
            [indented("", &told), only(&old, &new, "- "), only(&new, &old, "+ ")].concat()
        }
    }
}

fn lines(text: Option<&str>) -> Vec<&str> {
    text.into_iter().flat_map(|text| text.split('\n')).filter(|line| !line.is_empty()).collect()
}

/// Breaks what is too long for a screen; each line keeps its sign.
fn indented(sign: &str, text: &str) -> Vec<String> {
    let depth = if sign.is_empty() { INDENT.to_owned() } else { format!("{INDENT}  {sign}") };
    wrapped(text, WIDTH_MAX - depth.len()).iter().map(|line| format!("{depth}{line}")).collect()
}
