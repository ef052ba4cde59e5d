//! Breakers: a run that stopped by itself, for a reason that does not pass by itself, stays stopped until a person has
//! looked. cron cannot reset them.

use rusqlite::{Connection, OptionalExtension, Row};

use super::error::LedgerError;
use super::peek::Peek;
use super::sqlite::Ledger;
use super::{BreakerId, PlanId};
use crate::clock::UnixMs;

/// What a breaker stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The campaign.
    Campaign,
    /// Every campaign of the sender.
    Sender,
}

/// A breaker that nobody has acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// Names it.
    pub id: BreakerId,
    /// A word of ours for the kind of reason.
    pub kind: String,
    /// What was said, for people.
    pub detail: String,
    /// When it tripped.
    pub tripped_at: UnixMs,
}

impl Ledger {
    /// Stops what a plan belongs to until a person has looked.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn trip(
        &mut self,
        plan: PlanId,
        scope: Scope,
        kind: &str,
        detail: &str,
        now: UnixMs,
    ) -> Result<BreakerId, LedgerError> {
        let scope = match scope {
            Scope::Campaign => "'campaign ' || o.campaign",
            Scope::Sender => "'sender ' || p.phone_number_id",
        };
        self.db.execute(
            &format!(
                "INSERT INTO breakers (scope, kind, detail, tripped_at)
                 SELECT {scope}, ?2, ?3, ?4 FROM plans p JOIN occurrences o USING (occurrence_id) WHERE p.plan_id = ?1"
            ),
            (plan.0, kind, detail, now),
        )?;
        Ok(BreakerId(self.db.last_insert_rowid()))
    }

    /// The breakers that stop a campaign of a sender, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn breakers(&self, campaign: &str, phone_number_id: &str) -> Result<Vec<Breaker>, LedgerError> {
        standing(&self.db, campaign, phone_number_id)
    }

    /// A person has looked: the breaker stops nothing any more. False when there is none of this number that stands.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn acknowledge(&mut self, breaker: BreakerId, now: UnixMs) -> Result<bool, LedgerError> {
        let changed = self.db.execute(
            "UPDATE breakers SET acknowledged_at = ?2,
                 acknowledged_attempt = (SELECT coalesce(max(attempt_id), 0) FROM attempts)
             WHERE breaker_id = ?1 AND acknowledged_at IS NULL",
            (breaker.0, now),
        )?;
        Ok(changed == 1)
    }

    /// Whether the kill switch stops a plan's campaign.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_switched_off(&self, plan: PlanId) -> Result<bool, LedgerError> {
        let campaign: Option<String> = self
            .db
            .prepare_cached("SELECT campaign FROM plans JOIN occurrences USING (occurrence_id) WHERE plan_id = ?1")?
            .query_row([plan.0], |row| row.get(0))
            .optional()?;
        Ok(campaign.is_none_or(|campaign| self.switch.stops(&campaign).is_some()))
    }
}

fn breaker(row: &Row<'_>) -> rusqlite::Result<Breaker> {
    Ok(Breaker { id: BreakerId(row.get(0)?), kind: row.get(1)?, detail: row.get(2)?, tripped_at: row.get(3)? })
}

impl Peek {
    /// What [`Ledger::breakers`] tells.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn breakers(&self, campaign: &str, phone_number_id: &str) -> Result<Vec<Breaker>, LedgerError> {
        standing(&self.db, campaign, phone_number_id)
    }
}

fn standing(db: &Connection, campaign: &str, phone_number_id: &str) -> Result<Vec<Breaker>, LedgerError> {
    let mut query = db.prepare_cached(
        "SELECT breaker_id, kind, detail, tripped_at FROM breakers
         WHERE acknowledged_at IS NULL AND scope IN ('campaign ' || ?1, 'sender ' || ?2) ORDER BY breaker_id",
    )?;
    let breakers = query.query_map((campaign, phone_number_id), breaker)?;
    Ok(breakers.collect::<Result<_, _>>()?)
}
