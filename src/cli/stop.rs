//! `tidings stop`: the kill switch. It needs no lock, so that it works while a run is under way.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::printer::Printer;
use super::read::real_ledger;
use super::{Exit, Global, help, hint};
use crate::campaign;
use crate::ledger::Switch;

const EXAMPLES: &str = "\
Examples:
  tidings stop spring.yaml               # this campaign, within a second
  tidings stop --all                     # every campaign of this directory
  tidings resume spring.yaml --acknowledge stop   # how to go on afterwards";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Disk]))]
pub struct Args {
    /// The campaign file; without --all, only this campaign stops.
    #[arg(value_name = "FILE", required_unless_present = "all")]
    file: Option<PathBuf>,
    /// Stop every campaign of the ledger: of FILE's, or of .tidings in this directory.
    #[arg(long)]
    all: bool,
}

/// Turns the kill switch on.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    stop(args, global, printer).unwrap_or_else(|failure| failure.report(printer))
}

fn stop(args: &Args, global: &Global, printer: Printer) -> Result<Exit, Failure> {
    let file = args.file.as_deref().unwrap_or(Path::new("."));
    let ledger = real_ledger(file, global)?;
    let switch = Switch::of(&ledger);
    if args.all {
        turn_on(&switch, None)?;
        printer.result(&format!("every campaign of {} is stopped", ledger.display()));
    } else {
        let key = key(file, printer)?;
        turn_on(&switch, Some(&key))?;
        printer.result(&format!("{key} is stopped"));
    }
    let go_on = hint::command("resume", args.file.as_deref().unwrap_or(Path::new("FILE")), global);
    printer.talk(&format!("requests under way may still end; how to go on: {go_on}"));
    Ok(Exit::Complete)
}

/// The campaign's key. A file with problems stops as well as one without, as long as it says which campaign it is.
fn key(file: &Path, printer: Printer) -> Result<String, Failure> {
    campaign::key(file).map_err(|problems| {
        printer
            .warn("NOT stopped: the campaign file does not say which campaign it is; `tidings stop --all` needs none");
        problems.into()
    })
}

/// Whoever stops is in a hurry: what failed names the file, what is at stake, and the other way to stop.
fn turn_on(switch: &Switch, campaign: Option<&str>) -> Result<(), Failure> {
    switch.turn_on(campaign).map_err(|error| {
        let what = format!(
            "NOT stopped: the kill switch {} cannot be written: {error}; make that file as the user that runs tidings, \
             or end the run itself with Ctrl-C or SIGTERM",
            switch.path().display()
        );
        Failure::System(std::io::Error::new(error.kind(), what))
    })
}
