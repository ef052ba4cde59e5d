//! A look at a ledger from outside, for previews: nothing is written, and no run is kept waiting.

use std::path::Path;

use rusqlite::{CachedStatement, Connection, OpenFlags, OptionalExtension, Row};

use super::error::LedgerError;
use super::plan::{Addressee, Content, endpoint_of};
use super::pseudonym::Recall;
use super::state::State;
use super::{beside, open};
use crate::audience::phone::FORGOTTEN;
use crate::clock::UnixMs;

/// A ledger that is only looked at.
pub struct Peek {
    pub(super) db: Connection,
}

/// How the rows of a new plan stand to what the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SinceLast {
    /// When the last run of the campaign began.
    pub last_run_at: UnixMs,
    /// People whom the campaign has not met, for this occurrence.
    pub new: u64,
    /// Those who have it.
    pub accepted: u64,
    /// Those for whom it was refused, and who are not asked again.
    pub refused: u64,
    /// Those of whom nobody knows, and who are not asked again.
    pub in_doubt: u64,
    /// Those who wait since an earlier run.
    pub waiting: u64,
    /// Those of them who would get something else than was planned.
    pub changed: u64,
    /// Those whom a person gave up.
    pub given_up: u64,
    /// Those who were forgotten at their request, and get nothing.
    pub forgotten: u64,
    /// People of the last plan who are not in this one.
    pub gone: u64,
    /// Messages that wait since an earlier run and would be withdrawn: those of people who are gone, or all where the
    /// occurrence is another.
    pub withdrawn: u64,
}

impl SinceLast {
    /// How many the next run would send to.
    pub fn to_send(&self) -> u64 {
        self.new + self.waiting
    }
}

impl Peek {
    /// Looks at the ledger at this path; none when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path) -> Result<Option<Self>, LedgerError> {
        if !path.exists() {
            return Ok(None);
        }
        // Without a log no run is under way, and SQLite would have to make one to look whether it is. A run that begins at
        // this moment makes the look fail or be a little late; it is for people, and decides nothing.
        let immutable = if beside(path, "-wal").exists() { "" } else { "?immutable=1" };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(format!("file:{}{immutable}", escaped(path)), flags)?;
        Ok(Some(Self { db }))
    }

    /// Begins to compare a new plan for this occurrence with what a campaign has done; none when it has never run.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn compare(&self, campaign: &str, occurrence: &str) -> Result<Option<Comparison<'_>>, LedgerError> {
        let last = self.db.query_row(
            "SELECT plan_id, started_at, occurrence FROM runs JOIN plans USING (plan_id) JOIN occurrences USING (occurrence_id)
             WHERE campaign = ?1 ORDER BY run_id DESC LIMIT 1",
            [campaign],
            |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?)),
        );
        let Some((plan, last_run_at, last_occurrence)) = last.optional()? else { return Ok(None) };
        Ok(Some(Comparison {
            campaign: campaign.to_owned(),
            recall: Recall::new(&self.db)?,
            db: &self.db,
            plan,
            over: Some(last_occurrence).filter(|last| last != occurrence),
            find: self.db.prepare_cached(
                "SELECT message_id, state, coalesce(reason, ''), endpoint, name, language, template
                 FROM occurrences JOIN messages USING (occurrence_id) JOIN contents USING (message_id)
                 WHERE campaign = ?1 AND occurrence = ?2 AND identity = ?3",
            )?,
            met: Met::default(),
            since: SinceLast { last_run_at, ..SinceLast::default() },
        }))
    }
}

/// A comparison under way.
pub struct Comparison<'p> {
    campaign: String,
    recall: Recall<'p>,
    db: &'p Connection,
    /// The plan of the last run.
    plan: i64,
    /// Its occurrence, where the new plan is for another.
    over: Option<String>,
    find: CachedStatement<'p>,
    met: Met,
    since: SinceLast,
}

impl Comparison<'_> {
    /// Compares a row that becomes a message.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn message(&mut self, to: &Addressee<'_>, content: &Content<'_>) -> Result<(), LedgerError> {
        let identity = to.identity.cast_signed();
        if self.recall.forgotten_at(identity)?.is_some() {
            self.since.forgotten += 1;
            return Ok(());
        }
        if let Some(over) = &self.over {
            let (over, identity) = known_as(&mut self.recall, &self.campaign, over, identity)?;
            let then = (&self.campaign, over, identity);
            let message = self.find.query_row(then, |row| row.get(0)).optional()?;
            message.into_iter().for_each(|message| self.met.add(message));
        }
        let (occurrence, identity) = known_as(&mut self.recall, &self.campaign, to.occurrence, identity)?;
        let key = (&self.campaign, occurrence, identity);
        let since = &mut self.since;
        let standing = |row: &Row<'_>| -> rusqlite::Result<(i64, i64, String, bool)> {
            let (name, language, template): (String, String, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
            let before =
                Content { endpoint: endpoint_of(row.get(3)?), name: &name, language: &language, template: &template };
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, before == *content))
        };
        let Some((message, state, reason, same)) = self.find.query_row(key, standing).optional()? else {
            since.new += 1;
            return Ok(());
        };
        self.met.add(message);
        match State::from_number(state) {
            Some(State::Planned) => {
                since.waiting += 1;
                since.changed += u64::from(!same);
            }
            Some(State::Accepted) => since.accepted += 1,
            Some(State::Refused) => since.refused += 1,
            Some(State::Sending | State::InDoubt) => since.in_doubt += 1,
            Some(State::Withdrawn) if open::is_final(&reason) => since.given_up += 1,
            Some(State::Withdrawn) => since.new += 1,
            None => return Err(LedgerError::Broken(format!("unknown state {state}"))),
        }
        Ok(())
    }

    /// What came of it, once every row was compared.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn finish(mut self) -> Result<SinceLast, LedgerError> {
        let mut rows = self.db.prepare(
            "SELECT r.message_id, m.state FROM plan_rows r JOIN messages m USING (message_id)
             WHERE r.plan_id = ?1 AND m.recipient <> ?2",
        )?;
        let mut rows = rows.query((self.plan, FORGOTTEN))?;
        while let Some(row) = rows.next()? {
            let is_gone = !self.met.has(row.get(0)?);
            let waits = row.get::<_, i64>(1)? == State::Planned.number();
            self.since.gone += u64::from(is_gone);
            self.since.withdrawn += u64::from(waits && (is_gone || self.over.is_some()));
        }
        Ok(self.since)
    }
}

/// Under which names the ledger keeps a message: those it has now, unless its person was purged.
fn known_as(
    recall: &mut Recall<'_>,
    campaign: &str,
    occurrence: &str,
    identity: i64,
) -> Result<(String, i64), LedgerError> {
    Ok(recall.purged(campaign, occurrence, identity)?.unwrap_or_else(|| (occurrence.to_owned(), identity)))
}

/// Messages that were met: a bit for each, since their numbers are dense.
#[derive(Default)]
struct Met(Vec<u64>);

impl Met {
    fn place(message: i64) -> (usize, u64) {
        // Numbers of messages are positive.
        let message = message.unsigned_abs();
        ((message / 64) as usize, 1 << (message % 64))
    }

    fn add(&mut self, message: i64) {
        let (word, bit) = Self::place(message);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    fn has(&self, message: i64) -> bool {
        let (word, bit) = Self::place(message);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }
}

/// A path as SQLite's addresses hold it.
fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
