//! `tidings purge`: erases people with whom there was nothing to do for long.

use std::path::PathBuf;
use std::str::FromStr;

use super::erasing::{self, confirm, lines_of_reports, places, tell_links, untreated};
use super::failure::Failure;
use super::printer::{Printer, counted};
use super::{Exit, Global, help};
use crate::clock::{Clock, UnixMs, rfc3339};
use crate::ledger::{Erased, Idle};
use crate::report::erase::{Erasure, Rewritten};

const EXAMPLES: &str = "\
Examples:
  tidings purge --older-than 90d           # here: in .tidings and reports
  tidings purge --older-than 26w spring/campaign.yaml
  tidings purge --older-than 90d --yes --quiet   # for cron";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Disk, Exit::Held]))]
pub struct Args {
    /// Erase people whose last message was settled longer ago than this: hours, days or weeks, such as 72h, 90d, 26w.
    #[arg(long, value_name = "TIME")]
    older_than: Age,
    /// Campaign files, or their folders: of each, the whole ledger and the reports of its folder. Without one, those of the
    /// current folder.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Do not ask; required where nobody can answer.
    #[arg(long, short)]
    yes: bool,
}

/// Whole hours, days or weeks.
#[derive(Debug, Clone, Copy)]
struct Age {
    millis: i64,
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const HOUR: i64 = 60 * 60 * 1000;
        let units = [('h', HOUR), ('d', 24 * HOUR), ('w', 7 * 24 * HOUR)];
        let found = units.iter().find_map(|(name, millis)| Some((text.strip_suffix(*name)?, *millis)));
        // A sign is no digit, though numbers are read with one.
        let found = found.filter(|(digits, _)| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let millis = found.and_then(|(digits, unit)| unit.checked_mul(digits.parse().ok()?));
        match millis.filter(|millis| *millis > 0) {
            Some(millis) => Ok(Self { millis }),
            None => Err("write a number with h, d or w, such as `90d`".to_owned()),
        }
    }
}

/// Erases whoever was not messaged for long.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    purge(args, global, printer).unwrap_or_else(|failure| erasing::report(failure, printer))
}

fn purge(args: &Args, global: &Global, printer: Printer) -> Result<Exit, Failure> {
    let places = places(&args.files, global)?;
    let before = Clock::System.unix_ms().saturating_sub(args.older_than.millis);
    confirm(&format!("Erase everybody whose last message was settled before {}?", rfc3339(before)), args.yes)?;
    for place in &places {
        place.tell_unread(printer);
        let mut ledger = place.open()?;
        let idle = ledger.mark_idle(before)?;
        let rewritten = place.erase_from_reports(&ledger, &mut Erasure::before(before))?;
        tell_links(&rewritten.links, printer);
        // Lines of reports are found by what the ledger knows: it goes last.
        if !rewritten.untreated.is_empty() {
            let why = untreated(&rewritten.untreated);
            printer.error(&format!("{why}\nnot everything was erased: mend or delete that, and run this again"));
            return Ok(Exit::Disk);
        }
        let erased = ledger.purge(before)?;
        ledger.wipe()?;
        printer.result(&told(before, idle, &erased, &rewritten));
    }
    Ok(Exit::Complete)
}

fn told(before: UnixMs, idle: Idle, erased: &Erased, rewritten: &Rewritten) -> String {
    let Idle { people, unsettled } = idle;
    let mut parts = vec![format!("{} of {}", counted(erased.messages, "message"), persons(people))];
    if erased.turned_away > 0 {
        parts.push(format!("{} turned away", counted(erased.turned_away, "row")));
    }
    if erased.seeds > 0 {
        parts.push(counted(erased.seeds, "seed"));
    }
    parts.extend(lines_of_reports(rewritten));
    let stay = match unsettled {
        0 => String::new(),
        1 => "; 1 person stays, who waits for a message or has one in doubt".to_owned(),
        more => format!("; {more} people stay, who wait for a message or have one in doubt"),
    };
    format!("purged of before {}: {}{stay}", rfc3339(before), parts.join(", "))
}

fn persons(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}
