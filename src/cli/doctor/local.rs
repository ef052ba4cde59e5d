//! What can be told without asking anybody: the files of the campaign, and its ledger.

use std::path::Path;

use super::check::Check;
use super::number::LIMIT_SPAN_MS;
use crate::campaign::Campaign;
use crate::cli::hint;
use crate::cli::printer::counted;
use crate::cli::read::Looked;
use crate::cli::stops::Stop;
use crate::clock::{Clock, minute};
use crate::ledger::{Breaker, LedgerError, Peek, Purpose, Reach, Switch, look_at_place};

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
        Ok(Some(_)) => Check::ok(ID, format!("{}, undamaged", hint::shown(path))),
        Ok(None) => Check::ok(ID, format!("none yet; the first run makes {}", hint::shown(path))),
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
    let breakers = |key: &str, number: &str| match Peek::open(path)? {
        Some(ledger) => ledger.breakers(key, number),
        None => Ok(Vec::new()),
    };
    let Some(stop) = Stop::of(campaign, &Switch::of(path), breakers).ok()? else {
        return Some(Check::ok(ID, "nothing stops this campaign"));
    };
    let lift = format!("once that is mended: {resume} --acknowledge {}", stop.id());
    let fails = if stop.is_about_token() { Check::no_entry } else { Check::failed };
    let what = match stop {
        Stop::Switch(Reach::Campaign) => "the kill switch is on for this campaign".to_owned(),
        Stop::Switch(Reach::Everything) => "the kill switch is on".to_owned(),
        Stop::Breaker(Breaker { detail, tripped_at, .. }) => format!("stopped on {}: {detail}", minute(tripped_at)),
    };
    Some(fails(ID, what, lift))
}

/// How many people the ledger has written to of late; none where it cannot be read.
pub fn reached(path: &Path) -> Option<u64> {
    let since = Clock::System.unix_ms() - LIMIT_SPAN_MS;
    counted_in(path, |ledger| ledger.people_since(since))
}

/// How many messages of a campaign are over already; none where that cannot be told.
pub fn over(path: &Path, campaign: &str, occurrence: Option<&str>) -> Option<u64> {
    counted_in(path, |ledger| ledger.messages_over(campaign, occurrence))
}

/// A ledger that is not there yet knows of nobody.
fn counted_in(path: &Path, count: impl FnOnce(&Peek) -> Result<u64, LedgerError>) -> Option<u64> {
    match Peek::open(path) {
        Ok(Some(ledger)) => count(&ledger).ok(),
        Ok(None) => Some(0),
        Err(_) => None,
    }
}
