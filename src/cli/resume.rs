//! `tidings resume`: what stops a campaign, and a person's word that it was looked at.

use std::fmt::Write;
use std::path::PathBuf;
use std::str::FromStr;

use super::failure::Failure;
use super::printer::Printer;
use super::read::{existing_ledger, read_campaign, real_ledger};
use super::{Exit, Global, help};
use crate::campaign::Campaign;
use crate::clock::{Clock, rfc3339};
use crate::ledger::{Breaker, BreakerId, Ledger, Reach, Switch};

const EXAMPLES: &str = "\
Examples:
  tidings resume spring.yaml                    # what stops it
  tidings resume spring.yaml --acknowledge 3    # lift breaker 3
  tidings resume spring.yaml --acknowledge stop # lift tidings stop";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Disk, Exit::Held]))]
pub struct Args {
    /// The campaign file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What was looked at and is to stop nothing any more: the number of a breaker, `stop`, or `stop-all`. Without it,
    /// lists what stops the campaign.
    #[arg(long, value_name = "ID")]
    acknowledge: Option<Acknowledged>,
}

#[derive(Debug, Clone, Copy)]
enum Acknowledged {
    Breaker(BreakerId),
    Switch(Reach),
}

impl FromStr for Acknowledged {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "stop" => Ok(Self::Switch(Reach::Campaign)),
            "stop-all" => Ok(Self::Switch(Reach::Everything)),
            number => match number.parse() {
                Ok(number) => Ok(Self::Breaker(BreakerId(number))),
                Err(_) => Err("expected the number of a breaker, `stop` or `stop-all`".to_owned()),
            },
        }
    }
}

/// Lists what stops a campaign, or lifts one of it.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    resume(args, global, printer).unwrap_or_else(|failure| failure.report(printer))
}

fn resume(args: &Args, global: &Global, printer: Printer) -> Result<Exit, Failure> {
    let campaign = read_campaign(&args.file)?;
    let switch = Switch::of(&real_ledger(&args.file, global)?);
    match args.acknowledge {
        None => printer.data(&list(&campaign, switch.stops(&campaign.key), &breakers(args, global, &campaign)?)),
        Some(Acknowledged::Switch(reach)) => {
            if switch.stops(&campaign.key) != Some(reach) {
                return Err(Failure::Usage(format!("{} is not stopped that way; nothing was changed", campaign.key)));
            }
            switch.turn_off((reach == Reach::Campaign).then_some(campaign.key.as_str()))?;
            printer.result("the kill switch is lifted");
        }
        Some(Acknowledged::Breaker(breaker)) => {
            let mut ledger = Ledger::open(&existing_ledger(&args.file, global)?)?;
            let standing = ledger.breakers(&campaign.key, &campaign.sender.phone_number_id)?;
            let stands = standing.iter().any(|standing| standing.id == breaker);
            if !stands || !ledger.acknowledge(breaker, Clock::System.unix_ms())? {
                return Err(Failure::Usage(format!(
                    "no breaker {breaker} stops {}; nothing was changed",
                    campaign.key
                )));
            }
            printer.result(&format!("breaker {breaker} is acknowledged"));
        }
    }
    Ok(Exit::Complete)
}

/// The breakers that stand; none where nothing was sent yet.
fn breakers(args: &Args, global: &Global, campaign: &Campaign) -> Result<Vec<Breaker>, Failure> {
    let path = real_ledger(&args.file, global)?;
    if !path.exists() {
        return Ok(Vec::new());
    }
    Ok(Ledger::open(&path)?.breakers(&campaign.key, &campaign.sender.phone_number_id)?)
}

fn list(campaign: &Campaign, switch: Option<Reach>, breakers: &[Breaker]) -> String {
    let mut text = String::new();
    match switch {
        Some(Reach::Campaign) => text.push_str("\n  stop: somebody ran `tidings stop` for this campaign"),
        Some(Reach::Everything) => text.push_str("\n  stop-all: somebody ran `tidings stop --all`"),
        None => {}
    }
    for Breaker { id, detail, tripped_at, .. } in breakers {
        // Writing to a String does not fail.
        let _ = write!(text, "\n  {id}: {detail}, {}", rfc3339(*tripped_at));
    }
    if text.is_empty() {
        format!("{}: nothing stops it", campaign.key)
    } else {
        format!("{} is stopped by{text}\nlift one with --acknowledge ID, once you have looked", campaign.key)
    }
}
