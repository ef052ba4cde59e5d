//! Erasing personal data: of one person, who asked for it, or of all with whom there was nothing to do for long.
//!
//! What stays are the states, for the sums, and the message keys, so that nobody gets the same twice: as pseudonyms. What
//! goes, goes for good: pages of the database are made anew, and its log is cut off. What the disk keeps beneath the file
//! system, and copies that somebody made, are out of reach.
//!
//! An erasure may die at any point and be begun again: it finds what is left, and cleans the file in any case.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::claim::IN_DOUBT;
use super::error::LedgerError;
use super::open::{FORGOTTEN_REASON, GIVEN_UP, discard_unopened};
use super::pseudonym::{Pseudonyms, Recall};
use super::sqlite::Ledger;
use super::state::{Event, State};
use crate::audience::phone::{FORGOTTEN, PURGED, Recipient};
use crate::audience::sought::Sought;
use crate::clock::{UnixMs, date};

/// Stands in place of the reason of a row that was turned away and purged: reasons may quote the row.
const PURGED_REASON: &str = "turned away; why was purged with the row";

/// What an erasure took out of the ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// So many messages lost their recipient and their words.
    pub messages: u64,
    /// Rows that were turned away.
    pub turned_away: u64,
    /// Seeds to the person's phone.
    pub seeds: u64,
}

/// What the blocking of a person ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// So many messages waited, and are withdrawn.
    pub withdrawn: u64,
    /// So many were in doubt, and are given up.
    pub given_up: u64,
}

/// What becomes of the numbers by which lines of reports are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identities {
    /// They are erased.
    Erased,
    /// They stay: there are reports that could not be treated yet.
    Kept,
}

/// Who is to be purged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Idle {
    /// People with whom there was nothing to do for long.
    pub people: u64,
    /// People whose last settled message is as old, and who wait for another or are in doubt: they stay.
    pub unsettled: u64,
}

/// A message whose person is about to be erased.
#[derive(Debug)]
pub struct Marked<'a> {
    /// The campaign key.
    pub campaign: &'a str,
    /// Which occurrence of it.
    pub occurrence: &'a str,
    /// The person in one number.
    pub identity: i64,
    /// What stands in its place afterwards.
    pub pseudonym: i64,
}

impl Ledger {
    /// Since when a person is forgotten; none where they are not.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn forgotten_at(&self, person: &Recipient) -> Result<Option<UnixMs>, LedgerError> {
        Recall::new(&self.db)?.forgotten_at(person.identity().cast_signed())
    }

    /// The keys of all campaigns.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn campaigns(&self) -> Result<Vec<String>, LedgerError> {
        let mut query = self.db.prepare("SELECT DISTINCT campaign FROM occurrences ORDER BY campaign")?;
        let campaigns = query.query_map([], |row| row.get(0))?;
        Ok(campaigns.collect::<Result<_, _>>()?)
    }

    /// Remembers that these people are never to be messaged from this ledger again, before anything of them is erased. What
    /// waits is withdrawn; what is in doubt is given up, since what it said is about to go. Of each, what that ended.
    ///
    /// # Errors
    /// When the ledger cannot be written: then nobody is blocked.
    pub fn block(&mut self, people: &[Sought], now: UnixMs) -> Result<Vec<Ended>, LedgerError> {
        let pseudonyms = self.begin_erasing()?;
        let transaction = self.db.transaction()?;
        let mut ended = Vec::with_capacity(people.len());
        for person in people {
            let identity = person.person().identity().cast_signed();
            mark(&transaction, &pseudonyms, [identity])?;
            ended.push(end_unsettled(&transaction, now)?);
            let forgotten = (pseudonyms.of_identity(identity), now);
            transaction.execute("INSERT INTO forgotten VALUES (?1, ?2) ON CONFLICT DO NOTHING", forgotten)?;
        }
        transaction.commit()?;
        self.head.note_forgotten(forgotten_people(&self.db)?)?;
        Ok(ended)
    }

    /// Marks one person, who was blocked before, to be erased with [`Ledger::forget`].
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn mark(&mut self, person: &Recipient) -> Result<(), LedgerError> {
        let pseudonyms = Pseudonyms::make(&self.db)?;
        let identity = person.identity().cast_signed();
        mark(&self.db, &pseudonyms, [identity, pseudonyms.of_identity(identity)])
    }

    /// Marks everybody whose last message was settled before a time, to be erased with [`Ledger::purge`]. Whoever waits
    /// for a message, or has one in doubt, is not marked.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn mark_idle(&mut self, before: UnixMs) -> Result<Idle, LedgerError> {
        let pseudonyms = self.begin_erasing()?;
        let [planned, sending, in_doubt] = [State::Planned, State::Sending, State::InDoubt].map(State::number);
        let mut query = self.db.prepare(
            "SELECT m.identity, max(m.state IN (?1, ?2, ?3)),
                    max(coalesce(a.settled_at, a.claimed_at, p.opened_at, p.created_at)) AS last
             FROM messages m JOIN plans p USING (plan_id) LEFT JOIN attempts a ON a.attempt_id = m.attempt_id
             WHERE m.recipient NOT IN (?4, ?5) GROUP BY m.identity HAVING last < ?6",
        )?;
        let mut rows = query.query((planned, sending, in_doubt, FORGOTTEN, PURGED, before))?;
        let (mut idle, mut people) = (Idle::default(), Vec::new());
        while let Some(row) = rows.next()? {
            if row.get(1)? {
                idle.unsettled += 1;
            } else {
                people.push(row.get(0)?);
            }
        }
        idle.people = people.len() as u64;
        let transaction = self.db.unchecked_transaction()?;
        mark(&transaction, &pseudonyms, people)?;
        transaction.commit()?;
        Ok(idle)
    }

    /// Visits the messages of those who are marked.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn marked(&self, mut visit: impl FnMut(&Marked<'_>)) -> Result<(), LedgerError> {
        let mut query = self.db.prepare(
            "SELECT campaign, occurrence, e.identity, e.pseudonym
             FROM messages m JOIN erasing e USING (identity) JOIN occurrences USING (occurrence_id)",
        )?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (campaign, occurrence): (String, String) = (row.get(0)?, row.get(1)?);
            let (identity, pseudonym) = (row.get(2)?, row.get(3)?);
            visit(&Marked { campaign: &campaign, occurrence: &occurrence, identity, pseudonym });
        }
        Ok(())
    }

    /// Erases the person that is marked, who was blocked before.
    ///
    /// # Errors
    /// When the ledger cannot be written: then nothing is erased.
    pub fn forget(&mut self, person: &Sought, identities: Identities, now: UnixMs) -> Result<Erased, LedgerError> {
        let pseudonyms = Pseudonyms::make(&self.db)?;
        let transaction = self.db.transaction()?;
        erase_words(&transaction)?;
        let messages = match identities {
            Identities::Erased => erase_identities(&transaction, FORGOTTEN)?,
            Identities::Kept => 0,
        };
        let turned_away = forget_turned_away(&transaction, person, &forgotten_reason(now))?;
        let seeds = forget_seeds(&transaction, person)?;
        forget_in_breakers(&transaction, person)?;
        hide_occurrences(&transaction, &pseudonyms)?;
        transaction.commit()?;
        Ok(Erased { messages, turned_away, seeds })
    }

    /// Erases everybody who is marked, rows that were turned away before a time, and seeds of before. Nobody is remembered
    /// as forgotten.
    ///
    /// # Errors
    /// When the ledger cannot be written: then nothing is erased.
    pub fn purge(&mut self, before: UnixMs) -> Result<Erased, LedgerError> {
        let pseudonyms = Pseudonyms::make(&self.db)?;
        let transaction = self.db.transaction()?;
        erase_words(&transaction)?;
        let messages = erase_identities(&transaction, PURGED)?;
        let turned_away = transaction.execute(
            "UPDATE plan_rows SET recipient = ?1, reason = ?2 WHERE recipient NOT IN (?1, ?3) AND plan_id IN
             (SELECT p.plan_id FROM plans p LEFT JOIN runs r USING (plan_id) GROUP BY p.plan_id
              HAVING max(coalesce(r.ended_at, r.started_at, p.opened_at, p.created_at)) < ?4)",
            (PURGED, PURGED_REASON, FORGOTTEN, before),
        )? as u64;
        let seeds = transaction.execute(
            "UPDATE seeds SET recipient = ?1, wamid = NULL, detail = NULL
             WHERE recipient NOT IN (?1, ?2) AND coalesce(settled_at, claimed_at) < ?3",
            (PURGED, FORGOTTEN, before),
        )? as u64;
        hide_occurrences(&transaction, &pseudonyms)?;
        transaction.commit()?;
        Ok(Erased { messages, turned_away, seeds })
    }

    /// Makes the file anew from what is left in it, and cuts off its log, so that neither holds what was erased.
    ///
    /// # Errors
    /// When the disk has no room for that, or another program is reading: then it is to be tried again.
    pub fn wipe(&mut self) -> Result<(), LedgerError> {
        // A large ledger is not to be held in memory.
        self.db.execute_batch("DROP TABLE IF EXISTS erasing; PRAGMA temp_store = FILE; VACUUM;")?;
        let is_busy: bool = self.db.query_row("PRAGMA wal_checkpoint = TRUNCATE", [], |row| row.get(0))?;
        if is_busy {
            return Err(LedgerError::Foreign {
                path: self.db.path().map(Into::into).unwrap_or_default(),
                what: "is being read by another program, so that its log may still hold what was erased: run it again"
                    .to_owned(),
            });
        }
        Ok(())
    }

    /// From now on what is deleted is overwritten; what nobody approved goes; and there is a key to make pseudonyms.
    fn begin_erasing(&mut self) -> Result<Pseudonyms, LedgerError> {
        self.db.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        self.campaigns()?.iter().try_for_each(|campaign| discard_unopened(&mut self.db, campaign))?;
        self.db.execute_batch(
            "DROP TABLE IF EXISTS erasing;
             CREATE TEMP TABLE erasing (identity INTEGER PRIMARY KEY, pseudonym INTEGER NOT NULL)",
        )?;
        Pseudonyms::make(&self.db)
    }
}

/// How many people are never to be messaged from a ledger again.
pub(super) fn forgotten_people(db: &Connection) -> Result<i64, LedgerError> {
    Ok(db.query_row("SELECT count(*) FROM forgotten", [], |row| row.get(0))?)
}

/// Why a row of a person who is forgotten is turned away.
pub fn forgotten_reason(forgotten_at: UnixMs) -> String {
    format!("forgotten at their request on {}", date(forgotten_at))
}

/// Marks these people and nobody else.
fn mark(db: &Connection, pseudonyms: &Pseudonyms, people: impl IntoIterator<Item = i64>) -> Result<(), LedgerError> {
    db.execute("DELETE FROM erasing", [])?;
    let mut insert = db.prepare("INSERT OR IGNORE INTO erasing VALUES (?1, ?2)")?;
    for identity in people {
        insert.execute((identity, pseudonyms.of_identity(identity)))?;
    }
    Ok(())
}

/// Withdraws what waits, and gives up what is in doubt. What waits to be sent again after a doubt may have arrived.
fn end_unsettled(transaction: &Transaction<'_>, now: UnixMs) -> Result<Ended, LedgerError> {
    const MARKED: &str = "identity IN (SELECT identity FROM erasing)";
    let (planned, in_doubt) = (State::Planned, State::InDoubt);
    transaction.execute(
        &format!(
            "INSERT INTO decisions (attempt_id, decided_at, decision)
             SELECT attempt_id, ?1, 'give up' FROM messages WHERE state = ?2 AND {MARKED}"
        ),
        (now, in_doubt.number()),
    )?;
    let given_up = transaction.execute(
        &format!("UPDATE messages SET state = ?1, held = 0, reason = ?2 WHERE state = ?3 AND {MARKED}"),
        (in_doubt.after(Event::GiveUp)?.number(), GIVEN_UP, in_doubt.number()),
    )?;
    let withdrawn = transaction.execute(
        &format!(
            "UPDATE messages SET state = ?1, due_at = 0, reason = iif(
                 EXISTS (SELECT 1 FROM attempts a WHERE a.attempt_id = messages.attempt_id AND a.outcome = ?2), ?3, ?4)
             WHERE state = ?5 AND {MARKED}"
        ),
        (planned.after(Event::Withdraw)?.number(), IN_DOUBT, GIVEN_UP, FORGOTTEN_REASON, planned.number()),
    )?;
    Ok(Ended { withdrawn: withdrawn as u64, given_up: given_up as u64 })
}

/// Takes the words out of the messages of those who are marked. WhatsApp's ids of messages hold the phone number, in
/// Base64; what it said about a message may name it.
fn erase_words(transaction: &Transaction<'_>) -> Result<(), LedgerError> {
    for sql in [
        "UPDATE contents SET template = '{}' WHERE message_id IN (SELECT message_id FROM messages JOIN erasing USING (identity))",
        "DELETE FROM changes WHERE message_id IN (SELECT message_id FROM messages JOIN erasing USING (identity))",
        "UPDATE attempts SET wamid = NULL, detail = NULL, trace = NULL
         WHERE message_id IN (SELECT message_id FROM messages JOIN erasing USING (identity))",
    ] {
        transaction.execute(sql, [])?;
    }
    Ok(())
}

/// Takes those who are marked out of their messages.
fn erase_identities(transaction: &Transaction<'_>, word: &str) -> Result<u64, LedgerError> {
    let erased = transaction.execute(
        "UPDATE messages SET identity = erasing.pseudonym, recipient = ?1 FROM erasing
         WHERE erasing.identity = messages.identity AND recipient <> ?1",
        [word],
    )?;
    Ok(erased as u64)
}

fn forget_turned_away(transaction: &Transaction<'_>, person: &Sought, reason: &str) -> Result<u64, LedgerError> {
    let theirs: Vec<(i64, i64)> = transaction
        .prepare("SELECT recipient, reason, plan_id, row FROM plan_rows WHERE recipient IS NOT NULL")?
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?)))?
        .filter_map(|row| match row {
            Ok((cell, reason, plan, row)) => {
                (person.is_named_by(&cell) || person.stands_in(&reason)).then_some(Ok((plan, row)))
            }
            Err(error) => Some(Err(error)),
        })
        .collect::<Result<_, _>>()?;
    let mut update =
        transaction.prepare("UPDATE plan_rows SET recipient = ?3, reason = ?4 WHERE plan_id = ?1 AND row = ?2")?;
    for (plan, row) in &theirs {
        update.execute((plan, row, FORGOTTEN, reason))?;
    }
    Ok(theirs.len() as u64)
}

fn forget_seeds(transaction: &Transaction<'_>, person: &Sought) -> Result<u64, LedgerError> {
    let theirs: Vec<i64> = transaction
        .prepare("SELECT seed_id, recipient FROM seeds")?
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .filter_map(|seed| match seed {
            Ok((seed, recipient)) => person.is_named_by(&recipient).then_some(Ok(seed)),
            Err(error) => Some(Err(error)),
        })
        .collect::<Result<_, _>>()?;
    let mut update =
        transaction.prepare("UPDATE seeds SET recipient = ?2, wamid = NULL, detail = NULL WHERE seed_id = ?1")?;
    for seed in &theirs {
        update.execute((seed, FORGOTTEN))?;
    }
    Ok(theirs.len() as u64)
}

/// A breaker keeps WhatsApp's words, and those may name whom it was about.
fn forget_in_breakers(transaction: &Transaction<'_>, person: &Sought) -> Result<(), LedgerError> {
    let details: Vec<(i64, String)> = transaction
        .prepare("SELECT breaker_id, detail FROM breakers")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (breaker, detail) in details.iter().filter(|(_, detail)| person.stands_in(detail)) {
        let without = person.taken_out_of(detail, FORGOTTEN);
        transaction.execute("UPDATE breakers SET detail = ?2 WHERE breaker_id = ?1", (breaker, without))?;
    }
    Ok(())
}

/// The name of an occurrence that was made of one person's row, such as the number of an invoice, is theirs.
fn hide_occurrences(transaction: &Transaction<'_>, pseudonyms: &Pseudonyms) -> Result<(), LedgerError> {
    let theirs: Vec<(i64, String, String)> = transaction
        .prepare(
            "SELECT occurrence_id, campaign, occurrence FROM occurrences o
             WHERE occurrence_id NOT IN (SELECT occurrence_id FROM plans) AND NOT EXISTS
                 (SELECT 1 FROM messages m WHERE m.occurrence_id = o.occurrence_id AND m.recipient NOT IN (?1, ?2))",
        )?
        .query_map((FORGOTTEN, PURGED), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut find = transaction.prepare(
        "SELECT occurrence_id FROM occurrences WHERE campaign = ?1 AND occurrence = ?2 AND occurrence_id <> ?3",
    )?;
    let mut rename = transaction.prepare("UPDATE occurrences SET occurrence = ?2 WHERE occurrence_id = ?1")?;
    let mut move_to = transaction.prepare("UPDATE messages SET occurrence_id = ?2 WHERE occurrence_id = ?1")?;
    let mut delete = transaction.prepare("DELETE FROM occurrences WHERE occurrence_id = ?1")?;
    for (id, campaign, occurrence) in theirs {
        let hidden = pseudonyms.of_occurrence(&campaign, &occurrence);
        let known: Option<i64> = find.query_row((&campaign, &hidden, id), |row| row.get(0)).optional()?;
        // Somebody of the same occurrence was erased before. Nobody is in both: who comes again is recalled.
        if let Some(known) = known {
            move_to.execute((id, known))?;
            delete.execute([id])?;
        } else {
            rename.execute((id, hidden))?;
        }
    }
    Ok(())
}
