//! Renewals without a network: the decisions alone, and the engine in paused time with a sender that has several tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tidings::clock::Clock;
use tidings::cloud::client::{Renewal, Request, Sender};
use tidings::cloud::outcome::Outcome;
use tidings::policy::retry::StopReason;
use tidings::policy::token::{Next, Tokens};
use tidings::run::{Ending, Event, Pace, run};
use tokio::sync::mpsc;

use crate::harness::ledger::{Home, plan};
use crate::harness::world::{World, no, yes};

const NOON: i64 = 1_775_044_800_000;

#[test]
fn a_late_refusal_of_an_old_token_says_nothing_of_the_new_one() {
    let mut tokens = Tokens::default();
    let old = tokens.current();
    assert_eq!(tokens.refused(old), Next::Read);
    assert_eq!(tokens.refused(old), Next::Wait);
    tokens.renewed();
    assert_eq!(tokens.refused(old), Next::Wait);
    assert_eq!(tokens.refused(tokens.current()), Next::Read);
    tokens.exhausted();
    assert_eq!((tokens.refused(old), tokens.refused(tokens.current())), (Next::Wait, Next::Stop));
}

proptest! {
    /// Whatever comes, in whatever order: a source is read once a token, and no more than three in a row are in vain.
    #[test]
    fn a_source_is_read_once_a_token_and_three_times_in_vain(events in prop::collection::vec((0..3_u8, 0..4_usize), 0..200)) {
        let mut tokens = Tokens::default();
        let (mut known, mut asked, mut good) = (vec![tokens.current()], Vec::new(), 0);
        for (event, back) in events {
            let index = known.len().saturating_sub(1 + back);
            let reading = asked.last() == Some(&(known.len() - 1));
            match event {
                0 => {
                    tokens.accepted(known[index]);
                    good = good.max(index);
                }
                1 => match tokens.refused(known[index]) {
                    Next::Read => {
                        prop_assert!(index + 1 == known.len() && !asked.contains(&index));
                        prop_assert!(index - good < 3);
                        asked.push(index);
                    }
                    Next::Stop => prop_assert!(index + 1 == known.len() && index - good >= 3),
                    Next::Wait => prop_assert!(index + 1 < known.len() || reading),
                },
                _ if reading => {
                    tokens.renewed();
                    known.push(tokens.current());
                }
                _ => {}
            }
        }
    }
}

/// A world that accepts one token, reached with one token after another.
struct Holder {
    world: Arc<World>,
    token: u32,
    /// From this token on, the world accepts.
    good_from: u32,
    /// How many tokens there are.
    last: u32,
    readings: Arc<AtomicU32>,
    takes: Duration,
}

impl Holder {
    fn new(good_from: u32, last: u32, takes: Duration) -> Self {
        let world = Arc::new(World::new(yes));
        Self { world, token: 1, good_from, last, readings: Arc::default(), takes }
    }
}

impl Sender for Holder {
    async fn send(&self, request: Request) -> Outcome {
        if self.token >= self.good_from {
            return self.world.send(request).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        no(190).outcome.expect("a refusal")
    }

    async fn renewed(&self) -> Renewal<Self> {
        self.readings.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(self.takes).await;
        if self.token == self.last {
            return Renewal::Same;
        }
        let (world, readings) = (Arc::clone(&self.world), Arc::clone(&self.readings));
        Renewal::Other(Self { world, readings, token: self.token + 1, ..*self })
    }
}

struct Ended {
    ending: Ending,
    accepted: u64,
    waiting: u64,
    put_back: u64,
    readings: u32,
    refused_and_renewed: (u32, u32),
    twice: usize,
}

async fn drive(holder: Holder, people: u64, stops: mpsc::Receiver<()>) -> Ended {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..people);
    let clock = Clock::simulated(NOON);
    let run_id = ledger.begin_run(plan, clock.unix_ms()).expect("a run");
    let (world, readings) = (Arc::clone(&holder.world), Arc::clone(&holder.readings));
    let (mut put_back, mut refused, mut renewed) = (0, 0, 0);
    let pace = Pace { rate_per_second: 1_000.0, slots: Some(80) };
    let (ledger, ending) =
        run(ledger, (plan, run_id), pace.into(), Arc::new(holder), clock, stops, |event| match event {
            Event::Settled(settlement) if matches!(settlement.outcome, Outcome::Refused(_)) => put_back += 1,
            Event::TokenRefused { .. } => refused += 1,
            Event::TokenRenewed => renewed += 1,
            _ => {}
        })
        .await
        .expect("a run that ends");
    let tally = ledger.tally(plan).expect("a tally");
    assert!(tally.adds_up() && tally.in_doubt == 0 && tally.refused == 0, "{tally:?}");
    let readings = readings.load(Ordering::Relaxed);
    let (accepted, waiting, twice) = (tally.accepted, tally.waiting, world.twice().len());
    Ended { ending, accepted, waiting, put_back, readings, refused_and_renewed: (refused, renewed), twice }
}

fn never_stop() -> mpsc::Receiver<()> {
    mpsc::channel(1).1
}

fn is_for_the_token(ending: &Ending) -> bool {
    matches!(ending, Ending::Stopped { reason: StopReason::Token, .. })
}

#[tokio::test(start_paused = true)]
async fn eighty_requests_that_meet_a_dead_token_read_its_source_once_and_nobody_is_lost() {
    let ended = drive(Holder::new(2, 2, Duration::from_secs(1)), 1_000, never_stop()).await;
    assert_eq!((ended.ending, ended.accepted, ended.twice), (Ending::Finished, 1_000, 0));
    assert_eq!((ended.readings, ended.refused_and_renewed), (1, (1, 1)));
    assert!((1..=80).contains(&ended.put_back), "{}", ended.put_back);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_while_the_source_is_read() {
    let ended = drive(Holder::new(2, 2, Duration::from_secs(10)), 1_000, never_stop()).await;
    // A hundred milliseconds at a thousand a second are full slots; in the ten seconds after them nobody else was asked.
    assert!(ended.put_back <= 80, "{}", ended.put_back);
    assert_eq!((ended.accepted, ended.readings), (1_000, 1));
}

#[tokio::test(start_paused = true)]
async fn a_source_without_a_good_token_stops_the_run() {
    for (last, readings) in [(1, 1), (2, 2), (9, 3)] {
        let ended = drive(Holder::new(10, last, Duration::ZERO), 1_000, never_stop()).await;
        assert!(is_for_the_token(&ended.ending), "{:?}", ended.ending);
        assert_eq!((ended.waiting, ended.readings), (1_000, readings), "{last} tokens");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_stops_the_run_in_time() {
    let long = Duration::from_secs(3600);
    let ended = tokio::time::timeout(Duration::from_secs(20), drive(Holder::new(2, 2, long), 100, never_stop())).await;
    let ended = ended.expect("an end");
    let Ending::Stopped { reason: StopReason::Token, detail } = ended.ending else { panic!("{:?}", ended.ending) };
    assert!(detail.contains("it gave nothing within 15 s"), "{detail}");
    assert_eq!(ended.waiting, 100);
}

#[tokio::test(start_paused = true)]
async fn a_stop_while_the_source_is_read_waits_for_it_and_a_second_one_does_not() {
    for (waits, takes, ended_for_the_token) in [(&[500][..], 5, false), (&[500, 500], 10, true)] {
        let (stop, stops) = mpsc::channel(2);
        tokio::spawn(async move {
            for wait in waits {
                tokio::time::sleep(Duration::from_millis(*wait)).await;
                stop.send(()).await.expect("a listener");
            }
            std::future::pending::<()>().await;
        });
        let ended = drive(Holder::new(2, 2, Duration::from_secs(takes)), 1_000, stops).await;
        assert_eq!(is_for_the_token(&ended.ending), ended_for_the_token, "{:?}", ended.ending);
        assert_eq!(ended.waiting, 1_000);
    }
}
