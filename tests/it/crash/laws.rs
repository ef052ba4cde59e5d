//! What must hold whatever happens, checked against the world's book.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tidings::ledger::state::State;
use tidings::ledger::{BreakerId, Decision, Doubt, ReportRow, Tally};

use super::outside::Said;
use crate::harness::world::Book;

/// One in so many slots is claimed ahead at most: with answers that take 100 ms, one in five.
const CLAIMED_AHEAD: usize = 5;

/// How long requests under way may take to end after a wish to stop.
const GRACE: Duration = Duration::from_secs(20);

/// So soon the kill switch stops a run, whatever was claimed.
const SWITCH_WORKS_WITHIN: Duration = Duration::from_secs(1);

/// What ends without waiting ends within this.
const SWIFT: Duration = Duration::from_millis(10);

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
    /// Settled, or in doubt, and asked once more though nobody had ordered it.
    AskedAgain(String),
    /// A person holds the doubt, and the ledger has forgotten it; or the other way round.
    HeldOtherwise(String),
    /// So many requests began after a wish to stop, after a refusal that concerns everybody, or after the kill switch
    /// without having been claimed before it.
    SentAfterStop(usize),
    /// Went on for so long after a wish to stop, or after the kill switch.
    SlowToStop(Duration),
    /// So many requests began while the kill switch was on or a breaker stood.
    SentWhileStopped(usize),
    /// WhatsApp refused everybody, the run ended, and nothing keeps the next one from asking.
    NotLatched(i64),
    /// A ledger was used that had forgotten so many requests.
    ForgotWhoWasAsked(usize),
}

/// What people were told, and what they ordered.
#[derive(Default, Clone)]
pub struct Known {
    settled: HashMap<String, Settled>,
    held: HashSet<String>,
    /// How often it was ordered to send to somebody again.
    resends: HashMap<String, u32>,
    /// Breakers that nobody has acknowledged.
    pub latched: Vec<BreakerId>,
}

#[derive(Clone, PartialEq)]
struct Settled {
    state: State,
    wamid: Option<String>,
    /// How many requests it took.
    asked: u32,
}

/// What is remembered from one check to the next.
#[derive(Default)]
pub struct Laws {
    pub known: Known,
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
    pub fn check(&mut self, rows: &[ReportRow], doubts: &[Doubt], tally: Tally, book: &Book) {
        let held = rows.iter().filter(|row| self.known.held.contains(&row.recipient)).count();
        if !tally.adds_up() || tally.rows != rows.len() as u64 || tally.held != held as u64 {
            self.breaches.push(Breach::Sums(tally));
        }
        for row in rows {
            self.check_row(row, book);
        }
        for doubt in doubts {
            if doubt.held != self.known.held.contains(&doubt.recipient) {
                self.breaches.push(Breach::HeldOtherwise(doubt.recipient.clone()));
            }
        }
        for (recipient, count) in &book.got {
            if *count > 1 + self.resends(recipient) {
                self.breaches.push(Breach::Twice(recipient.clone()));
            }
        }
    }

    fn resends(&self, recipient: &str) -> u32 {
        self.known.resends.get(recipient).copied().unwrap_or(0)
    }

    fn check_row(&mut self, row: &ReportRow, book: &Book) {
        let who = || row.recipient.clone();
        let count = |counts: &HashMap<String, u32>| counts.get(&row.recipient).copied().unwrap_or(0);
        let (got, asked) = (count(&book.got), count(&book.asked));
        let Some(state) = row.state else { return self.breaches.push(Breach::Forgotten(who())) };
        match state {
            State::Accepted if got == 0 => self.breaches.push(Breach::NeverGot(who())),
            // Each order to send again was given because a message might have come.
            State::Planned | State::Refused if got > self.resends(&row.recipient) => {
                self.breaches.push(Breach::GotNevertheless(who(), state));
            }
            State::Sending => self.breaches.push(Breach::LeftOpen(who())),
            State::InDoubt if !self.orphans.contains(&row.recipient) && !book.unclear.contains(&row.recipient) => {
                self.breaches.push(Breach::Unexplained(who()));
            }
            _ => {}
        }
        if asked > row.attempts {
            self.breaches.push(Breach::Unwritten(who()));
        }
        let wamid = row.last.as_ref().and_then(|attempt| attempt.wamid.clone());
        self.check_settled(who(), Settled { state, wamid, asked });
    }

    /// What is settled stays as it is, and is not asked about again.
    fn check_settled(&mut self, who: String, now: Settled) {
        match self.known.settled.get(&who) {
            Some(before) if before.asked != now.asked => self.breaches.push(Breach::AskedAgain(who)),
            Some(before) if *before != now => self.breaches.push(Breach::Changed(who)),
            None if !matches!(now.state, State::Planned | State::Sending) => {
                self.known.settled.insert(who, now);
            }
            _ => {}
        }
    }

    /// A person decided about doubts, for as long as the ledger remembers it.
    pub fn decided(&mut self, decision: Decision, whom: &[String], book: &Book) {
        for person in whom {
            let who = || person.clone();
            let asked = book.asked.get(person).copied().unwrap_or(0);
            let settled = |state| Settled { state, wamid: None, asked };
            let Known { settled: all, held, resends, .. } = &mut self.known;
            match decision {
                Decision::Hold => {
                    held.insert(who());
                    all.insert(who(), settled(State::InDoubt));
                }
                Decision::GiveUp => {
                    held.remove(person);
                    all.insert(who(), settled(State::Withdrawn));
                }
                Decision::Resend => {
                    held.remove(person);
                    all.remove(person);
                    *resends.entry(who()).or_default() += 1;
                    // If the order lapses, what was unclear before is so again, whatever a later request came to.
                    self.orphans.insert(who());
                }
            }
        }
    }

    /// Once it was told to stop, a run begins nothing new, and waits no longer than it may. A commit under way, and the
    /// last one, may take so long each.
    pub fn stops(&mut self, said: &Said, sync: Duration, book: &Book) {
        let patience = SWIFT + 4 * sync;
        let mut ends = Vec::new();
        if let Some((told, _)) = &said.lasting {
            self.sent_after_stop(book.at.len() - told.requests);
        }
        if let Some(first) = said.wishes.first() {
            self.sent_after_stop(book.at.len() - first.requests);
            ends.push(first.at + GRACE + patience);
        }
        ends.extend(said.wishes.get(1).map(|second| second.at + patience));
        if let Some((moment, newest)) = &said.switch {
            let since = book.callbacks.iter().zip(&book.at).skip(moment.requests);
            let after = since.filter(|(callback, at)| *callback > newest || **at > moment.at + SWITCH_WORKS_WITHIN);
            self.sent_after_stop(after.count());
            ends.push(moment.at + SWITCH_WORKS_WITHIN + GRACE + patience);
        }
        let late = ends.into_iter().filter_map(|end| said.ended?.checked_duration_since(end));
        self.breaches.extend(late.filter(|late| !late.is_zero()).map(Breach::SlowToStop));
    }

    fn sent_after_stop(&mut self, requests: usize) {
        if requests > 0 {
            self.breaches.push(Breach::SentAfterStop(requests));
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
