//! What the newest messages of a campaign came to: the memory of its thresholds, which no end of a run forgets.

use super::PlanId;
use super::error::LedgerError;
use super::sqlite::Ledger;
use super::state::State;
use crate::policy::threshold::Trouble;

impl Ledger {
    /// What is wrong with the last messages that were settled in a plan's campaign, at most so many, the oldest first.
    ///
    /// Each counts once, as it stands after its last attempt; what is to be sent again and what a person gave up does not
    /// count. Nor does what was asked before a person last acknowledged a breaker of the campaign: that has been looked at.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_settled(&self, plan: PlanId, count: u32) -> Result<Vec<Option<Trouble>>, LedgerError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let campaign: String = self.db.query_row(
            "SELECT campaign FROM plans JOIN occurrences USING (occurrence_id) WHERE plan_id = ?1",
            [plan.0],
            |row| row.get(0),
        )?;
        let looked_at: i64 = self.db.query_row(
            "SELECT coalesce(max(acknowledged_attempt), 0) FROM breakers WHERE scope = 'campaign ' || ?1",
            [&campaign],
            |row| row.get(0),
        )?;
        // Attempts are walked from the newest, and no further than needed: CROSS JOIN keeps SQLite from starting with the
        // messages. Those of other campaigns in between are told by their run alone.
        let mut query = self.db.prepare(
            "SELECT m.state FROM attempts a CROSS JOIN messages m ON m.message_id = a.message_id
             WHERE a.attempt_id > ?2
               AND a.run_id IN (SELECT run_id FROM runs JOIN plans USING (plan_id) JOIN occurrences USING (occurrence_id)
                                WHERE campaign = ?1)
               AND m.attempt_id = a.attempt_id AND m.state IN (?3, ?4, ?5)
             ORDER BY a.attempt_id DESC LIMIT ?6",
        )?;
        let [accepted, refused, in_doubt] = [State::Accepted, State::Refused, State::InDoubt].map(State::number);
        let settled =
            query.query_map((campaign, looked_at, accepted, refused, in_doubt, count), |row| row.get::<_, i64>(0))?;
        let trouble = |state| match State::from_number(state) {
            Some(State::Refused) => Some(Trouble::Refused),
            Some(State::InDoubt) => Some(Trouble::InDoubt),
            _ => None,
        };
        let mut troubles: Vec<_> = settled.map(|state| state.map(trouble)).collect::<Result<_, _>>()?;
        troubles.reverse();
        Ok(troubles)
    }
}
