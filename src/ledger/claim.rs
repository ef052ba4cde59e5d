//! Claims and settlements: the commit between "may be sent" and "is sent", and the one after the answer.
//!
//! Both share transactions: one sync carries the outcomes of finished attempts and the intents of new ones.

use rusqlite::{CachedStatement, Connection};

use super::error::LedgerError;
use super::plan::endpoint_of;
use super::sqlite::Ledger;
use super::state::{Event, State};
use super::{AttemptId, PlanId, RunId};
use crate::clock::{UnixMs, millis};
use crate::cloud::Endpoint;
use crate::cloud::outcome::{Outcome, Refusal};
use crate::policy::retry::WAIT_MAX;

/// Numbers of outcomes in the ledger. Never reused.
pub(super) const ACCEPTED: i64 = 1;
const REFUSED: i64 = 2;
const NOT_SENT: i64 = 3;
pub(super) const IN_DOUBT: i64 = 4;

/// Attempt ids are milliseconds shifted by this many bits, plus a count.
pub(super) const ATTEMPT_COUNT_BITS: u32 = 20;

/// A message taken to be sent: its attempt is committed.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The attempt, durable before anything leaves.
    pub attempt: AttemptId,
    /// Which message.
    pub(super) message: i64,
    /// Which attempt at this message, from 1.
    pub number: u32,
    /// When the first attempt at this message was claimed.
    pub first_claimed_at: UnixMs,
    /// The person in one number.
    pub identity: i64,
    /// Which occurrence of the campaign.
    pub occurrence: String,
    /// The row of the recipients file.
    pub row: u64,
    /// E.164 number or business-scoped user id.
    pub recipient: String,
    /// Which endpoint sends it.
    pub endpoint: Endpoint,
    /// The template's name.
    pub name: String,
    /// The template's language.
    pub language: String,
    /// The `template` object as JSON.
    pub template: String,
    /// When the claim was made.
    pub claimed_at: UnixMs,
}

/// What becomes of a message after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted for good.
    Accepted,
    /// Refused for good.
    Refused,
    /// In doubt until a person or a webhook resolves it.
    InDoubt,
    /// To be sent again, not before this time.
    PutBack {
        /// When it is due; 0 for at once.
        due_at: UnixMs,
    },
}

/// An attempt with its outcome.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// What was claimed.
    pub claimed: Claimed,
    /// What came of it.
    pub outcome: Outcome,
    /// What becomes of the message.
    pub verdict: Verdict,
    /// When the answer came.
    pub settled_at: UnixMs,
}

/// A wish for messages to send.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// From which plan.
    pub plan: PlanId,
    /// For which run.
    pub run: RunId,
    /// How many at the most.
    pub count: usize,
}

/// What one commit brought.
#[derive(Debug, Default)]
pub struct Committed {
    /// The messages that may be sent now.
    pub claimed: Vec<Claimed>,
    /// When the next message that waits is due, if nothing else is left.
    pub next_due: Option<UnixMs>,
    /// The kill switch is on: nothing was claimed, and nothing will be.
    pub switched_off: bool,
    /// The commit stands, and what follows it failed: what was claimed may not be sent.
    pub failure: Option<LedgerError>,
}

impl Claimed {
    /// Tells messages apart: one person may have several, of different occurrences.
    pub fn message(&self) -> i64 {
        self.message
    }
}

impl Ledger {
    /// Settles finished attempts and claims new messages, in one synced commit.
    ///
    /// # Errors
    /// When the commit failed: then none of it counts, and nothing may be sent.
    pub fn commit(
        &mut self,
        settlements: &[Settlement],
        claim: Option<Claim>,
        now: UnixMs,
    ) -> Result<Committed, LedgerError> {
        let switched_off = match claim {
            Some(claim) => self.is_switched_off(claim.plan)?,
            None => false,
        };
        let mut committed = Committed { switched_off, ..Committed::default() };
        let transaction = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        settle(&transaction, settlements)?;
        let (mut cursor, mut last_id) = (self.cursor, self.last_attempt_id);
        if let Some(claim) = claim.filter(|_| !committed.switched_off) {
            take_due(&transaction, claim, now, &mut committed.claimed)?;
            cursor = take_fresh(&transaction, claim, cursor, &mut committed.claimed)?;
            last_id = write_attempts(&transaction, claim.run, now, last_id, &mut committed.claimed)?;
            if committed.claimed.len() < claim.count {
                forget_other_clocks(&transaction, claim.plan, now)?;
                committed.next_due = next_due(&transaction, claim.plan)?;
            }
        }
        transaction.commit()?;
        self.commits += 1;
        self.place.check()?;
        committed.failure = self.follow_up(last_id).err();
        (self.cursor, self.last_attempt_id) = (cursor, last_id);
        Ok(committed)
    }

    /// What follows a commit: the note of its newest attempt, and a log that stays short.
    fn follow_up(&self, newest_attempt: i64) -> Result<(), LedgerError> {
        if newest_attempt != self.last_attempt_id {
            self.head.note(newest_attempt)?;
        }
        self.shorten_log()
    }

    /// How often [`Ledger::commit`] succeeded since the ledger was opened. Each made the disk sync once, which is what a
    /// message costs most where disks are slow.
    pub fn commits(&self) -> u64 {
        self.commits
    }
}

const CLAIMED_COLUMNS: &str =
    "m.message_id, m.attempts, m.row, m.recipient, c.endpoint, c.name, c.language, c.template,
    m.first_attempt_at, m.identity, o.occurrence";

fn take_due(db: &Connection, claim: Claim, now: UnixMs, into: &mut Vec<Claimed>) -> Result<(), LedgerError> {
    let mut due = db.prepare_cached(&format!(
        "SELECT {CLAIMED_COLUMNS} FROM messages m JOIN contents c USING (message_id) JOIN occurrences o USING (occurrence_id)
         WHERE m.state = 0 AND m.due_at > 0 AND m.plan_id = ?1 AND m.due_at <= ?2 ORDER BY m.due_at LIMIT ?3"
    ))?;
    collect(&mut due, (claim.plan.0, now, claim.count as i64), into)
}

/// Takes messages that were never put back, in file order, from behind the last one taken.
fn take_fresh(db: &Connection, claim: Claim, cursor: i64, into: &mut Vec<Claimed>) -> Result<i64, LedgerError> {
    let missing = claim.count - into.len();
    if missing == 0 || cursor == i64::MAX {
        return Ok(cursor);
    }
    let first = into.len();
    let mut fresh = db.prepare_cached(&format!(
        "SELECT {CLAIMED_COLUMNS} FROM plan_rows r JOIN messages m USING (message_id) JOIN contents c USING (message_id)
         JOIN occurrences o USING (occurrence_id)
         WHERE r.plan_id = ?1 AND r.row > ?2 AND m.state = 0 AND m.due_at = 0 ORDER BY r.row LIMIT ?3"
    ))?;
    collect(&mut fresh, (claim.plan.0, cursor, missing as i64), into)?;
    let found = into.len() - first;
    // What is put back from here on has a due time, so behind the last row nothing can appear any more.
    Ok(if found < missing { i64::MAX } else { into.last().map_or(cursor, |claimed| claimed.row.cast_signed()) })
}

fn collect(
    query: &mut CachedStatement<'_>,
    with: impl rusqlite::Params,
    into: &mut Vec<Claimed>,
) -> Result<(), LedgerError> {
    let mut rows = query.query(with)?;
    while let Some(row) = rows.next()? {
        into.push(Claimed {
            attempt: AttemptId(0),
            message: row.get(0)?,
            number: row.get::<_, u32>(1)? + 1,
            row: row.get::<_, i64>(2)?.cast_unsigned(),
            recipient: row.get(3)?,
            endpoint: endpoint_of(row.get(4)?),
            name: row.get(5)?,
            language: row.get(6)?,
            template: row.get(7)?,
            // None before the first claim, which fills it in.
            first_claimed_at: row.get::<_, Option<i64>>(8)?.unwrap_or(0),
            identity: row.get(9)?,
            occurrence: row.get(10)?,
            claimed_at: 0,
        });
    }
    Ok(())
}

fn write_attempts(
    db: &Connection,
    run: RunId,
    now: UnixMs,
    last_id: i64,
    claimed: &mut [Claimed],
) -> Result<i64, LedgerError> {
    let sending = State::Planned.after(Event::Claim)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO attempts (attempt_id, message_id, run_id, number, claimed_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut update = db.prepare_cached(
        "UPDATE messages SET state = ?2, attempts = ?3, attempt_id = ?4,
         first_attempt_at = coalesce(first_attempt_at, ?6) WHERE message_id = ?1 AND state = ?5",
    )?;
    let mut id = last_id;
    for claimed in claimed {
        id = id.max(now << ATTEMPT_COUNT_BITS) + 1;
        claimed.attempt = AttemptId(id);
        claimed.claimed_at = now;
        if claimed.number == 1 {
            claimed.first_claimed_at = now;
        }
        insert.execute((id, claimed.message, run.0, claimed.number, now))?;
        let changed =
            update.execute((claimed.message, sending.number(), claimed.number, id, State::Planned.number(), now))?;
        expect_one(changed, State::Planned, Event::Claim)?;
    }
    Ok(id)
}

fn settle(db: &Connection, settlements: &[Settlement]) -> Result<(), LedgerError> {
    let mut attempt = db.prepare_cached(
        "UPDATE attempts SET settled_at = ?2, outcome = ?3, code = ?4, subcode = ?5, wamid = ?6, message_status = ?7,
         detail = ?8, trace = ?9 WHERE attempt_id = ?1 AND outcome IS NULL",
    )?;
    let mut message =
        db.prepare_cached("UPDATE messages SET state = ?2, due_at = ?3 WHERE message_id = ?1 AND state = ?4")?;
    for Settlement { claimed, outcome, verdict, settled_at } in settlements {
        let facts = Facts::of(outcome);
        let changed = attempt.execute((
            claimed.attempt.0,
            settled_at,
            facts.outcome,
            facts.refusal.map(|refusal| refusal.code),
            facts.refusal.and_then(|refusal| refusal.subcode),
            facts.wamid,
            facts.message_status,
            facts.detail,
            facts.refusal.and_then(|refusal| refusal.trace.as_deref()),
        ))?;
        let (event, due_at) = match verdict {
            Verdict::Accepted => (Event::Accept, 0),
            Verdict::Refused => (Event::Refuse, 0),
            Verdict::InDoubt => (Event::Doubt, 0),
            // 0 would mean "never tried", behind the cursor.
            Verdict::PutBack { due_at } => (Event::PutBack, (*due_at).max(1)),
        };
        expect_one(changed, State::Sending, event)?;
        let state = State::Sending.after(event)?;
        let changed = message.execute((claimed.message, state.number(), due_at, State::Sending.number()))?;
        expect_one(changed, State::Sending, event)?;
    }
    Ok(())
}

/// An outcome as columns.
pub(super) struct Facts<'a> {
    pub(super) outcome: i64,
    pub(super) refusal: Option<&'a Refusal>,
    pub(super) wamid: Option<&'a str>,
    message_status: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(outcome: &'a Outcome) -> Self {
        let mut facts = Self { outcome: ACCEPTED, refusal: None, wamid: None, message_status: None, detail: None };
        match outcome {
            Outcome::Accepted { wamid, message_status } => {
                facts.wamid = Some(wamid);
                facts.message_status = message_status.as_deref();
            }
            Outcome::Refused(refusal) => {
                facts.outcome = REFUSED;
                facts.refusal = Some(refusal);
                facts.detail = Some(&refusal.detail);
            }
            Outcome::NotSent { why } => (facts.outcome, facts.detail) = (NOT_SENT, Some(why.as_str())),
            Outcome::InDoubt { why, .. } => (facts.outcome, facts.detail) = (IN_DOUBT, Some(why.as_str())),
        }
        facts
    }
}

/// Lets messages go that wait for a time which only a clock that was set back since can have meant.
fn forget_other_clocks(db: &Connection, plan: PlanId, now: UnixMs) -> Result<(), LedgerError> {
    let mut update = db.prepare_cached(
        "UPDATE messages SET due_at = ?2 WHERE state = 0 AND due_at > 0 AND plan_id = ?1 AND due_at > ?3",
    )?;
    update.execute((plan.0, now.max(1), now.saturating_add(millis(WAIT_MAX))))?;
    Ok(())
}

fn next_due(db: &Connection, plan: PlanId) -> Result<Option<UnixMs>, LedgerError> {
    let mut next =
        db.prepare_cached("SELECT min(due_at) FROM messages WHERE state = 0 AND due_at > 0 AND plan_id = ?1")?;
    Ok(next.query_row([plan.0], |row| row.get(0))?)
}

/// An update that met no row, or several, means that the message was not where it had to be.
fn expect_one(changed: usize, expected: State, event: Event) -> Result<(), LedgerError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(LedgerError::Broken(format!("{event:?} found no message that is {expected:?}")))
    }
}
