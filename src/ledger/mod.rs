//! What happened: the memory that survives.
//!
//! The ledger is in the path of every message, not beside it. No request leaves before its attempt is committed and
//! synced; a second run of the same campaign sends only what is not settled; a report is a fold over these rows. Only
//! this room knows SQL.

mod ballast;
mod breaker;
mod checkup;
mod claim;
mod disk;
mod doubt;
mod erase;
mod error;
mod head;
mod history;
mod lock;
mod log;
mod occurrences;
mod open;
mod peek;
mod plan;
mod pseudonym;
mod purpose;
mod read;
mod seeds;
mod settled;
mod sqlite;
pub mod state;
mod switch;

use std::fmt;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

pub use breaker::{Breaker, Scope};
pub use checkup::look_at_place;
pub use claim::{Claim, Claimed, Committed, Settlement, Verdict};
pub use doubt::{Decision, Doubt, Standing};
pub use erase::{Ended, Erased, Identities, Idle, Marked, forgotten_reason};
pub use error::LedgerError;
pub use history::{Elsewhere, Previous};
pub use open::Opened;
pub use peek::{Comparison, Peek, SinceLast};
pub use plan::{Addressee, Change, Content, Edits, PlanKey, Staged, Staging, Wording};
pub use purpose::Purpose;
pub use read::{AttemptRow, ReportRow, Tally};
pub use seeds::SeedId;
pub use sqlite::Ledger;
pub use switch::{Reach, Switch};

/// Names a plan in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanId(i64);

/// Names a run in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(i64);

/// Names a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerId(pub i64);

impl fmt::Display for BreakerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names an attempt: made by us before anything is sent, told to WhatsApp, and echoed in its webhooks.
///
/// 63 bits that grow with time, so that an id is not used again even after a ledger is restored from a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptId(pub i64);

impl AttemptId {
    /// The callback data of this attempt: opaque, since every app subscribed to the account's webhooks can read it.
    pub fn callback(self) -> String {
        format!("1.{:016x}", self.0)
    }
}

/// Makes a directory that is its owner's alone, and those above it. One that is there stays as it is.
fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// A file that goes with a ledger. Added to the whole name: with another extension instead, `x.sqlite` would take over a
/// stranger's `x.lock`.
fn beside(ledger: &Path, ending: &str) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
