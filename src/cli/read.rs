//! Finding and reading what commands work on: a campaign, and the ledger of its real messages.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use super::Global;
use super::failure::Failure;
use crate::campaign::{self, Campaign};
use crate::clock::Clock;
use crate::plan::Plan;

/// Names the ledger of real runs where the command line does not.
const LEDGER_VARIABLE: &str = "TIDINGS_LEDGER";

/// Reads a campaign file. Any problem ends the command; the recipients are looked through all the same, so that one pass
/// tells everything.
pub fn read_campaign(file: &Path) -> Result<Campaign, Failure> {
    let (campaign, mut shown) = campaign::read(file);
    let Some(campaign) = campaign else { return Err(shown.into()) };
    if shown.is_empty() {
        return Ok(campaign);
    }
    let mut total = shown.len() as u64;
    match Plan::prepare(&campaign, Clock::System.local_date()) {
        Err(more) => {
            total += more.len() as u64;
            shown.extend(more);
        }
        Ok(plan) => {
            let Ok(outline) = plan.compose(|_| Ok::<_, Infallible>(()));
            total += outline.problems_total;
            shown.extend(outline.problems);
        }
    }
    Err(Failure::Problems { shown, total })
}

/// The ledger of a campaign's real messages, or of all those in a directory.
pub fn real_ledger(file: &Path, global: &Global) -> Result<PathBuf, Failure> {
    let variable = || std::env::var_os(LEDGER_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(path) = global.ledger.clone().or_else(variable) {
        return if path.to_string_lossy().contains("://") {
            // Never repeated: such an address may hold a password.
            Err(Failure::Usage(
                "the ledger is a file: this version of tidings knows no ledger with an address".to_owned(),
            ))
        } else {
            Ok(path)
        };
    }
    // One campaign file has one ledger, whichever link leads to it: a second one would not know who got the message.
    let file = fs::canonicalize(file)?;
    let directory = if file.is_dir() { &file } else { file.parent().unwrap_or(Path::new("")) };
    Ok(directory.join(".tidings").join("ledger.sqlite"))
}

/// The same, for commands that have nothing to do before there is one.
pub fn existing_ledger(file: &Path, global: &Global) -> Result<PathBuf, Failure> {
    let path = real_ledger(file, global)?;
    if path.exists() {
        return Ok(path);
    }
    Err(Failure::Usage(format!("there is no ledger {}: nothing was sent from here yet", path.display())))
}
