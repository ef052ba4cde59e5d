//! What can be told without asking anybody: the files of the campaign, and its ledger.

use std::path::Path;

use super::check::Check;
use super::number::LIMIT_SPAN_MS;
use crate::campaign::Campaign;
use crate::cli::hint;
use crate::cli::printer::counted;
use crate::cli::read::Looked;
use crate::clock::{Clock, minute};
use crate::ledger::{Breaker, LedgerError, Peek, Purpose, Reach, Switch, look_at_place};
use crate::run::TOKEN;

/// Whether campaign and recipients have problems.
pub fn files(file: &Path, looked: &Looked) -> Check {
    let Looked { outline, problems_total, .. } = looked;
    if *problems_total > 0 {
        return problems(file, *problems_total);
    }
    let (rows, messages) = (counted(outline.rows, "row"), counted(outline.messages_total(), "message"));
    Check::ok("files", format!("{rows}, {messages}, no problems"))
}

/// So many problems of a file.
pub fn problems(file: &Path, total: u64) -> Check {
    Check::failed(
        "files",
        counted(total, "problem"),
        format!("see them with their lines: tidings check {}", hint::word(file)),
    )
}

/// A path as seen from here, where it is below.
fn from_here(path: &Path) -> &Path {
    let here = std::env::current_dir();
    here.ok().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path)
}

/// Whether a ledger can be held, is sound, and is about what is to be sent, where that is known.
pub fn ledger(path: &Path, wanted: Option<Purpose>) -> Check {
    const ID: &str = "ledger";
    let look = || -> Result<Option<Option<Purpose>>, LedgerError> {
        look_at_place(path)?;
        let Some(ledger) = Peek::open(path)? else { return Ok(None) };
        ledger.check(path)?;
        // Ledgers of the first format do not say.
        Ok(Some(ledger.purpose().ok().flatten()))
    };
    match look() {
        Ok(Some(Some(purpose))) if wanted.is_some_and(|wanted| wanted != purpose) => Check::failed(
            ID,
            match purpose {
                Purpose::Real => "it holds real messages, and a rehearsal would take people for messaged who were not",
                Purpose::Rehearsal => "it is one of rehearsals, and takes people for messaged who were not",
            },
            "name another with --ledger",
        ),
        Ok(Some(_)) => Check::ok(ID, format!("{}, undamaged", from_here(path).display())),
        Ok(None) => Check::ok(ID, format!("none yet; the first run makes {}", from_here(path).display())),
        Err(error) => Check::failed(
            ID,
            error.to_string(),
            "nothing is sent without a ledger: see to the rights of its folder, bring back a backup, or name another \
             place with --ledger",
        ),
    }
}

/// Whether anything keeps a campaign from being sent until a person has looked; none where that cannot be told.
pub fn stops(path: &Path, campaign: &Campaign, resume: &str) -> Option<Check> {
    const ID: &str = "stops";
    let lift = |id: &str| format!("once that is mended: {resume} --acknowledge {id}");
    match Switch::of(path).stops(&campaign.key) {
        Some(Reach::Campaign) => {
            return Some(Check::failed(ID, "the kill switch is on for this campaign", lift("stop")));
        }
        Some(Reach::Everything) => return Some(Check::failed(ID, "the kill switch is on", lift("stop-all"))),
        None => {}
    }
    let breakers = match Peek::open(path).ok()? {
        Some(ledger) => ledger.breakers(&campaign.key, &campaign.sender.phone_number_id).ok()?,
        None => Vec::new(),
    };
    let Some(Breaker { id, kind, detail, tripped_at }) = breakers.first() else {
        return Some(Check::ok(ID, "nothing stops this campaign"));
    };
    let fails = if kind == TOKEN { Check::no_entry } else { Check::failed };
    Some(fails(ID, format!("stopped on {}: {detail}", minute(*tripped_at)), lift(&id.to_string())))
}

/// How many people the ledger has written to of late; none where it cannot be read.
pub fn reached(path: &Path) -> Option<u64> {
    let since = Clock::System.unix_ms() - LIMIT_SPAN_MS;
    match Peek::open(path) {
        Ok(Some(ledger)) => ledger.people_since(since).ok(),
        Ok(None) => Some(0),
        Err(_) => None,
    }
}

/// How many messages of a campaign are over already; none where that cannot be told.
pub fn over(path: &Path, campaign: &str, occurrence: Option<&str>) -> Option<u64> {
    match Peek::open(path) {
        Ok(Some(ledger)) => ledger.messages_over(campaign, occurrence).ok(),
        Ok(None) => Some(0),
        Err(_) => None,
    }
}
