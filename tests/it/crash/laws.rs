//! What must hold whatever happens, checked against the world's book.

use std::collections::{HashMap, HashSet};

use tidings::ledger::state::State;
use tidings::ledger::{ReportRow, Tally};

use crate::harness::world::Book;

/// One in so many slots is claimed ahead at most: with answers that take 100 ms, one in five.
const CLAIMED_AHEAD: usize = 5;

/// A law that was broken, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// Got more than one message.
    Twice(String),
    /// The ledger says accepted, and nothing came: nobody will ever ask again.
    NeverGot(String),
    /// Got a message, and the ledger says that it was refused or waits.
    GotNevertheless(String, State),
    /// Still waits after the last run, or stands nowhere.
    Forgotten(String),
    /// There were more requests than attempts in the ledger.
    Unwritten(String),
    /// Under way, though nothing is.
    LeftOpen(String),
    /// In doubt without a reason to doubt.
    Unexplained(String),
    /// Settled for good, and then something else.
    Changed(String),
    /// A death left more in doubt than were under way or about to be.
    TooManyDoubts(usize),
    /// The sums are off.
    Sums(Tally),
}

/// What is remembered from one check to the next.
#[derive(Default)]
pub struct Laws {
    settled: HashMap<String, (State, Option<String>)>,
    /// Under way at a death.
    pub orphans: HashSet<String>,
    pub breaches: Vec<Breach>,
}

impl Laws {
    /// A death left attempts without an outcome. Tells how many.
    pub fn orphaned(&mut self, rows: &[ReportRow], slots: Option<usize>) -> usize {
        let sending = rows.iter().filter(|row| row.state == Some(State::Sending));
        let orphans: Vec<_> = sending.map(|row| row.recipient.clone()).collect();
        // As many as may be under way, and those that are claimed ahead for when the first of them have ended.
        if slots.is_some_and(|slots| orphans.len() > slots + slots.div_ceil(CLAIMED_AHEAD)) {
            self.breaches.push(Breach::TooManyDoubts(orphans.len()));
        }
        let count = orphans.len();
        self.orphans.extend(orphans);
        count
    }

    /// Checks a ledger in which nothing is under way.
    pub fn check(&mut self, rows: &[ReportRow], tally: Tally, book: &Book) {
        if !tally.adds_up() || tally.rows != rows.len() as u64 {
            self.breaches.push(Breach::Sums(tally));
        }
        for row in rows {
            self.check_row(row, book);
        }
        let twice = book.got.iter().filter(|(_, count)| **count > 1);
        self.breaches.extend(twice.map(|(recipient, _)| Breach::Twice(recipient.clone())));
    }

    fn check_row(&mut self, row: &ReportRow, book: &Book) {
        let who = || row.recipient.clone();
        let got = book.got.contains_key(&row.recipient);
        let Some(state) = row.state else { return self.breaches.push(Breach::Forgotten(who())) };
        match state {
            State::Accepted if !got => self.breaches.push(Breach::NeverGot(who())),
            State::Planned | State::Refused if got => self.breaches.push(Breach::GotNevertheless(who(), state)),
            State::Sending => self.breaches.push(Breach::LeftOpen(who())),
            State::InDoubt if !self.orphans.contains(&row.recipient) && !book.unclear.contains(&row.recipient) => {
                self.breaches.push(Breach::Unexplained(who()));
            }
            _ => {}
        }
        if book.asked.get(&row.recipient).copied().unwrap_or(0) > row.attempts {
            self.breaches.push(Breach::Unwritten(who()));
        }
        let now = (state, row.last.as_ref().and_then(|attempt| attempt.wamid.clone()));
        match self.settled.get(&row.recipient) {
            Some(before) if *before != now => self.breaches.push(Breach::Changed(who())),
            None if !matches!(state, State::Planned | State::Sending) => {
                self.settled.insert(who(), now);
            }
            _ => {}
        }
    }

    /// Nothing may wait any more.
    pub fn at_the_end(&mut self, rows: &[ReportRow], people: &[String]) {
        let waiting = rows.iter().filter(|row| row.state == Some(State::Planned)).map(|row| &row.recipient);
        let known: HashSet<_> = rows.iter().map(|row| &row.recipient).collect();
        let missing = people.iter().filter(|person| !known.contains(person));
        self.breaches.extend(waiting.chain(missing).map(|person| Breach::Forgotten(person.clone())));
    }
}
