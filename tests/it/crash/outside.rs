//! What a run is told from outside while it goes on: wishes to stop, and the kill switch.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tidings::cloud::fault::Effect;
use tidings::cloud::outcome::{Outcome, Refusal};
use tidings::ledger::{AttemptId, Reach, Settlement, Switch};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::step::Steps;
use crate::harness::ledger::CAMPAIGN;
use crate::harness::world::{World, now};

#[derive(Debug, Clone, Copy)]
pub enum Word {
    Stop,
    Switch(Reach),
}

/// Says each word when it is time.
pub struct Outside {
    ledger: PathBuf,
    world: Arc<World>,
    due: Arc<Mutex<VecDeque<Word>>>,
    stop: mpsc::Sender<()>,
    said: Arc<Mutex<Said>>,
}

/// What was told, and when; and what the engine told.
#[derive(Debug, Default)]
pub struct Said {
    pub wishes: Vec<Moment>,
    /// With the newest attempt that was claimed by then, as its request tells it.
    pub switch: Option<(Moment, String)>,
    pub ended: Option<Instant>,
    /// What stops a sender until a person has looked, when the engine told of it.
    pub lasting: Option<(Moment, Refusal)>,
}

#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub at: Instant,
    /// How many requests had begun.
    pub requests: usize,
}

impl Moment {
    fn now(world: &World) -> Self {
        Self { at: now(), requests: world.book().at.len() }
    }
}

impl Outside {
    pub fn new(ledger: &Path, world: &Arc<World>) -> (Self, mpsc::Receiver<()>) {
        let (stop, stops) = mpsc::channel(2);
        let (ledger, world) = (ledger.to_owned(), Arc::clone(world));
        (Self { ledger, world, due: Arc::default(), stop, said: Arc::default() }, stops)
    }

    /// Sets the words out in time: wishes to stop, each so long after the one before, and the switch.
    pub fn plan(&self, stops: &[Duration], switch: Option<(Duration, Reach)>, steps: &Arc<Steps>) {
        let mut at = Duration::ZERO;
        let stops = stops.iter().map(|wait| {
            at += *wait;
            (at, Word::Stop)
        });
        for (at, word) in stops.chain(switch.map(|(at, reach)| (at, Word::Switch(reach)))) {
            if at.is_zero() {
                // Before the run does anything.
                self.due.lock().expect("words").push_back(word);
                continue;
            }
            let (due, steps) = (Arc::clone(&self.due), Arc::clone(steps));
            tokio::spawn(async move {
                sleep(at).await;
                due.lock().expect("words").push_back(word);
                steps.ring();
            });
        }
    }

    /// What is to be said now.
    pub fn next(&self) -> Option<Word> {
        self.due.lock().expect("words").pop_front()
    }

    pub fn tell(&self, word: Word) {
        let moment = Moment::now(&self.world);
        match word {
            Word::Stop => {
                // Nobody listens in some of the engines that are made to fail.
                let _ = self.stop.try_send(());
                self.said().wishes.push(moment);
            }
            Word::Switch(reach) => {
                turn_on(&self.ledger, reach);
                self.said().switch = Some((moment, newest_attempt(&self.ledger)));
            }
        }
    }

    /// Takes what the engine tells. Where there is another token, the refusal of one does not last.
    pub fn listener(&self, renews: bool) -> impl Fn(&Settlement) + Send + Sync + use<> {
        let (said, world) = (Arc::clone(&self.said), Arc::clone(&self.world));
        move |settlement| {
            if let Outcome::Refused(refusal) = &settlement.outcome
                && (refusal.effect() == Effect::Sender || refusal.effect() == Effect::Token && !renews)
            {
                said.lock().expect("words").lasting.get_or_insert_with(|| (Moment::now(&world), refusal.clone()));
            }
        }
    }

    pub fn ended(&self) {
        self.said().ended = Some(now());
    }

    pub fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().expect("words")
    }
}

pub fn turn_on(ledger: &Path, reach: Reach) {
    Switch::of(ledger).turn_on((reach == Reach::Campaign).then_some(CAMPAIGN)).expect("a switch");
}

/// The callback data of the newest attempt in a ledger.
fn newest_attempt(ledger: &Path) -> String {
    let db = rusqlite::Connection::open(ledger).expect("a database");
    let newest = db.query_row("SELECT coalesce(max(attempt_id), 0) FROM attempts", [], |row| row.get(0));
    AttemptId(newest.expect("attempts")).callback()
}
