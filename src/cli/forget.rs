//! `tidings forget`: erases what is known of a person who asked for it, and never messages them again.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::PathBuf;

use super::erasing::{self, Place, confirm, lines_of_reports, places, tell_links, untreated};
use super::failure::Failure;
use super::printer::{Printer, counted};
use super::{Exit, Global, help};
use crate::audience::phone::{PhoneError, Recipient};
use crate::audience::sought::Sought;
use crate::clock::{Clock, UnixMs};
use crate::ledger::{Ended, Erased, Identities, Ledger, LedgerError, forgotten_reason};
use crate::report::erase::{Erasure, Rewritten};

/// Stands for phones on standard input.
const STDIN: &str = "-";

/// More is no list of phones.
const STDIN_BYTES_MAX: u64 = 16 * 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  tidings forget '+1 202 555 0101'       # here: in .tidings and reports
  tidings forget '+1 202 555 0101' spring/campaign.yaml --yes
  tidings forget - --yes < asked.txt     # phones that no history keeps";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Disk, Exit::Held]))]
pub struct Args {
    /// Who: a phone number with + and its country code, or a user id. Shells keep a history of what is typed; `-` reads
    /// phones from standard input, one in a line.
    #[arg(value_name = "PHONE", allow_hyphen_values = true)]
    phone: String,
    /// Campaign files, or their folders: of each, the whole ledger and the reports of its folder. Without one, those of the
    /// current folder.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Do not ask; required where nobody can answer.
    #[arg(long, short)]
    yes: bool,
}

/// Erases people.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    forget(args, global, printer).unwrap_or_else(|failure| erasing::report(failure, printer))
}

fn forget(args: &Args, global: &Global, printer: Printer) -> Result<Exit, Failure> {
    let people = people(&args.phone)?;
    let places = places(&args.files, global)?;
    let who = match people.as_slice() {
        [person] => person.person().masked(),
        people => counted(people.len() as u64, "phone"),
    };
    confirm(&format!("Erase what is known of {who}, and never message them again from here?"), args.yes)?;
    places.iter().for_each(|place| place.tell_unread(printer));
    let now = Clock::System.unix_ms();
    let mut ledgers = places.iter().map(Place::open).collect::<Result<Vec<_>, _>>()?;
    // First, in all of them: whatever goes wrong later, nobody of these is messaged any more.
    let ended = ledgers.iter_mut().map(|ledger| ledger.block(&people, now)).collect::<Result<Vec<_>, _>>()?;
    let mut all = Rewritten::default();
    for ((place, mut ledger), ended) in places.iter().zip(ledgers).zip(ended) {
        for (person, ended) in people.iter().zip(ended) {
            let (erased, rewritten) = erase(place, &mut ledger, person, now)?;
            printer.result(&told(person, ended, &erased, &rewritten));
            all.add(rewritten);
        }
        ledger.wipe()?;
    }
    tell_links(&all.links, printer);
    tell_what_remains(&places, &people, &all.edited.into_iter().collect(), printer)?;
    if all.untreated.is_empty() {
        return Ok(Exit::Complete);
    }
    printer.error(&format!(
        "{}\n{who}: blocked already, and not to be messaged from here again; the number stays in the ledger until then, \
         for lines of reports are found by it: mend or delete that, and run this again",
        untreated(&all.untreated)
    ));
    Ok(Exit::Disk)
}

/// The reports first: while the ledger knows which lines are the person's.
fn erase(place: &Place, ledger: &mut Ledger, person: &Sought, now: UnixMs) -> Result<(Erased, Rewritten), LedgerError> {
    ledger.mark(person.person())?;
    let rewritten = place.erase_from_reports(ledger, &mut Erasure::of(person, forgotten_reason(now)))?;
    let identities = if rewritten.untreated.is_empty() { Identities::Erased } else { Identities::Kept };
    Ok((ledger.forget(person, identities, now)?, rewritten))
}

fn people(phone: &str) -> Result<Vec<Sought>, Failure> {
    if phone != STDIN {
        return Ok(vec![person(phone, "PHONE")?]);
    }
    let text = standard_input()?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let people: Vec<_> =
        lines.map(|(index, line)| person(line, &format!("line {}", index + 1))).collect::<Result<_, _>>()?;
    if people.is_empty() {
        return Err(Failure::Usage("standard input holds no phone; nothing was erased".to_owned()));
    }
    Ok(people)
}

/// All of it, or nothing: half a list would leave people out whom nobody misses.
fn standard_input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    io::stdin().take(STDIN_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > STDIN_BYTES_MAX {
        let what = "standard input holds more than 16 MiB, which is no list of phones; nothing was erased";
        return Err(Failure::Usage(what.to_owned()));
    }
    match String::from_utf8(bytes) {
        // UTF-16 without a byte order mark.
        Ok(text) if !text.contains('\0') => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        _ => Err(Failure::Usage("standard input is no text in UTF-8: save it as such; nothing was erased".to_owned())),
    }
}

fn person(text: &str, place: &str) -> Result<Sought, Failure> {
    Recipient::parse(text, None).map(Sought::new).map_err(|error| {
        let remedy = match error {
            PhoneError::NoCountry { .. } => "write it with + and the country code".to_owned(),
            _ => error.remedy(),
        };
        Failure::Usage(format!("{place}: {}; {remedy}; nothing was erased", error.cause()))
    })
}

fn told(person: &Sought, ended: Ended, erased: &Erased, rewritten: &Rewritten) -> String {
    let Erased { messages, turned_away, seeds } = *erased;
    let Ended { withdrawn, given_up } = ended;
    let mut parts: Vec<String> = Vec::new();
    for (count, noun) in [(messages, "message"), (seeds, "seed")] {
        if count > 0 {
            parts.push(counted(count, noun));
        }
    }
    if turned_away > 0 {
        parts.push(format!("{} turned away", counted(turned_away, "row")));
    }
    parts.extend(lines_of_reports(rewritten));
    let what = match parts.as_slice() {
        [] if rewritten.untreated.is_empty() => "nothing was known here".to_owned(),
        [] => "not everything could be erased yet".to_owned(),
        parts => format!("erased {}", parts.join(", ")),
    };
    let mut text = format!("{}: {what}; not to be messaged from here again", person.person().masked());
    if withdrawn > 0 {
        text.push_str(&format!("\nwithdrawn before their turn: {}", counted(withdrawn, "message")));
    }
    if given_up > 0 {
        text.push_str(&format!("\ngiven up while in doubt, and perhaps received: {}", counted(given_up, "message")));
    }
    text
}

/// What is people's own is theirs to edit.
fn tell_what_remains(
    places: &[Place],
    people: &[Sought],
    edited: &BTreeSet<PathBuf>,
    printer: Printer,
) -> Result<(), Failure> {
    let mut remains = Vec::new();
    for place in places {
        for person in people {
            let masked = person.person().masked();
            remains.extend(
                place.remains(person, edited)?.into_iter().map(|lines| format!("{masked} is still in: {lines}")),
            );
        }
    }
    remains.sort();
    remains.dedup();
    if !remains.is_empty() {
        printer.warn(&remains.join("\n"));
        printer.warn("these files are yours: delete the lines there, and in copies and backups");
    }
    Ok(())
}
