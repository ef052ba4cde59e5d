//! Seeds: messages of a plan to phones of its author's own. They are written down as all that is sent, and are no messages
//! of the campaign: nobody of the recipients got anything.

use super::claim::{ACCEPTED, Facts};
use super::error::LedgerError;
use super::plan::PlanKey;
use super::sqlite::Ledger;
use crate::clock::UnixMs;
use crate::cloud::outcome::Outcome;

/// Names a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedId(i64);

impl SeedId {
    /// The callback data of this seed, unlike that of any attempt.
    pub fn callback(self) -> String {
        format!("seed.{:x}", self.0)
    }
}

impl Ledger {
    /// Writes down that a row's message is about to be sent to a phone of the author's.
    ///
    /// # Errors
    /// When the ledger cannot be written: then nothing may be sent.
    pub fn begin_seed(
        &mut self,
        key: &PlanKey<'_>,
        row: u64,
        recipient: &str,
        now: UnixMs,
    ) -> Result<SeedId, LedgerError> {
        self.db.execute(
            "INSERT INTO seeds (campaign, occurrence, campaign_digest, recipients_digest, row, recipient, claimed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                key.campaign,
                key.occurrence,
                key.campaign_digest,
                key.recipients_digest,
                row.cast_signed(),
                recipient,
                now,
            ),
        )?;
        Ok(SeedId(self.db.last_insert_rowid()))
    }

    /// Writes down what came of a seed.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn end_seed(&mut self, seed: SeedId, outcome: &Outcome, now: UnixMs) -> Result<(), LedgerError> {
        let facts = Facts::of(outcome);
        self.db.execute(
            "UPDATE seeds SET settled_at = ?2, outcome = ?3, code = ?4, wamid = ?5, detail = ?6 WHERE seed_id = ?1",
            (seed.0, now, facts.outcome, facts.refusal.map(|refusal| refusal.code), facts.wamid, facts.detail),
        )?;
        Ok(())
    }

    /// Whether a seed of exactly this plan was accepted.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_seeded(&self, key: &PlanKey<'_>) -> Result<bool, LedgerError> {
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM seeds WHERE campaign = ?1 AND occurrence = ?2 AND campaign_digest = ?3
             AND recipients_digest = ?4 AND outcome = ?5)",
            (key.campaign, key.occurrence, key.campaign_digest, key.recipients_digest, ACCEPTED),
            |row| row.get(0),
        )?)
    }
}
