//! One life after another of the same campaign: open, recover, stage, run, as the program does, until death or the end.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tidings::clock::{Clock, UnixMs};
use tidings::cloud::Endpoint;
use tidings::ledger::{Content, Ledger, LedgerError, PlanId, PlanKey, ReportRow, RunId, Tally};
use tidings::run::{Ending, Pace, run};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::image::{self, Image, Mark};
use super::laws::{Breach, Laws};
use super::saboteurs::{self, Saboteur};
use super::step::{Bell, Cut, Left, Steps};
use super::wire::Wire;
use crate::harness::ledger::{addressee, key, phone, rows};
use crate::harness::world::World;

/// 1 April 2026, 12:00 UTC.
const NOON: UnixMs = 1_775_044_800_000;

/// After so many lives without a death somebody who still waits is forgotten.
const CALM_LIVES_MAX: usize = 100;

/// A campaign whose ledger lives on from one life to the next.
pub struct Simulation {
    pub world: Arc<World>,
    pub laws: Laws,
    pub saboteur: Option<Saboteur>,
    pub disk: Image,
    /// What the clock on the wall shows.
    pub wall: UnixMs,
    /// The recipients of the last plan.
    digest: Option<[u8; 32]>,
    /// How many requests may be under way.
    slots: Option<usize>,
}

/// How one life goes.
#[derive(Debug, Clone)]
pub struct Life {
    pub people: Vec<u64>,
    pub rate: f64,
    pub slots: Option<usize>,
    /// How long the engine waits for a commit.
    pub sync: Duration,
    /// Wishes to stop, each so long after the one before.
    pub stops: Vec<Duration>,
    pub cut: Option<Cut>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum End {
    Died,
    Ended(Ending, Tally),
}

pub type Drive = Pin<Box<dyn Future<Output = Result<(Ledger, Ending), LedgerError>>>>;

/// A runtime in paused time, with one thread for commits, so that the simulation knows when they happen.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .expect("a runtime")
}

impl Life {
    /// Nothing ends it early.
    pub fn calm(people: impl IntoIterator<Item = u64>) -> Self {
        let people = people.into_iter().collect();
        Self { people, rate: 50.0, slots: Some(3), sync: Duration::ZERO, stops: Vec::new(), cut: None }
    }

    pub fn cut(&self, cut: Cut) -> Self {
        Self { cut: Some(cut), ..self.clone() }
    }
}

impl Simulation {
    pub fn new(world: World) -> Self {
        let (world, laws, disk) = (Arc::new(world), Laws::default(), Image::default());
        Self { world, laws, saboteur: None, disk, wall: NOON, digest: None, slots: None }
    }

    pub fn breaches(&self) -> &[Breach] {
        &self.laws.breaches
    }

    /// Lives once. Tells how it ended, and how many IO points it reached.
    pub async fn live(&mut self, life: &Life) -> (End, usize) {
        let directory = image::directory();
        let (steps, clock) = (Steps::new(life.cut), Clock::simulated(self.wall));
        let path = directory.path().join("ledger.sqlite");
        self.disk.restore(&path);
        let known = self.disk.mark();
        let syncs_late = self.saboteur == Some(Saboteur::SyncsLate);
        let disk = Disk { path, steps: Arc::clone(&steps), older: known.clone(), known, syncs_late };
        let end = match self.live_on(disk, life, clock).await {
            Ok((disk, ending, tally)) => {
                self.disk = disk;
                End::Ended(ending, tally)
            }
            Err(Death(disk)) => {
                self.disk = disk;
                End::Died
            }
        };
        self.wall = clock.unix_ms();
        (end, steps.reached())
    }

    /// Lives on without deaths until nobody waits, and checks that everybody is accounted for. Where the rows stand then.
    pub async fn finish(&mut self, people: &[u64]) -> (Tally, Vec<ReportRow>) {
        let mut life = Life::calm(people.iter().copied());
        life.slots = None;
        for _ in 0..CALM_LIVES_MAX {
            let (End::Ended(ending, tally), _) = self.live(&life).await else { panic!("a life that was not calm") };
            if tally.waiting == 0 || ending == Ending::Finished {
                return (tally, self.account_for(people));
            }
        }
        panic!("somebody waits for ever")
    }

    fn account_for(&mut self, people: &[u64]) -> Vec<ReportRow> {
        let directory = image::directory();
        let path = directory.path().join("ledger.sqlite");
        self.disk.restore(&path);
        let ledger = Ledger::open(&path).expect("a ledger");
        let numbers: Vec<_> = people.iter().copied().map(phone).collect();
        let rows = rows(&ledger, self.last_plan(&ledger).expect("a plan"));
        self.laws.at_the_end(&rows, &numbers);
        rows
    }

    async fn live_on(&mut self, mut disk: Disk, life: &Life, clock: Clock) -> Result<(Image, Ending, Tally), Death> {
        if self.saboteur == Some(Saboteur::PlansAgain) {
            saboteurs::plan_again(&disk.path);
        }
        let mut ledger = Ledger::open(&disk.path).expect("a ledger");
        disk.look()?;
        self.recover(&mut ledger, clock);
        disk.look()?;
        // Whatever is under way from now on is of this life.
        self.slots = life.slots;
        let plan = self.stage(&mut ledger, &life.people, &mut disk, clock)?;
        self.check(&ledger, plan);
        let run = ledger.begin_run(plan, clock.unix_ms()).expect("a run");
        disk.look()?;
        let driving = self.driving(ledger, (plan, run), life, clock, &disk.steps);
        let (mut ledger, ending) = drive(driving, life.sync, &mut disk).await?;
        disk.look()?;
        let tally = self.check(&ledger, plan);
        ledger.end_run(run, clock.unix_ms(), 0).expect("an end");
        disk.look()?;
        drop(ledger);
        Ok((Image::of(&disk.path), ending, tally))
    }

    fn recover(&mut self, ledger: &mut Ledger, clock: Clock) {
        let plan = self.last_plan(ledger);
        let orphans = plan.map_or(0, |plan| self.laws.orphaned(&rows(ledger, plan), self.slots));
        if self.saboteur != Some(Saboteur::SkipsRecovery) {
            let doubts = ledger.recover(clock.unix_ms(), "it died").expect("a recovery");
            assert_eq!(doubts, orphans as u64);
        }
    }

    fn last_plan(&self, ledger: &Ledger) -> Option<PlanId> {
        let digest = self.digest?;
        ledger.find_plan(&PlanKey { recipients_digest: digest, ..key("spring") }).expect("plans")
    }

    fn check(&mut self, ledger: &Ledger, plan: PlanId) -> Tally {
        let tally = ledger.tally(plan).expect("a tally");
        self.laws.check(&rows(ledger, plan), tally, &self.world.book());
        tally
    }

    fn stage(&mut self, ledger: &mut Ledger, people: &[u64], disk: &mut Disk, clock: Clock) -> Result<PlanId, Death> {
        let digest = *self.digest.insert(digest(people));
        let key = PlanKey { recipients_digest: digest, ..key("spring") };
        if let Some(plan) = ledger.find_plan(&key).expect("plans") {
            return Ok(plan);
        }
        let mut staging = ledger.stage(&key, clock.unix_ms()).expect("staging");
        for (index, person) in people.iter().enumerate() {
            if index == people.len() / 2 {
                disk.look()?;
            }
            let content = Content { endpoint: Endpoint::Messages, name: "hello", language: "en_US", template: "{}" };
            staging.message(&addressee(index as u64 + 2, person + 1, &phone(*person)), &content).expect("a message");
        }
        let plan = staging.open(clock.unix_ms()).expect("an open plan");
        disk.look()?;
        Ok(plan)
    }

    fn driving(&self, ledger: Ledger, ids: (PlanId, RunId), life: &Life, clock: Clock, steps: &Arc<Steps>) -> Drive {
        let asks_again = self.saboteur == Some(Saboteur::AsksAgain);
        let wire = Arc::new(Wire { world: Arc::clone(&self.world), steps: Arc::clone(steps), asks_again });
        match self.saboteur {
            Some(Saboteur::SendsFirst) => Box::pin(saboteurs::send_first(ledger, ids, wire, clock)),
            Some(Saboteur::SettlesFirst) => Box::pin(saboteurs::settle_first(ledger, ids, wire, clock)),
            _ => {
                let pace = Pace { rate_per_second: life.rate, slots: life.slots };
                let (stops, told) = (stops(&life.stops), Arc::clone(steps));
                // The news of a commit: what is told to nobody is true nevertheless.
                Box::pin(run(ledger, ids, pace.into(), wire, clock, stops, move |_| {
                    let _ = told.step();
                }))
            }
        }
    }
}

/// The end of a life, and what it leaves.
struct Death(Image);

/// The disk under a ledger that is open.
struct Disk {
    path: PathBuf,
    steps: Arc<Steps>,
    /// With every commit that the program knows of.
    known: Mark,
    /// With one less.
    older: Mark,
    syncs_late: bool,
}

impl Disk {
    /// Whether there is more than what is known.
    fn commit(&self) -> Option<Mark> {
        Some(Mark::of(&self.path)).filter(|now| now.log_bytes != self.known.log_bytes)
    }

    fn know(&mut self, now: Mark) {
        self.older = std::mem::replace(&mut self.known, now);
    }

    /// A commit since the last look is an IO point.
    fn look(&mut self) -> Result<(), Death> {
        let Some(now) = self.commit() else { return Ok(()) };
        if !self.steps.step() {
            return Err(self.death_within(&now));
        }
        self.know(now);
        Ok(())
    }

    /// What a death leaves of a commit that is under way.
    fn death_within(&self, commit: &Mark) -> Death {
        let left = match self.steps.left() {
            _ if self.syncs_late => self.older.clone(),
            Left::Nothing => self.known.clone(),
            Left::Half => self.known.with_log(self.known.log_bytes.midpoint(commit.log_bytes)),
            Left::All => self.known.with_log(commit.log_bytes),
        };
        Death(Image::at(&self.path, left))
    }
}

/// Into so many parts a commit is cut, for other things to happen in between.
const PARTS: u32 = 4;

/// Drives the engine. Commits end only where it says so, so that the simulation knows what is on the disk at each moment.
async fn drive(mut driving: Drive, sync: Duration, disk: &mut Disk) -> Result<(Ledger, Ending), Death> {
    let steps = Arc::clone(&disk.steps);
    let waker = Waker::from(Arc::new(Bell(Arc::clone(&steps))));
    let mut poll = || {
        let polled = driving.as_mut().poll(&mut Context::from_waker(&waker));
        // It may die as it tells the news: what it went on to do never happened.
        if steps.is_dead() { Some(Err(())) } else { ready(polled).map(Ok) }
    };
    loop {
        let (open, closed) = std::sync::mpsc::channel::<()>();
        let gate = spawn_blocking(move || closed.recv());
        let mut ended = poll();
        for _ in 0..if sync.is_zero() { 0 } else { PARTS } {
            if ended.is_some() || steps.is_dead() {
                break;
            }
            tokio::time::advance(sync / PARTS).await;
            if steps.has_rung().await && !steps.is_dead() {
                ended = poll();
            }
        }
        drop(open);
        let _ = gate.await.expect("a gate");
        match ended {
            Some(Ok(ended)) => return Ok(ended.expect("a run that ends")),
            Some(Err(())) => return Err(disk.death_within(&disk.known)),
            None => {}
        }
        // Commits come in turn: after this one nothing is under way.
        spawn_blocking(|| ()).await.expect("a turn");
        let commit = disk.commit();
        if !steps.is_dead() && (commit.is_none() || steps.step()) {
            steps.wait().await;
        }
        if steps.is_dead() {
            return Err(disk.death_within(commit.as_ref().unwrap_or(&disk.known)));
        }
        if let Some(now) = commit {
            disk.know(now);
        }
    }
}

fn ready<T>(polled: Poll<T>) -> Option<T> {
    match polled {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn stops(waits: &[Duration]) -> mpsc::Receiver<()> {
    let (stop, stops) = mpsc::channel(2);
    let waits = waits.to_vec();
    tokio::spawn(async move {
        for wait in waits {
            tokio::time::sleep(wait).await;
            if stop.send(()).await.is_err() {
                return;
            }
        }
    });
    stops
}

fn digest(people: &[u64]) -> [u8; 32] {
    let mut hasher = DefaultHasher::new();
    people.hash(&mut hasher);
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&hasher.finish().to_le_bytes());
    digest
}
