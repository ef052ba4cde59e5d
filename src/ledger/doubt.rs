//! Doubts: how a death leaves them, and how a person settles them. The machine never does.

use rusqlite::{OptionalExtension, Row};

use super::claim::IN_DOUBT;
use super::error::LedgerError;
use super::sqlite::Ledger;
use super::state::{Event, State};
use crate::clock::UnixMs;

/// For so long after its claim a request may still be on its way: through a machine that slept, a proxy that waits. Far
/// more than the client's own time limits.
pub const MAY_STILL_ARRIVE_MS: i64 = 15 * 60 * 1000;

/// A message in doubt, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The row of the recipients file, as the newest plan has it; none when the person is not in it any more.
    pub row: Option<u64>,
    /// The recipient, whole.
    pub recipient: String,
    /// The template's name.
    pub name: String,
    /// The template's language.
    pub language: String,
    /// When its attempt was claimed.
    pub claimed_at: UnixMs,
    /// What is known of how the attempt ended.
    pub evidence: String,
    /// Whether a person has looked at it and holds it as it is.
    pub held: bool,
    message: i64,
    attempt: i64,
}

impl Doubt {
    /// Until when its request may still arrive.
    pub fn may_arrive_until(&self) -> UnixMs {
        self.claimed_at + MAY_STILL_ARRIVE_MS
    }
}

/// What a person decides about a message in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It stays in doubt, and needs nobody's attention until there is more evidence.
    Hold,
    /// It is sent again: the person may get it twice.
    Resend,
    /// It is left at that for good: the person may not have got it.
    GiveUp,
}

impl Decision {
    fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Resend => "resend",
            Self::GiveUp => "give up",
        }
    }
}

impl Ledger {
    /// Puts attempts without an outcome in doubt, and tells how many there were: those that a dead process left, or
    /// those that this one no longer waits for. `why` says which.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub fn recover(&mut self, now: UnixMs, why: &str) -> Result<u64, LedgerError> {
        let doubt = State::Sending.after(Event::Doubt)?;
        let transaction = self.db.transaction()?;
        let attempts = transaction.execute(
            "UPDATE attempts SET settled_at = ?1, outcome = ?2, detail = ?3
             WHERE attempt_id IN (SELECT attempt_id FROM messages WHERE state = ?4)",
            (now, IN_DOUBT, why, State::Sending.number()),
        )?;
        let messages = transaction
            .execute("UPDATE messages SET state = ?1 WHERE state = ?2", (doubt.number(), State::Sending.number()))?;
        if attempts != messages {
            return Err(LedgerError::Broken(format!("{messages} messages under way, but {attempts} attempts")));
        }
        transaction.commit()?;
        Ok(messages as u64)
    }

    /// The messages of a campaign that are in doubt, in file order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn doubts(&self, campaign: &str, occurrence: &str) -> Result<Vec<Doubt>, LedgerError> {
        let occurrence: Option<i64> = self
            .db
            .query_row(
                "SELECT occurrence_id FROM occurrences WHERE campaign = ?1 AND occurrence = ?2",
                (campaign, occurrence),
                |row| row.get(0),
            )
            .optional()?;
        let mut query = self.db.prepare_cached(
            "SELECT r.row, m.recipient, c.name, c.language, a.claimed_at, a.detail, m.held, m.message_id, a.attempt_id
             FROM messages m JOIN contents c USING (message_id) JOIN attempts a USING (attempt_id)
             LEFT JOIN plan_rows r ON r.plan_id = m.plan_id AND r.row = m.row
             WHERE m.occurrence_id = ?1 AND m.state = 4 ORDER BY m.row",
        )?;
        let doubts = query.query_map([occurrence], doubt)?;
        Ok(doubts.collect::<Result<_, _>>()?)
    }

    /// Writes down what a person decided about doubts, all of it or none.
    ///
    /// # Errors
    /// When the ledger cannot be written, or one of them is not in doubt any more.
    pub fn decide(&mut self, doubts: &[Doubt], decision: Decision, now: UnixMs) -> Result<(), LedgerError> {
        let (state, held, due_at) = match decision {
            Decision::Hold => (State::InDoubt, true, 0),
            // 0 would mean "never tried", behind the cursor.
            Decision::Resend => (State::InDoubt.after(Event::Resend)?, false, 1),
            Decision::GiveUp => (State::InDoubt.after(Event::GiveUp)?, false, 0),
        };
        let transaction = self.db.transaction()?;
        for doubt in doubts {
            transaction
                .prepare_cached("INSERT INTO decisions (attempt_id, decided_at, decision) VALUES (?1, ?2, ?3)")?
                .execute((doubt.attempt, now, decision.word()))?;
            let changed = transaction
                .prepare_cached(
                    "UPDATE messages SET state = ?3, held = ?4, due_at = ?5
                     WHERE message_id = ?1 AND attempt_id = ?2 AND state = ?6",
                )?
                .execute((doubt.message, doubt.attempt, state.number(), held, due_at, State::InDoubt.number()))?;
            if changed != 1 {
                return Err(LedgerError::Broken(format!("attempt {} is not in doubt any more", doubt.attempt)));
            }
        }
        Ok(transaction.commit()?)
    }
}

fn doubt(row: &Row<'_>) -> rusqlite::Result<Doubt> {
    Ok(Doubt {
        row: row.get::<_, Option<i64>>(0)?.map(i64::cast_unsigned),
        recipient: row.get(1)?,
        name: row.get(2)?,
        language: row.get(3)?,
        claimed_at: row.get(4)?,
        evidence: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
        held: row.get(6)?,
        message: row.get(7)?,
        attempt: row.get(8)?,
    })
}
