//! `tidings templates pull`: the account's templates into the lock file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::source::{SourceArgs, read};
use super::{diff, whose};
use crate::catalogue::{Changes, LOCK_FILE, Lock, SANDBOX, Written, compare};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::{Printer, counted};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A campaign file: its account is read.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    source: SourceArgs,
}

/// Reads from WhatsApp and writes the file, unless it says the same already.
pub fn run(args: &Args, printer: Printer) -> Result<Exit, Failure> {
    let lock = read(&args.file, &args.source, printer)?;
    let path = args.file.with_file_name(LOCK_FILE);
    let before = before(&path, &lock, printer)?;
    let written = lock.write(&path)?;
    let shown = path.display();
    match written {
        Written::Unchanged => printer.result(&format!("{shown}: unchanged, {}", size(&lock))),
        Written::Changed => {
            let changes = before.map(|before| compare(before.templates(), lock.templates()));
            let told = changes.as_ref().map(told).unwrap_or_default();
            printer.result(&format!("{shown}: {}{told}", size(&lock)));
            if let Some(changes) = &changes {
                diff::warn_of_prices(changes, printer);
            }
        }
    }
    Ok(Exit::Complete)
}

/// What the file says now, where there is one. A file of another account is not written over: campaigns of two accounts
/// in one folder would take each other's templates away.
fn before(path: &Path, lock: &Lock, printer: Printer) -> Result<Option<Lock>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let before = match Lock::read(path) {
        Ok(before) => before,
        Err(problem) if problem.code == "lock-damaged" => {
            printer.warn(&format!("{problem}\nit is written anew"));
            return Ok(None);
        }
        Err(problem) => return Err(vec![problem].into()),
    };
    if before.account == lock.account {
        return Ok(Some(before));
    }
    if before.account == SANDBOX {
        return Ok(None);
    }
    Err(Failure::Usage(format!(
        "{} holds the templates of {}, not of {}: keep campaigns of different accounts in different folders, or remove the \
         file first; nothing was written",
        path.display(),
        whose(&before),
        whose(lock)
    )))
}

fn size(lock: &Lock) -> String {
    let of = |key: fn(&crate::cloud::templates::TemplateDefinition) -> &str| {
        lock.templates().iter().map(key).collect::<BTreeSet<_>>().len() as u64
    };
    format!(
        "{} in {}",
        counted(of(|template| &template.name), "template"),
        counted(of(|template| &template.language), "language")
    )
}

fn told(changes: &Changes) -> String {
    let counts = [(changes.new.len(), "new"), (changes.changed.len(), "changed"), (changes.gone.len(), "gone")];
    let counts: Vec<_> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) }
}
