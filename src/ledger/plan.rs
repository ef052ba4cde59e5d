//! Staging: a plan's rows go into the ledger in batches and count for nothing until the plan is opened.

use rusqlite::{CachedStatement, Connection, OptionalExtension};

use super::PlanId;
use super::error::LedgerError;
use super::sqlite::Ledger;
use super::state::State;
use crate::clock::UnixMs;
use crate::cloud::Endpoint;
use crate::message::compose::Message;

/// Rows a commit while staging: large enough that syncs do not matter, small enough that other processes get their turn.
const ROWS_PER_COMMIT: u64 = 10_000;

/// What a plan was made from. The same again needs no new plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanKey<'a> {
    /// The campaign key.
    pub campaign: &'a str,
    /// Which occurrence of the campaign.
    pub occurrence: &'a str,
    /// SHA-256 of the campaign file.
    pub campaign_digest: [u8; 32],
    /// SHA-256 of the recipients file.
    pub recipients_digest: [u8; 32],
    /// The sender.
    pub phone_number_id: &'a str,
}

/// What a message says.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// Which endpoint sends it.
    pub endpoint: Endpoint,
    /// The template's name.
    pub name: &'a str,
    /// The template's language.
    pub language: &'a str,
    /// The `template` object as JSON.
    pub template: &'a str,
}

impl<'a> From<&'a Message<'_>> for Content<'a> {
    fn from(message: &'a Message<'_>) -> Self {
        let Message { endpoint, name, language, template } = message;
        Self { endpoint: *endpoint, name, language, template }
    }
}

impl Ledger {
    /// The open plan made from exactly these files, if there is one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn find_plan(&self, key: &PlanKey<'_>) -> Result<Option<PlanId>, LedgerError> {
        let newest: Option<(i64, bool)> = self
            .db
            .query_row(
                "SELECT plan_id, opened_at IS NOT NULL AND campaign_digest = ?3 AND recipients_digest = ?4
                 FROM plans JOIN occurrences USING (occurrence_id) WHERE campaign = ?1 AND occurrence = ?2
                 ORDER BY plan_id DESC LIMIT 1",
                (key.campaign, key.occurrence, key.campaign_digest, key.recipients_digest),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        Ok(newest.and_then(|(plan, same)| same.then_some(PlanId(plan))))
    }

    /// Begins to stage a plan.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn stage(&mut self, key: &PlanKey<'_>, now: UnixMs) -> Result<Staging<'_>, LedgerError> {
        let db = &self.db;
        db.execute(
            "INSERT INTO occurrences (campaign, occurrence) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (key.campaign, key.occurrence),
        )?;
        let occurrence: i64 = db.query_row(
            "SELECT occurrence_id FROM occurrences WHERE campaign = ?1 AND occurrence = ?2",
            (key.campaign, key.occurrence),
            |row| row.get(0),
        )?;
        db.execute(
            "INSERT INTO plans (occurrence_id, campaign_digest, recipients_digest, phone_number_id, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (occurrence, key.campaign_digest, key.recipients_digest, key.phone_number_id, now),
        )?;
        let plan = PlanId(db.last_insert_rowid());
        db.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Staging {
            find: db
                .prepare_cached("SELECT message_id, state FROM messages WHERE occurrence_id = ?1 AND identity = ?2")?,
            insert: db.prepare_cached(
                "INSERT INTO messages (occurrence_id, identity, state, due_at, plan_id, row, attempts, recipient)
                 VALUES (?1, ?2, 0, 0, ?3, ?4, 0, ?5) ON CONFLICT DO NOTHING",
            )?,
            content: db.prepare_cached("INSERT OR REPLACE INTO contents VALUES (?1, ?2, ?3, ?4, ?5)")?,
            adopt: db
                .prepare_cached("UPDATE messages SET plan_id = ?2, row = ?3, recipient = ?4 WHERE message_id = ?1")?,
            follow: db.prepare_cached("UPDATE messages SET plan_id = ?2, row = ?3 WHERE message_id = ?1")?,
            row: db.prepare_cached("INSERT INTO plan_rows VALUES (?1, ?2, ?3, ?4, ?5)")?,
            db,
            plan,
            occurrence,
            rows: 0,
        })
    }
}

/// A plan on its way into the ledger. Dropped before [`Staging::open`], it stays without effect.
pub struct Staging<'a> {
    db: &'a Connection,
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    content: CachedStatement<'a>,
    adopt: CachedStatement<'a>,
    follow: CachedStatement<'a>,
    row: CachedStatement<'a>,
    plan: PlanId,
    occurrence: i64,
    rows: u64,
}

impl Staging<'_> {
    /// Adds a row that becomes a message, unless this person has one already.
    ///
    /// A message not yet sent takes the new wording; what was sent, or may have been, stays as it was.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn message(
        &mut self,
        row: u64,
        identity: u64,
        recipient: &str,
        content: &Content<'_>,
    ) -> Result<(), LedgerError> {
        // An identity fits 64 bits; the ledger keeps the same bits as a signed number.
        let (row, identity) = (row.cast_signed(), identity.cast_signed());
        let inserted = self.insert.execute((self.occurrence, identity, self.plan.0, row, recipient))?;
        let message = if inserted == 1 {
            let message = self.db.last_insert_rowid();
            self.write_content(message, content)?;
            message
        } else {
            let (message, state): (i64, i64) =
                self.find.query_row((self.occurrence, identity), |found| Ok((found.get(0)?, found.get(1)?)))?;
            if state == State::Planned.number() {
                self.adopt.execute((message, self.plan.0, row, recipient))?;
                self.write_content(message, content)?;
            } else if state == State::InDoubt.number() {
                // People name a doubt by its row, and what they order to be sent again is sent with the newest plan.
                self.follow.execute((message, self.plan.0, row))?;
            }
            message
        };
        self.row.execute((self.plan.0, row, message, None::<&str>, None::<&str>))?;
        self.count()
    }

    /// Adds a row that is turned away.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn turned_away(&mut self, row: u64, recipient: &str, reason: &str) -> Result<(), LedgerError> {
        self.row.execute((self.plan.0, row.cast_signed(), None::<i64>, recipient, reason))?;
        self.count()
    }

    /// Opens the plan: from now on it is what runs send, and older plans of the same occurrence are not.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn open(self, now: UnixMs) -> Result<PlanId, LedgerError> {
        self.db.execute(
            "DELETE FROM plan_rows WHERE plan_id IN (SELECT plan_id FROM plans WHERE occurrence_id = ?1 AND plan_id < ?2)",
            (self.occurrence, self.plan.0),
        )?;
        self.db.execute(
            "UPDATE plans SET opened_at = ?2, data_rows = ?3 WHERE plan_id = ?1",
            (self.plan.0, now, self.rows.cast_signed()),
        )?;
        self.db.execute_batch("COMMIT")?;
        Ok(self.plan)
    }

    fn write_content(&mut self, message: i64, content: &Content<'_>) -> Result<(), LedgerError> {
        let endpoint = match content.endpoint {
            Endpoint::Messages => 0,
            Endpoint::MarketingMessages => 1,
        };
        self.content.execute((message, endpoint, content.name, content.language, content.template))?;
        Ok(())
    }

    fn count(&mut self) -> Result<(), LedgerError> {
        self.rows += 1;
        if self.rows.is_multiple_of(ROWS_PER_COMMIT) {
            self.db.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
        }
        Ok(())
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if !self.db.is_autocommit() {
            // What was committed in batches has no effect either; a failed rollback changes nothing about that.
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }
}
