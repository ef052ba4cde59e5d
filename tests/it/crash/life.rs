//! One life after another of the same campaign: open, recover, stage, run, as the program does, until death or the end.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use tidings::clock::{Clock, UnixMs};
use tidings::cloud::Endpoint;
use tidings::ledger::{Content, Ledger, LedgerError, PlanId, PlanKey, Reach, ReportRow, RunId, Scope, Tally};
use tidings::policy::retry::StopReason;
use tidings::run::{Ending, Event, Pace, run};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::disk::{Death, Disk};
use super::drive::{Drive, drive};
use super::image::{self, Image};
use super::laws::{Breach, Laws};
use super::outside::{Outside, turn_on};
use super::people::breakers;
use super::saboteurs::{self, Saboteur};
use super::step::{Cut, Left, Steps};
use super::wire::Wire;
use crate::harness::ledger::{CAMPAIGN, addressee, key, phone, rows};
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
    /// The kill switch, as people have it.
    pub switch: Option<Reach>,
    /// The recipients of the last plan.
    pub digest: Option<[u8; 32]>,
    /// The last plan itself: with an order to send again it is made anew before it is found.
    pub plan: Option<PlanId>,
    /// Whether the source of a token that is refused has another.
    pub renews: bool,
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
    /// The kill switch is turned on, so long after the start.
    pub switch: Option<(Duration, Reach)>,
    pub cut: Option<Cut>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum End {
    Died,
    Ended(Ending, Tally),
    NotBegun(Obstacle),
}

/// What keeps a run from being begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    Switch,
    Breaker,
    /// The ledger is older than its note.
    OldLedger,
}

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
        Self { people, rate: 50.0, slots: Some(3), sync: Duration::ZERO, stops: Vec::new(), switch: None, cut: None }
    }

    pub fn cut(&self, cut: Cut) -> Self {
        Self { cut: Some(cut), ..self.clone() }
    }
}

impl Simulation {
    pub fn new(world: World) -> Self {
        let (world, laws, disk) = (Arc::new(world), Laws::default(), Image::default());
        let (wall, renews) = (NOON, false);
        Self { world, laws, saboteur: None, disk, wall, switch: None, digest: None, plan: None, renews, slots: None }
    }

    pub fn breaches(&self) -> &[Breach] {
        &self.laws.breaches
    }

    fn requests(&self) -> usize {
        self.world.book().at.len()
    }

    /// Lives once. Tells how it ended, and how many IO points it reached.
    pub async fn live(&mut self, life: &Life) -> (End, usize) {
        let directory = image::directory();
        let (steps, clock) = (Steps::new(life.cut), Clock::simulated(self.wall));
        let path = directory.path().join("ledger.sqlite");
        self.disk.restore(&path);
        if let Some(reach) = self.switch {
            turn_on(&path, reach);
        }
        let disk = Disk::new(path.clone(), &steps, &self.disk, self.saboteur == Some(Saboteur::SyncsLate));
        let (outside, stops) = Outside::new(&path, &self.world);
        let (requests, stopped) = (self.requests(), self.switch.is_some() || !self.laws.known.latched.is_empty());
        let end;
        (self.disk, end) = match self.live_on(disk, life, clock, (&outside, stops)).await {
            Ok(left) => left,
            Err(Death(disk)) => (disk, End::Died),
        };
        if stopped && self.requests() > requests {
            self.laws.breaches.push(Breach::SentWhileStopped(self.requests() - requests));
        }
        let said = outside.said();
        self.laws.stops(&said, life.sync, &self.world.book());
        self.switch = self.switch.or(life.switch.filter(|_| said.switch.is_some()).map(|(_, reach)| reach));
        self.wall = clock.unix_ms();
        (end, steps.reached())
    }

    /// Lives on without deaths until nobody waits, and checks that everybody is accounted for. Where the rows stand then.
    pub async fn finish(&mut self, people: &[u64]) -> (Tally, Vec<ReportRow>) {
        let mut life = Life::calm(people.iter().copied());
        life.slots = None;
        for _ in 0..CALM_LIVES_MAX {
            match self.live(&life).await.0 {
                End::Ended(ending, tally) if tally.waiting == 0 || ending == Ending::Finished => {
                    return (tally, self.account_for(people));
                }
                End::Ended(..) => {}
                End::NotBegun(Obstacle::Switch) => self.switch = None,
                End::NotBegun(Obstacle::Breaker) => assert!(self.acknowledge(None)),
                end => panic!("a life that was not calm: {end:?}"),
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

    async fn live_on(
        &mut self,
        mut disk: Disk,
        life: &Life,
        clock: Clock,
        (outside, stops): (&Outside, mpsc::Receiver<()>),
    ) -> Result<(Image, End), Death> {
        saboteurs::before_opening(self.saboteur, &disk.path);
        let mut ledger = match Ledger::open(&disk.path) {
            Ok(ledger) => ledger,
            Err(LedgerError::Foreign { what, .. }) if what.starts_with("is older") => {
                return Ok((Image::of(&disk.path), End::NotBegun(Obstacle::OldLedger)));
            }
            Err(error) => panic!("{error}"),
        };
        disk.look()?;
        self.recover(&mut ledger, clock);
        disk.look()?;
        saboteurs::before_looking(self.saboteur, &mut ledger, clock);
        if let Some(obstacle) = obstacle(&ledger) {
            if let Some(plan) = self.last_plan(&ledger) {
                self.check(&ledger, plan);
            }
            drop(ledger);
            return Ok((Image::of(&disk.path), End::NotBegun(obstacle)));
        }
        // Whatever is under way from now on is of this life.
        self.slots = life.slots;
        let plan = self.stage(&mut ledger, &life.people, &mut disk, clock)?;
        self.check(&ledger, plan);
        let run = ledger.begin_run(plan, clock.unix_ms()).expect("a run");
        disk.look()?;
        outside.plan(&life.stops, life.switch, &disk.steps);
        let driving = self.driving(ledger, (plan, run), life, clock, (outside, stops), &disk.steps);
        let (mut ledger, ending) = drive(driving, life.sync, outside, &mut disk).await?;
        outside.ended();
        disk.look()?;
        let tally = self.check(&ledger, plan);
        self.latch(&mut ledger, plan, &ending, clock, &mut disk)?;
        if let Some((_, refusal)) = outside.said().lasting.as_ref().filter(|_| self.laws.known.latched.is_empty()) {
            self.laws.breaches.push(Breach::NotLatched(refusal.code));
        }
        ledger.end_run(run, clock.unix_ms(), 0).expect("an end");
        disk.look()?;
        drop(ledger);
        Ok((Image::of(&disk.path), End::Ended(ending, tally)))
    }

    /// First of all, as the program does before it writes a report.
    fn latch(
        &mut self,
        ledger: &mut Ledger,
        plan: PlanId,
        ending: &Ending,
        clock: Clock,
        disk: &mut Disk,
    ) -> Result<(), Death> {
        let Ending::Stopped { reason, detail } = ending else { return Ok(()) };
        let Some(scope) = latches(*reason) else { return Ok(()) };
        let breaker = ledger.trip(plan, scope, "it", detail, clock.unix_ms()).expect("a breaker");
        let told = disk.look();
        if told.is_ok() || disk.steps.left() == Left::All {
            self.laws.known.latched.push(breaker);
        }
        told
    }

    pub fn recover(&mut self, ledger: &mut Ledger, clock: Clock) {
        let plan = self.last_plan(ledger);
        let orphans = plan.map_or(0, |plan| self.laws.orphaned(&rows(ledger, plan), self.slots));
        if self.saboteur != Some(Saboteur::SkipsRecovery) {
            let doubts = ledger.recover(clock.unix_ms(), "it died").expect("a recovery");
            assert_eq!(doubts, orphans as u64);
        }
    }

    fn last_plan(&self, ledger: &Ledger) -> Option<PlanId> {
        let digest = self.digest?;
        let found = ledger.find_plan(&PlanKey { recipients_digest: digest, ..key(CAMPAIGN) }).expect("plans");
        found.or(self.plan)
    }

    fn check(&mut self, ledger: &Ledger, plan: PlanId) -> Tally {
        let tally = ledger.tally(plan).expect("a tally");
        let doubts = ledger.doubts(CAMPAIGN).expect("doubts");
        self.laws.check(&rows(ledger, plan), &doubts, tally, &self.world.book());
        tally
    }

    fn stage(&mut self, ledger: &mut Ledger, people: &[u64], disk: &mut Disk, clock: Clock) -> Result<PlanId, Death> {
        let digest = *self.digest.insert(digest(people));
        let key = PlanKey { recipients_digest: digest, ..key(CAMPAIGN) };
        if let Some(plan) = ledger.find_plan(&key).expect("plans") {
            return Ok(*self.plan.insert(plan));
        }
        let mut staging = ledger.stage(&key, clock.unix_ms()).expect("staging");
        for (index, person) in people.iter().enumerate() {
            if index == people.len() / 2 {
                disk.look()?;
            }
            let content = Content { endpoint: Endpoint::Messages, name: "hello", language: "en_US", template: "{}" };
            staging.message(&addressee(index as u64 + 2, person + 1, &phone(*person)), &content).expect("a message");
        }
        let plan = *self.plan.insert(staging.open(clock.unix_ms()).expect("an open plan"));
        disk.look()?;
        Ok(plan)
    }

    fn driving(
        &self,
        ledger: Ledger,
        ids: (PlanId, RunId),
        life: &Life,
        clock: Clock,
        (outside, stops): (&Outside, mpsc::Receiver<()>),
        steps: &Arc<Steps>,
    ) -> Drive {
        let asks_again = self.saboteur == Some(Saboteur::AsksAgain);
        let wire = Wire { world: Arc::clone(&self.world), steps: Arc::clone(steps), asks_again, renews: self.renews };
        let (wire, told, listener) = (Arc::new(wire), Arc::clone(steps), outside.listener(self.renews));
        let tell = move |event: Event<'_>| {
            if let Event::Settled(settlement) = event {
                listener(settlement);
            }
            // The news of a commit: what is told to nobody is true nevertheless.
            let _ = told.step();
        };
        let pace = Pace { rate_per_second: life.rate, slots: life.slots };
        match self.saboteur {
            Some(Saboteur::SendsFirst) => Box::pin(saboteurs::send_first(ledger, ids, wire, clock)),
            Some(Saboteur::SettlesFirst) => Box::pin(saboteurs::settle_first(ledger, ids, wire, clock)),
            Some(Saboteur::StartsAgain) => Box::pin(saboteurs::start_again(ledger, ids, pace, wire, clock, stops)),
            _ => Box::pin(run(ledger, ids, pace.into(), wire, clock, stops, tell)),
        }
    }
}

/// What keeps the program from sending, looked for before anything else.
fn obstacle(ledger: &Ledger) -> Option<Obstacle> {
    let switched_off = ledger.switch().stops(CAMPAIGN).is_some();
    let switch = switched_off.then_some(Obstacle::Switch);
    switch.or_else(|| (!breakers(ledger).is_empty()).then_some(Obstacle::Breaker))
}

/// What stays stopped until a person has looked.
fn latches(reason: StopReason) -> Option<Scope> {
    match reason {
        StopReason::Token | StopReason::Proof | StopReason::Sender | StopReason::NoVerdicts => Some(Scope::Sender),
        StopReason::Template | StopReason::TooMany(_) => Some(Scope::Campaign),
        StopReason::Unreachable | StopReason::Throttled | StopReason::KillSwitch => None,
    }
}

fn digest(people: &[u64]) -> [u8; 32] {
    let mut hasher = DefaultHasher::new();
    people.hash(&mut hasher);
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&hasher.finish().to_le_bytes());
    digest
}
