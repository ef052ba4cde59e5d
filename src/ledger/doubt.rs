//! Doubts: how a death leaves them, and how a person settles them. The machine never does.

use rusqlite::Row;

use super::PlanId;
use super::claim::IN_DOUBT;
use super::error::LedgerError;
use super::open::GIVEN_UP;
use super::sqlite::Ledger;
use super::state::{Event, State};
use crate::clock::UnixMs;

/// For so long after its claim a request may still be on its way: through a machine that slept, a proxy that waits. Far
/// more than the client's own time limits.
pub const MAY_STILL_ARRIVE_MS: i64 = 15 * 60 * 1000;

/// A message in doubt, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The row of the recipients file, as its plan has it.
    pub row: u64,
    /// Which occurrence of the campaign.
    pub occurrence: String,
    /// Whether the next run could send it again.
    pub standing: Standing,
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

/// How a message in doubt stands to the newest plan of its campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The plan has a row for it.
    InFile,
    /// The plan has none any more.
    NotInFile,
    /// Its occurrence is over, and the plan is about another.
    Over,
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

    /// The messages of a campaign that are in doubt, of all its occurrences: the newest plan's last, in file order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn doubts(&self, campaign: &str) -> Result<Vec<Doubt>, LedgerError> {
        let mut query = self.db.prepare_cached(
            "WITH newest AS (
                 SELECT plan_id, occurrence_id FROM plans JOIN occurrences USING (occurrence_id)
                 WHERE campaign = ?1 AND opened_at IS NOT NULL ORDER BY plan_id DESC LIMIT 1)
             SELECT m.row, o.occurrence, m.plan_id = newest.plan_id, p.occurrence_id = newest.occurrence_id,
                    m.recipient, c.name, c.language, a.claimed_at, a.detail, m.held, m.message_id, a.attempt_id
             FROM newest, messages m JOIN occurrences o ON o.occurrence_id = m.occurrence_id
             JOIN plans p ON p.plan_id = m.plan_id JOIN contents c USING (message_id) JOIN attempts a USING (attempt_id)
             WHERE o.campaign = ?1 AND m.state = 4 ORDER BY m.plan_id, m.row",
        )?;
        let doubts = query.query_map([campaign], doubt)?;
        Ok(doubts.collect::<Result<_, _>>()?)
    }

    /// How many messages of a plan's campaign are in doubt that nobody holds, and that are in no row of the plan: of people
    /// who left the recipients file, and of earlier occurrences.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn doubts_besides(&self, plan: PlanId) -> Result<u64, LedgerError> {
        // From the doubts, which are few, to their occurrences, which can be as many as the messages.
        let mut query = self.db.prepare_cached(
            "SELECT count(*) FROM messages m INDEXED BY messages_in_doubt CROSS JOIN occurrences o USING (occurrence_id)
             WHERE m.state = 4 AND m.held = 0 AND m.plan_id <> ?1 AND o.campaign =
                 (SELECT campaign FROM plans JOIN occurrences USING (occurrence_id) WHERE plan_id = ?1)",
        )?;
        Ok(query.query_row([plan.0], |row| row.get::<_, i64>(0))?.cast_unsigned())
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
        let reason = (decision == Decision::GiveUp).then_some(GIVEN_UP);
        let in_doubt = State::InDoubt.number();
        let transaction = self.db.transaction()?;
        for doubt in doubts {
            transaction
                .prepare_cached("INSERT INTO decisions (attempt_id, decided_at, decision) VALUES (?1, ?2, ?3)")?
                .execute((doubt.attempt, now, decision.word()))?;
            let changed = transaction
                .prepare_cached(
                    "UPDATE messages SET state = ?3, held = ?4, due_at = ?5, reason = ?7
                     WHERE message_id = ?1 AND attempt_id = ?2 AND state = ?6",
                )?
                .execute((doubt.message, doubt.attempt, state.number(), held, due_at, in_doubt, reason))?;
            if changed != 1 {
                return Err(LedgerError::Broken(format!("attempt {} is not in doubt any more", doubt.attempt)));
            }
        }
        Ok(transaction.commit()?)
    }
}

fn doubt(row: &Row<'_>) -> rusqlite::Result<Doubt> {
    let standing = match (row.get(2)?, row.get(3)?) {
        (true, _) => Standing::InFile,
        (false, true) => Standing::NotInFile,
        (false, false) => Standing::Over,
    };
    Ok(Doubt {
        row: row.get::<_, i64>(0)?.cast_unsigned(),
        occurrence: row.get(1)?,
        standing,
        recipient: row.get(4)?,
        name: row.get(5)?,
        language: row.get(6)?,
        claimed_at: row.get(7)?,
        evidence: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
        held: row.get(9)?,
        message: row.get(10)?,
        attempt: row.get(11)?,
    })
}
