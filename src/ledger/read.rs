//! Reading the ledger for people: sums, and the rows that reports are folded from.

use rusqlite::Row;
use schemars::JsonSchema;
use serde::Serialize;

use super::error::LedgerError;
use super::sqlite::Ledger;
use super::state::State;
use super::{PlanId, RunId};
use crate::clock::UnixMs;

/// How many rows of a plan stand where. The others add up to `rows`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Tally {
    /// Rows of the recipients file.
    pub rows: u64,
    /// WhatsApp said yes.
    pub accepted: u64,
    /// WhatsApp said no.
    pub refused: u64,
    /// Nobody knows.
    pub in_doubt: u64,
    /// Of those in doubt: a person has looked at them and holds them as they are.
    #[serde(skip)]
    pub held: u64,
    /// Given up by a person, or left behind by an edit or the end of the occurrence.
    pub withdrawn: u64,
    /// Never planned, each with its reason.
    pub turned_away: u64,
    /// Still to be sent.
    pub waiting: u64,
}

impl Tally {
    /// Whether every row is accounted for.
    pub fn adds_up(&self) -> bool {
        self.rows == self.accepted + self.refused + self.in_doubt + self.withdrawn + self.turned_away + self.waiting
    }
}

/// One row of the recipients file and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Row as a spreadsheet numbers it: the header is row 1.
    pub row: u64,
    /// The recipient, whole.
    pub recipient: String,
    /// The person in one number, which with the campaign and occurrence makes the message key.
    pub identity: Option<i64>,
    /// Which occurrence of the campaign, where a message was planned.
    pub occurrence: Option<String>,
    /// Template and language, where a message was planned.
    pub template: Option<(String, String)>,
    /// Where it stands; none when the row was turned away.
    pub state: Option<State>,
    /// Why it was turned away, or, in a word of the ledger's, withdrawn.
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When the first attempt was claimed.
    pub first_attempt_at: Option<UnixMs>,
    /// The last attempt.
    pub last: Option<AttemptRow>,
}

/// An attempt as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// When its outcome was written.
    pub settled_at: Option<UnixMs>,
    /// Meta's error code.
    pub code: Option<i64>,
    /// Meta's message id.
    pub wamid: Option<String>,
    /// `held_for_quality_assessment` or `paused`.
    pub message_status: Option<String>,
    /// Meta's words, or ours about a doubt.
    pub detail: Option<String>,
    /// Meta's trace id.
    pub trace: Option<String>,
}

const REPORT_ROWS: &str = "
    SELECT r.row, coalesce(m.recipient, r.recipient), m.identity, c.name, c.language, m.state,
           coalesce(r.reason, m.reason), coalesce(m.attempts, 0), m.first_attempt_at,
           a.attempt_id, a.settled_at, a.code, a.wamid, a.message_status, a.detail, a.trace, o.occurrence
    FROM plan_rows r
    LEFT JOIN messages m ON m.message_id = r.message_id
    LEFT JOIN contents c ON c.message_id = r.message_id
    LEFT JOIN occurrences o ON o.occurrence_id = m.occurrence_id
    LEFT JOIN attempts a ON a.attempt_id = m.attempt_id
    WHERE r.plan_id = ?1";

/// The same columns, for messages that the opening of a plan withdrew. Their rows are those of the plan before.
const WITHDRAWN_ROWS: &str = "
    SELECT m.row, m.recipient, m.identity, c.name, c.language, m.state, m.reason, m.attempts, m.first_attempt_at,
           a.attempt_id, a.settled_at, a.code, a.wamid, a.message_status, a.detail, a.trace, o.occurrence
    FROM withdrawals w JOIN messages m USING (message_id) JOIN contents c USING (message_id)
    JOIN occurrences o USING (occurrence_id) LEFT JOIN attempts a ON a.attempt_id = m.attempt_id
    WHERE w.plan_id = ?1 AND m.state = 5 ORDER BY m.row";

impl Ledger {
    /// Counts the rows of a plan by where they stand.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn tally(&self, plan: PlanId) -> Result<Tally, LedgerError> {
        let rows: i64 =
            self.db.query_row("SELECT data_rows FROM plans WHERE plan_id = ?1", [plan.0], |row| row.get(0))?;
        let mut tally = Tally { rows: rows.cast_unsigned(), ..Tally::default() };
        // Counted here: a GROUP BY would sort a million rows in memory.
        let mut query = self.db.prepare_cached(
            "SELECT m.state, m.held FROM plan_rows r LEFT JOIN messages m ON m.message_id = r.message_id
             WHERE r.plan_id = ?1",
        )?;
        let mut states = query.query([plan.0])?;
        while let Some(state) = states.next()? {
            match state.get::<_, Option<i64>>(0)?.map(state_of).transpose()? {
                None => tally.turned_away += 1,
                Some(State::Planned) => tally.waiting += 1,
                Some(State::Accepted) => tally.accepted += 1,
                Some(State::Refused) => tally.refused += 1,
                Some(State::Withdrawn) => tally.withdrawn += 1,
                Some(State::Sending | State::InDoubt) => {
                    tally.in_doubt += 1;
                    tally.held += u64::from(state.get::<_, Option<bool>>(1)?.unwrap_or(false));
                }
            }
        }
        Ok(tally)
    }

    /// Visits every row of a plan, in file order.
    ///
    /// # Errors
    /// When the ledger cannot be read, or `visit` fails.
    pub fn rows<E: From<LedgerError>>(
        &self,
        plan: PlanId,
        visit: impl FnMut(&ReportRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.visit(&format!("{REPORT_ROWS} ORDER BY r.row"), [plan.0], visit)
    }

    /// Visits the rows whose last attempt belongs to a run, in file order.
    ///
    /// # Errors
    /// When the ledger cannot be read, or `visit` fails.
    pub fn rows_of_run<E: From<LedgerError>>(
        &self,
        plan: PlanId,
        run: RunId,
        visit: impl FnMut(&ReportRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.visit(&format!("{REPORT_ROWS} AND a.run_id = ?2 ORDER BY r.row"), [plan.0, run.0], visit)
    }

    /// Visits the messages that the opening of a plan withdrew, in the order of the file in which they last stood.
    ///
    /// # Errors
    /// When the ledger cannot be read, or `visit` fails.
    pub fn rows_withdrawn<E: From<LedgerError>>(
        &self,
        plan: PlanId,
        visit: impl FnMut(&ReportRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.visit(WITHDRAWN_ROWS, [plan.0], visit)
    }

    fn visit<E: From<LedgerError>>(
        &self,
        sql: &str,
        with: impl rusqlite::Params,
        mut visit: impl FnMut(&ReportRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let database = |error: rusqlite::Error| E::from(LedgerError::from(error));
        let mut query = self.db.prepare_cached(sql).map_err(database)?;
        let mut rows = query.query(with).map_err(database)?;
        while let Some(row) = rows.next().map_err(database)? {
            visit(&report_row(row)?)?;
        }
        Ok(())
    }
}

fn report_row(row: &Row<'_>) -> Result<ReportRow, LedgerError> {
    let template = row.get::<_, Option<String>>(3)?.zip(row.get(4)?);
    let attempt: Option<i64> = row.get(9)?;
    let last = match attempt {
        None => None,
        Some(_) => Some(AttemptRow {
            settled_at: row.get(10)?,
            code: row.get(11)?,
            wamid: row.get(12)?,
            message_status: row.get(13)?,
            detail: row.get(14)?,
            trace: row.get(15)?,
        }),
    };
    Ok(ReportRow {
        row: row.get::<_, i64>(0)?.cast_unsigned(),
        recipient: row.get(1)?,
        identity: row.get(2)?,
        occurrence: row.get(16)?,
        template,
        state: row.get::<_, Option<i64>>(5)?.map(state_of).transpose()?,
        reason: row.get(6)?,
        attempts: row.get(7)?,
        first_attempt_at: row.get(8)?,
        last,
    })
}

fn state_of(number: i64) -> Result<State, LedgerError> {
    State::from_number(number).ok_or_else(|| LedgerError::Broken(format!("unknown state {number}")))
}
