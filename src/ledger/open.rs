//! Opening a plan: what it changes takes effect, and what has no row any more is withdrawn. One commit, so that a death
//! leaves either plan, never half of one.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::PlanId;
use super::claim::IN_DOUBT;
use super::error::LedgerError;
use super::state::{Event, State};
use crate::clock::UnixMs;

/// Reasons of withdrawn messages, as the ledger keeps them. The last two are people's decisions and are never taken back.
const REMOVED: &str = "removed";
const OVER: &str = "over";
pub(super) const GIVEN_UP: &str = "given up";
pub(super) const FORGOTTEN_REASON: &str = "forgotten";

/// Whether a withdrawn message can never come back.
pub(super) fn is_final(reason: &str) -> bool {
    [GIVEN_UP, FORGOTTEN_REASON].contains(&reason)
}

/// What the opening of a plan withdrew, and those before it that no report tells of: messages that an older plan left to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opened {
    /// Their rows are not in the recipients file any more.
    pub removed: u64,
    /// Their occurrence is over.
    pub over: u64,
}

pub(super) fn open(db: &Connection, plan: PlanId, new_campaign: bool, now: UnixMs) -> Result<Opened, LedgerError> {
    let transaction = db.unchecked_transaction()?;
    if let Some((previous, same_occurrence)) = previous(&transaction, plan)? {
        change(&transaction, plan)?;
        adopt(&transaction, plan)?;
        lapse(&transaction, previous)?;
        withdraw(&transaction, previous, plan, same_occurrence)?;
    }
    transaction.execute(
        "DELETE FROM plan_rows WHERE plan_id IN
         (SELECT old.plan_id FROM plans old JOIN plans new USING (occurrence_id)
          WHERE new.plan_id = ?1 AND old.plan_id < new.plan_id)",
        [plan.0],
    )?;
    transaction.execute(
        "UPDATE plans SET opened_at = ?2, new_campaign = ?3 WHERE plan_id = ?1",
        (plan.0, now, new_campaign),
    )?;
    let opened = unreported(&transaction, plan)?;
    transaction.commit()?;
    Ok(opened)
}

/// What the opening of a plan withdrew, unless a run of it came to its report and told of it.
pub(super) fn unreported(db: &Connection, plan: PlanId) -> Result<Opened, LedgerError> {
    let mut query = db.prepare_cached(
        "SELECT coalesce(sum(m.reason = ?3), 0), coalesce(sum(m.reason = ?4), 0)
         FROM withdrawals w JOIN messages m USING (message_id)
         WHERE w.plan_id = ?1 AND m.state = ?2
           AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.plan_id = ?1 AND ended_at IS NOT NULL)",
    )?;
    let counts = query.query_row((plan.0, State::Withdrawn.number(), REMOVED, OVER), |row| {
        Ok(Opened { removed: row.get::<_, i64>(0)?.cast_unsigned(), over: row.get::<_, i64>(1)?.cast_unsigned() })
    });
    Ok(counts?)
}

/// The plan of the same campaign that was opened last, and whether it was for the same occurrence.
fn previous(db: &Connection, plan: PlanId) -> Result<Option<(i64, bool)>, LedgerError> {
    let previous = db.query_row(
        "SELECT old.plan_id, old.occurrence_id = new.occurrence_id
         FROM plans new JOIN occurrences o ON o.occurrence_id = new.occurrence_id
         JOIN occurrences oo ON oo.campaign = o.campaign JOIN plans old ON old.occurrence_id = oo.occurrence_id
         WHERE new.plan_id = ?1 AND old.plan_id < ?1 AND old.opened_at IS NOT NULL
         ORDER BY old.plan_id DESC LIMIT 1",
        [plan.0],
        |row| Ok((row.get(0)?, row.get(1)?)),
    );
    Ok(previous.optional()?)
}

/// So many rows at a time: what an update finds is held in memory until it is written.
const ROWS_AT_ONCE: i64 = 10_000;

/// Does something for the rows of a plan, some at a time: those above the first number and up to the second.
fn in_slices(
    transaction: &Transaction<'_>,
    plan: PlanId,
    mut work: impl FnMut(i64, i64) -> rusqlite::Result<usize>,
) -> Result<(), LedgerError> {
    let last: i64 =
        transaction
            .query_row("SELECT coalesce(max(row), 0) FROM plan_rows WHERE plan_id = ?1", [plan.0], |row| row.get(0))?;
    let mut above = 0;
    while above < last {
        work(above, above + ROWS_AT_ONCE)?;
        above += ROWS_AT_ONCE;
    }
    Ok(())
}

fn change(transaction: &Transaction<'_>, plan: PlanId) -> Result<(), LedgerError> {
    let mut contents = transaction.prepare_cached(
        "INSERT OR REPLACE INTO contents SELECT message_id, endpoint, name, language, template
         FROM plan_rows r JOIN changes c USING (plan_id, message_id)
         WHERE r.plan_id = ?1 AND r.row > ?2 AND r.row <= ?3",
    )?;
    let mut recipients = transaction.prepare_cached(
        "UPDATE messages SET recipient = c.recipient FROM plan_rows r JOIN changes c USING (plan_id, message_id)
         WHERE r.plan_id = ?1 AND r.row > ?2 AND r.row <= ?3 AND c.message_id = messages.message_id",
    )?;
    in_slices(transaction, plan, |above, to| {
        contents.execute((plan.0, above, to))?;
        recipients.execute((plan.0, above, to))
    })?;
    transaction.execute("DELETE FROM changes WHERE plan_id = ?1", [plan.0])?;
    Ok(())
}

/// Messages still to be sent belong to the new plan, and so do those in doubt: people name a doubt by its row, and what
/// they order to be sent again is sent with the newest plan. Who had left the file and is in it again has their turn.
fn adopt(transaction: &Transaction<'_>, plan: PlanId) -> Result<(), LedgerError> {
    let (planned, in_doubt, withdrawn) = (State::Planned.number(), State::InDoubt.number(), State::Withdrawn.number());
    let again = State::Withdrawn.after(Event::Readmit)?.number();
    let mut stay = transaction.prepare_cached(
        "UPDATE messages SET plan_id = r.plan_id, row = r.row FROM plan_rows r
         WHERE r.plan_id = ?1 AND r.row > ?2 AND r.row <= ?3 AND r.message_id = messages.message_id
           AND messages.state IN (?4, ?5)",
    )?;
    let mut come_back = transaction.prepare_cached(
        "UPDATE messages SET plan_id = r.plan_id, row = r.row, state = ?4, reason = NULL FROM plan_rows r
         WHERE r.plan_id = ?1 AND r.row > ?2 AND r.row <= ?3 AND r.message_id = messages.message_id
           AND messages.state = ?5 AND messages.reason NOT IN (?6, ?7)",
    )?;
    in_slices(transaction, plan, |above, to| {
        stay.execute((plan.0, above, to, planned, in_doubt))?;
        come_back.execute((plan.0, above, to, again, withdrawn, GIVEN_UP, FORGOTTEN_REASON))
    })
}

/// What was ordered to be sent again and leaves the plan is in doubt as before: it may have arrived, and the order was about
/// this plan's files.
fn lapse(transaction: &Transaction<'_>, previous: i64) -> Result<(), LedgerError> {
    transaction.execute(
        "UPDATE messages SET state = ?2, due_at = 0, attempt_id = doubt.attempt_id
         FROM (SELECT message_id, max(attempt_id) AS attempt_id FROM attempts WHERE outcome = ?4 GROUP BY message_id) doubt
         WHERE doubt.message_id = messages.message_id AND plan_id = ?1 AND state = ?3 AND due_at > 0",
        (previous, State::Planned.after(Event::Lapse)?.number(), State::Planned.number(), IN_DOUBT),
    )?;
    Ok(())
}

fn withdraw(
    transaction: &Transaction<'_>,
    previous: i64,
    plan: PlanId,
    same_occurrence: bool,
) -> Result<(), LedgerError> {
    // What no report tells of yet, the next one does.
    transaction.execute(
        "UPDATE withdrawals SET plan_id = ?2
         WHERE plan_id = ?1 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.plan_id = ?1 AND ended_at IS NOT NULL)",
        (previous, plan.0),
    )?;
    transaction.execute(
        "INSERT OR IGNORE INTO withdrawals SELECT ?2, m.message_id FROM plan_rows r JOIN messages m USING (message_id)
         WHERE r.plan_id = ?1 AND m.plan_id <> ?2 AND m.state = ?3",
        (previous, plan.0, State::Planned.number()),
    )?;
    let (reason, withdrawn) = (if same_occurrence { REMOVED } else { OVER }, State::Planned.after(Event::Withdraw)?);
    transaction.execute(
        "UPDATE messages SET state = ?2, reason = ?3
         WHERE message_id IN (SELECT message_id FROM withdrawals WHERE plan_id = ?1) AND plan_id <> ?1 AND state = ?4",
        (plan.0, withdrawn.number(), reason, State::Planned.number()),
    )?;
    Ok(())
}

/// Takes back what plans of a campaign left that were never opened: nobody approved them, and nothing of them was sent.
pub(super) fn discard_unopened(db: &mut Connection, campaign: &str) -> Result<(), LedgerError> {
    let transaction = db.transaction()?;
    let unopened: Vec<i64> = transaction
        .prepare_cached(
            "SELECT plan_id FROM plans JOIN occurrences USING (occurrence_id)
             WHERE campaign = ?1 AND opened_at IS NULL",
        )?
        .query_map([campaign], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for plan in unopened {
        for table in ["contents", "messages"] {
            transaction.execute(
                &format!(
                    "DELETE FROM {table} WHERE message_id IN
                     (SELECT m.message_id FROM plan_rows r JOIN messages m USING (message_id)
                      WHERE r.plan_id = ?1 AND m.plan_id = ?1 AND m.state = ?2 AND m.attempts = 0)"
                ),
                (plan, State::Planned.number()),
            )?;
        }
        for table in ["changes", "plan_rows"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE plan_id = ?1"), [plan])?;
        }
    }
    Ok(transaction.commit()?)
}
