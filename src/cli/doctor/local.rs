//! What can be told without asking anybody: the files of the campaign, and its ledger.

use std::path::Path;

use super::check::Check;
use super::number::LIMIT_SPAN_MS;
use crate::cli::hint;
use crate::cli::printer::counted;
use crate::cli::read::Looked;
use crate::clock::Clock;
use crate::ledger::{LedgerError, Peek, look_at_place};

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

/// Whether a ledger can be held, and is sound.
pub fn ledger(path: &Path) -> Check {
    const ID: &str = "ledger";
    let look = || -> Result<bool, LedgerError> {
        look_at_place(path)?;
        let ledger = Peek::open(path)?;
        ledger.as_ref().map(|ledger| ledger.check(path)).transpose()?;
        Ok(ledger.is_some())
    };
    match look() {
        Ok(true) => Check::ok(ID, format!("{}, undamaged", from_here(path).display())),
        Ok(false) => Check::ok(ID, format!("none yet; the first run makes {}", from_here(path).display())),
        Err(error) => Check::failed(
            ID,
            error.to_string(),
            "nothing is sent without a ledger: see to the rights of its folder, bring back a backup, or name another \
             place with --ledger",
        ),
    }
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
