//! A ledger in a directory of its own, with a plan of simple messages.

use std::path::PathBuf;

use tempfile::TempDir;
use tidings::cloud::Endpoint;
use tidings::ledger::state::State;
use tidings::ledger::{Addressee, Content, Ledger, LedgerError, PlanId, PlanKey, ReportRow};

use super::process::until;

/// Keeps the directory alive.
pub struct Home {
    directory: TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory") }
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("ledger.sqlite")
    }

    /// A process that another test is just starting holds copies of this one's locks, until it is its own program.
    pub fn open(&self) -> Ledger {
        until("a ledger", || match Ledger::open(&self.path()) {
            Err(LedgerError::Held { .. }) => None,
            opened => Some(opened.expect("a ledger")),
        })
    }
}

/// The campaign of [`plan`], and its one occurrence.
pub const CAMPAIGN: &str = "spring";
const OCCURRENCE: &str = "once";

pub fn key(campaign: &str) -> PlanKey<'_> {
    PlanKey {
        campaign,
        occurrence: OCCURRENCE,
        campaign_digest: [1; 32],
        recipients_digest: [2; 32],
        phone_number_id: "106540352242922",
    }
}

/// The number of the `n`-th invented person.
pub fn phone(n: u64) -> String {
    format!("+1555{n:07}")
}

pub fn addressee(row: u64, identity: u64, recipient: &str) -> Addressee<'_> {
    Addressee { row, identity, occurrence: "once", recipient }
}

/// Stages and opens a plan of one message a person.
pub fn plan(ledger: &mut Ledger, people: impl IntoIterator<Item = u64>) -> PlanId {
    let mut staging = ledger.stage(&key(CAMPAIGN), 0).expect("staging");
    for (index, person) in people.into_iter().enumerate() {
        let content = Content { endpoint: Endpoint::Messages, name: "hello", language: "en_US", template: "{}" };
        let recipient = phone(person);
        staging.message(&addressee(index as u64 + 2, person + 1, &recipient), &content).expect("a message");
    }
    staging.open(0).expect("an open plan")
}

/// Every row of a plan.
pub fn rows(ledger: &Ledger, plan: PlanId) -> Vec<ReportRow> {
    let mut rows = Vec::new();
    ledger
        .rows(plan, |row| {
            rows.push(row.clone());
            Ok::<_, LedgerError>(())
        })
        .expect("rows");
    rows
}

/// The numbers of those whose message stands in this state.
pub fn who(ledger: &Ledger, plan: PlanId, state: State) -> Vec<String> {
    rows(ledger, plan).into_iter().filter(|row| row.state == Some(state)).map(|row| row.recipient).collect()
}
