//! `tidings resolve`: what is in doubt, and what a person decides about it.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use super::failure::Failure;
use super::printer::{Printer, counted};
use super::progress::time;
use super::read::{existing_ledger, prepare, read_campaign};
use super::signals::Signals;
use super::{Exit, Global, help, outline};
use crate::campaign::{Campaign, Occurrence};
use crate::clock::{Clock, UnixMs, rfc3339};
use crate::ledger::{Decision, Doubt, Ledger, Standing};

/// So many doubts are listed.
const LISTED_MAX: usize = 50;

const EXAMPLES: &str = "\
Examples:
  tidings resolve spring.yaml            # what is in doubt, and what is known
  tidings resolve spring.yaml --hold     # leave it; runs ask no more
  tidings resolve spring.yaml --give-up --row 17   # over for good
  tidings resolve spring.yaml --resend --row 17    # may arrive twice";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Disk, Exit::Held]))]
pub struct Args {
    /// The campaign file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only these rows of the recipients file. May be repeated; without it, all that are in doubt.
    #[arg(long = "row", value_name = "N")]
    rows: Vec<u64>,
    #[command(flatten)]
    verb: Verb,
    /// With --resend where nobody can be asked: the number of people who may get the message twice.
    #[arg(long, value_name = "N", requires = "resend")]
    yes_may_duplicate: Option<u64>,
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Verb {
    /// Leave them in doubt; runs no longer ask for attention because of them.
    #[arg(long)]
    hold: bool,
    /// Send them again with the next run: these people may get the message twice.
    #[arg(long)]
    resend: bool,
    /// Leave it at that for good: these people may not have got the message.
    #[arg(long)]
    give_up: bool,
}

impl Verb {
    fn decision(&self) -> Option<Decision> {
        match self {
            Self { hold: true, .. } => Some(Decision::Hold),
            Self { resend: true, .. } => Some(Decision::Resend),
            Self { give_up: true, .. } => Some(Decision::GiveUp),
            _ => None,
        }
    }
}

/// Lists doubts, or writes a decision about them down.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    resolve(args, global, printer).unwrap_or_else(|failure| failure.report(printer))
}

fn resolve(args: &Args, global: &Global, printer: Printer) -> Result<Exit, Failure> {
    let campaign = read_campaign(&args.file)?;
    let mut ledger = Ledger::open(&existing_ledger(&args.file, global)?)?;
    let now = Clock::System.unix_ms();
    ledger.recover(now, super::run::DIED)?;
    let mut doubts = ledger.doubts(&campaign.key)?;
    if !args.rows.is_empty() {
        look_at_rows(&ledger, &campaign)?;
    }
    let is_named = |doubt: &Doubt, row: u64| doubt.standing == Standing::InFile && doubt.row == row;
    if let Some(row) = args.rows.iter().find(|row| !doubts.iter().any(|doubt| is_named(doubt, **row))) {
        return Err(Failure::Usage(format!("row {row} is not in doubt; nothing was changed")));
    }
    doubts.retain(|doubt| args.rows.is_empty() || args.rows.iter().any(|row| is_named(doubt, *row)));
    let Some(decision) = args.verb.decision() else {
        printer.data(&list(&campaign, &doubts, now));
        return Ok(Exit::Complete);
    };
    if decision == Decision::Resend && !doubts.is_empty() {
        confirm_resend(args, &doubts, now)?;
    }
    ledger.decide(&doubts, decision, now)?;
    printer.result(&format!("{}: {} {}", campaign.key, counted(doubts.len() as u64, "message"), done(decision)));
    Ok(Exit::Complete)
}

/// Rows are named by the file of the last run. In an edited one they may be other people.
fn look_at_rows(ledger: &Ledger, campaign: &Campaign) -> Result<(), Failure> {
    let now = prepare(campaign)?.recipients_digest();
    match ledger.previous(&campaign.key)? {
        Some(previous) if previous.recipients_digest != now => Err(Failure::Usage(format!(
            "{} was edited since the last run, so its rows may be other people now: run the campaign first, or bring the file \
             back; nothing was changed",
            campaign.recipients.file.display()
        ))),
        _ => Ok(()),
    }
}

fn done(decision: Decision) -> &'static str {
    match decision {
        Decision::Hold => "held in doubt",
        Decision::Resend => "to be sent again by the next run",
        Decision::GiveUp => "given up",
    }
}

/// A resend is the one thing by which tidings can message a person twice, so a person says for how many.
fn confirm_resend(args: &Args, doubts: &[Doubt], now: UnixMs) -> Result<(), Failure> {
    for (standing, why) in [
        (Standing::NotInFile, "are not in the recipients file any more"),
        (Standing::Over, "belong to an occurrence that is over"),
    ] {
        let gone = doubts.iter().filter(|doubt| doubt.standing == standing).count();
        if gone > 0 {
            let remedy = match doubts.iter().find(|doubt| doubt.standing == Standing::InFile) {
                Some(doubt) => format!("name the others with --row, such as --row {}", doubt.row),
                None => "--hold leaves them so, --give-up ends them".to_owned(),
            };
            return Err(Failure::Usage(format!(
                "{gone} of them {why} and cannot be sent again: {remedy}; nothing was changed"
            )));
        }
    }
    if let Some(latest) = doubts.iter().map(Doubt::may_arrive_until).max().filter(|until| *until > now) {
        let wait = Duration::from_millis((latest - now).unsigned_abs());
        return Err(Failure::Usage(format!(
            "requests of the last 15 minutes may still arrive; ask again in {}; nothing was changed",
            time(wait)
        )));
    }
    let people = doubts.len() as u64;
    let typed = match args.yes_may_duplicate {
        Some(number) => Some(number),
        None if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => ask(people)?,
        None => {
            return Err(Failure::Usage(format!(
                "{people} may get the message twice: say so with --yes-may-duplicate {people}; nothing was changed"
            )));
        }
    };
    if typed == Some(people) {
        Ok(())
    } else {
        Err(Failure::Usage(format!("{people} are in doubt, which is not what was typed; nothing was changed")))
    }
}

fn ask(people: u64) -> Result<Option<u64>, Failure> {
    let question = format!("{people} may get the message twice. Type the number to send again: ");
    Printer::ask(&question)?;
    Ok(Signals::default().line()?.and_then(|line| line.trim().parse().ok()))
}

fn list(campaign: &Campaign, doubts: &[Doubt], now: UnixMs) -> String {
    let mut text = format!("{}: {} in doubt", campaign.key, counted(doubts.len() as u64, "message"));
    // One person may have several, which only the value of their column tells apart.
    let is_each = matches!(campaign.occurrence, Occurrence::Each(_));
    for doubt in doubts.iter().take(LISTED_MAX) {
        let recipient = outline::recipient(&doubt.recipient, campaign);
        let held = if doubt.held { ", held" } else { "" };
        let early = if doubt.may_arrive_until() > now { ", may still arrive" } else { "" };
        let place = match doubt.standing {
            Standing::InFile if !is_each => format!("row {}", doubt.row),
            Standing::InFile => format!("row {}, {},", doubt.row, doubt.occurrence),
            Standing::NotInFile if !is_each => "not in the file any more,".to_owned(),
            Standing::NotInFile => format!("{}, not in the file any more,", doubt.occurrence),
            Standing::Over => format!("of {}, row {} then,", doubt.occurrence, doubt.row),
        };
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n  {place} to {recipient}, {} ({}), {}{held}{early}\n    {}",
            doubt.name,
            doubt.language,
            rfc3339(doubt.claimed_at),
            doubt.evidence
        );
    }
    if doubts.len() > LISTED_MAX {
        let _ = write!(text, "\n  and {} more", doubts.len() - LISTED_MAX);
    }
    if !doubts.is_empty() {
        text.push_str("\nthey may have arrived: --hold leaves them so, --give-up ends them, --resend sends them again");
    }
    text
}
