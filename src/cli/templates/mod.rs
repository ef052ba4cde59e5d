//! `tidings templates`: the account's templates, at Meta and in the lock file beside the campaigns.

mod diff;
mod list;
mod pull;
mod show;
mod source;

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::printer::Printer;
use super::{Exit, help};
use crate::catalogue::{LOCK_FILE, Lock, SANDBOX};

const EXAMPLES: &str = "\
Examples:
  tidings templates pull spring.yaml        # into templates.lock.json
  tidings templates list                    # what is in it
  tidings templates show spring_sale        # one, in all its languages
  tidings templates diff spring.yaml        # what changed at WhatsApp since";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Paused, Exit::Token]))]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read the account's templates into templates.lock.json beside the campaign file.
    Pull(pull::Args),
    /// List the templates of the lock file.
    List(list::Args),
    /// Show a template of the lock file in each of its languages.
    Show(show::Args),
    /// Show what has changed at WhatsApp since the lock file was written; code 2 when anything has.
    Diff(diff::Args),
}

/// Reads, lists, shows or compares.
pub fn run(args: &Args, printer: Printer) -> Exit {
    let ended = match &args.command {
        Command::Pull(args) => pull::run(args, printer),
        Command::List(args) => list::run(args, printer),
        Command::Show(args) => show::run(args, printer),
        Command::Diff(args) => diff::run(args, printer),
    };
    ended.unwrap_or_else(|failure| failure.report(printer))
}

/// Reads a lock file: the file itself, or the one beside a campaign or in a directory.
fn read_lock(place: &Path) -> Result<Lock, Failure> {
    Ok(Lock::read(&lock_path(place)).map_err(|problem| vec![problem])?)
}

fn lock_path(place: &Path) -> PathBuf {
    if place.is_dir() {
        return place.join(LOCK_FILE);
    }
    if place.extension().is_some_and(|extension| extension == "json") {
        return place.to_owned();
    }
    place.with_file_name(LOCK_FILE)
}

/// Whose templates a lock file holds.
fn whose(lock: &Lock) -> String {
    if lock.account == SANDBOX { "the simulator".to_owned() } else { format!("account {}", lock.account) }
}

/// Data for programs.
fn json(value: &impl serde::Serialize) -> String {
    // All keys are text and writing into memory does not fail, so there always is a text.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
