//! The engine in paused time: everybody accounted for, nobody twice, the pace kept, every reason to stop heeded.

use std::sync::Arc;
use std::time::Duration;

use tidings::clock::Clock;
use tidings::ledger::state::State;
use tidings::ledger::{Ledger, LedgerError, PlanId, Tally};
use tidings::policy::retry::StopReason;
use tidings::run::{Ending, Event, Pace, run};
use tokio::sync::mpsc;

use crate::harness::ledger::{Home, phone, plan, rows, who};
use crate::harness::world::{World, doubt, never, no, not_sent, yes};

const NOON: i64 = 1_775_044_800_000;

pub struct Ended {
    ledger: Ledger,
    ending: Ending,
    settled: u64,
    held: Vec<String>,
}

async fn drive(ledger: Ledger, plan: PlanId, world: &Arc<World>, rate: f64, stops: mpsc::Receiver<()>) -> Ended {
    drive_at(NOON, ledger, plan, world, rate, stops).await
}

async fn drive_at(
    wall_ms: i64,
    ledger: Ledger,
    plan: PlanId,
    world: &Arc<World>,
    rate: f64,
    stops: mpsc::Receiver<()>,
) -> Ended {
    let clock = Clock::simulated(wall_ms);
    let mut ledger = ledger;
    let run_id = ledger.begin_run(plan, clock.unix_ms()).expect("a run");
    let (mut settled, mut held) = (0, Vec::new());
    let pace = Pace { rate_per_second: rate, slots: None };
    let (ledger, ending) =
        run(ledger, (plan, run_id), pace.into(), Arc::clone(world), clock, stops, |event| match event {
            Event::Settled(_) => settled += 1,
            Event::Held { why, .. } => held.push(why),
            _ => {}
        })
        .await
        .expect("a run that ends");
    Ended { ledger, ending, settled, held }
}

fn never_stop() -> mpsc::Receiver<()> {
    mpsc::channel(1).1
}

/// Wishes to stop, each so many milliseconds after the one before.
fn stop_after(waits: &'static [u64]) -> mpsc::Receiver<()> {
    let (stop, stops) = mpsc::channel(2);
    tokio::spawn(async move {
        for wait in waits {
            tokio::time::sleep(Duration::from_millis(*wait)).await;
            stop.send(()).await.expect("a listener");
        }
        std::future::pending::<()>().await;
    });
    stops
}

pub async fn run_plan(people: u64, rate: f64, world: World) -> (Ended, PlanId, Arc<World>, Home) {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..people);
    let world = Arc::new(world);
    let ended = drive(ledger, plan, &world, rate, never_stop()).await;
    (ended, plan, world, home)
}

pub fn tally(ended: &Ended, plan: PlanId) -> Tally {
    let tally = ended.ledger.tally(plan).expect("a tally");
    assert!(tally.adds_up(), "{tally:?}");
    tally
}

#[tokio::test(start_paused = true)]
async fn everybody_gets_one_message_and_a_second_run_sends_nothing() {
    let (ended, plan, world, _home) = run_plan(500, 1_000.0, World::new(yes)).await;
    assert_eq!((ended.ending.clone(), ended.settled), (Ending::Finished, 500));
    assert_eq!(tally(&ended, plan).accepted, 500);
    let again = drive(ended.ledger, plan, &world, 1_000.0, never_stop()).await;
    assert_eq!((again.ending, again.settled, world.book().got.len()), (Ending::Finished, 0, 500));
    assert_eq!(world.twice(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn every_attempt_carries_callback_data_of_its_own() {
    let (_, _, world, _home) = run_plan(300, 1_000.0, World::new(yes)).await;
    let mut callbacks = world.book().callbacks.clone();
    callbacks.sort();
    callbacks.dedup();
    assert_eq!(callbacks.len(), 300);
}

#[tokio::test(start_paused = true)]
async fn no_second_holds_more_than_the_pace_and_little_is_given_away() {
    for (rate, people) in [(80.0, 800), (1_000.0, 4_000)] {
        let (_, _, world, _home) = run_plan(people, rate, World::new(yes)).await;
        let book = world.book();
        let at = &book.at;
        let most = (0..at.len())
            .map(|first| at[first..].iter().take_while(|at_| **at_ < at[first] + Duration::from_secs(1)).count())
            .max();
        assert!(most <= Some(rate as usize), "{most:?} in a second at {rate}");
        let mean = at.len() as f64 / (*at.last().expect("requests") - at[0]).as_secs_f64();
        assert!(mean >= 0.97 * rate, "{mean} at {rate}");
    }
}

#[tokio::test(start_paused = true)]
async fn at_full_speed_one_sync_of_the_disk_serves_many_messages() {
    let (ended, _, _, _home) = run_plan(4_000, 100_000.0, World::new(yes)).await;
    let commits = ended.ledger.commits();
    assert!(ended.settled == 4_000 && commits * 16 <= 4_000, "{commits} commits for {} messages", ended.settled);
}

#[tokio::test(start_paused = true)]
async fn throttles_slow_the_run_and_lose_nobody() {
    let world = World::new(|to, n| if n == 1 && to.ends_with('7') { no(130_429) } else { yes(to, n) });
    let (ended, plan, world, _home) = run_plan(100, 80.0, world).await;
    assert_eq!((ended.ending.clone(), tally(&ended, plan).accepted), (Ending::Finished, 100));
    assert!(!ended.held.is_empty());
    assert_eq!(world.twice(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn throttles_that_never_end_do_not_make_a_run_that_never_ends() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..100);
    let world = Arc::new(World::new(|_, _| no(130_429)));
    let day = Duration::from_secs(24 * 3600);
    let run = tokio::time::timeout(day, drive(ledger, plan, &world, 80.0, never_stop())).await;
    let ended = run.expect("an end within a day");
    assert!(matches!(ended.ending, Ending::Stopped { reason: StopReason::Throttled, .. }), "{:?}", ended.ending);
    assert_eq!(tally(&ended, plan).waiting, 100);
}

#[tokio::test(start_paused = true)]
async fn lasting_refusals_end_that_person_only() {
    let world = World::new(|to, n| if to.ends_with('3') { no(131_026) } else { yes(to, n) });
    let (ended, plan, world, _home) = run_plan(50, 80.0, world).await;
    assert_eq!((tally(&ended, plan).accepted, tally(&ended, plan).refused), (45, 5));
    assert_eq!(world.book().asked[&phone(3)], 1);
}

#[tokio::test(start_paused = true)]
async fn the_limit_on_messages_to_one_person_delays_that_person_only() {
    let world = World::new(|to, n| if to == phone(0) && n < 3 { no(131_056) } else { yes(to, n) });
    let (ended, plan, world, _home) = run_plan(20, 80.0, world).await;
    assert_eq!(tally(&ended, plan).accepted, 20);
    assert_eq!(world.book().asked[&phone(0)], 3);
    let book = world.book();
    assert!(*book.at.last().expect("requests") - book.at[0] >= Duration::from_secs(4 + 16));
}

#[tokio::test(start_paused = true)]
async fn doubts_are_never_asked_again() {
    let world = World::new(|to, n| if to.ends_with('5') { doubt(to.ends_with("05")) } else { yes(to, n) });
    let (ended, plan, world, _home) = run_plan(60, 80.0, world).await;
    assert_eq!(tally(&ended, plan).in_doubt, 6);
    assert!(world.book().asked.values().all(|asked| *asked == 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_stops_the_run_and_loses_nobody() {
    let (ended, plan, world, _home) = run_plan(1_000, 80.0, World::new(|_, _| no(190))).await;
    assert!(matches!(ended.ending, Ending::Stopped { reason: StopReason::Token, .. }), "{:?}", ended.ending);
    assert_eq!(tally(&ended, plan).waiting, 1_000);
    assert!(world.book().at.len() < 50, "{} requests", world.book().at.len());
    let mended = Arc::new(World::new(yes));
    let again = drive(ended.ledger, plan, &mended, 1_000.0, never_stop()).await;
    assert_eq!(tally(&again, plan).accepted, 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_template_that_is_wrong_for_everybody_stops_the_run_and_refuses_nobody() {
    let (ended, plan, _, _home) = run_plan(1_000, 80.0, World::new(|_, _| no(132_000))).await;
    assert!(matches!(ended.ending, Ending::Stopped { reason: StopReason::Template, .. }), "{:?}", ended.ending);
    assert_eq!((tally(&ended, plan).waiting, tally(&ended, plan).refused), (1_000, 0));
}

#[tokio::test(start_paused = true)]
async fn a_template_that_is_wrong_for_one_person_refuses_that_person_after_a_second_try() {
    let world = World::new(|to, n| if to == phone(4) { no(132_000) } else { yes(to, n) });
    let (ended, plan, world, _home) = run_plan(40, 80.0, world).await;
    assert_eq!((tally(&ended, plan).accepted, tally(&ended, plan).refused), (39, 1));
    assert_eq!(world.book().asked[&phone(4)], 2);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_nobody_knows_stops_a_run_in_which_nobody_is_accepted_and_refuses_nobody() {
    let (ended, plan, _, _home) = run_plan(1_000, 80.0, World::new(|_, _| no(131_999))).await;
    assert!(matches!(ended.ending, Ending::Stopped { .. }), "{:?}", ended.ending);
    assert_eq!((tally(&ended, plan).waiting, tally(&ended, plan).refused), (1_000, 0));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_template_is_found_with_a_single_recipient_too() {
    let (ended, plan, world, _home) = run_plan(1, 80.0, World::new(|_, _| no(132_001))).await;
    assert!(matches!(ended.ending, Ending::Stopped { reason: StopReason::Template, .. }), "{:?}", ended.ending);
    assert_eq!((tally(&ended, plan).waiting, world.book().at.len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_network_that_is_away_for_a_moment_costs_nobody_a_message() {
    let world = World::new(|to, n| if n <= 2 { not_sent() } else { yes(to, n) });
    let (ended, plan, world, _home) = run_plan(30, 80.0, world).await;
    assert_eq!((ended.ending.clone(), tally(&ended, plan).accepted), (Ending::Finished, 30));
    assert_eq!(world.twice(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_network_that_stays_away_ends_the_run_with_everybody_waiting() {
    let (ended, plan, _, _home) = run_plan(30, 80.0, World::new(|_, _| not_sent())).await;
    assert!(matches!(ended.ending, Ending::Stopped { reason: StopReason::Unreachable, .. }), "{:?}", ended.ending);
    assert_eq!(tally(&ended, plan).waiting, 30);
}

#[tokio::test(start_paused = true)]
async fn requests_without_verdicts_do_not_go_on_for_ever() {
    let (ended, plan, _, _home) = run_plan(1_000, 80.0, World::new(|_, _| doubt(false))).await;
    assert!(matches!(ended.ending, Ending::Stopped { reason: StopReason::NoVerdicts, .. }), "{:?}", ended.ending);
    assert!(tally(&ended, plan).in_doubt < 60, "{}", tally(&ended, plan).in_doubt);
}

#[tokio::test(start_paused = true)]
async fn the_first_wish_to_stop_lets_requests_end_and_the_next_run_goes_on() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..1_000);
    let world = Arc::new(World::new(yes).latency(Duration::from_secs(3)));
    let (stop, stops) = mpsc::channel(2);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        stop.send(()).await.expect("a listener");
        std::future::pending::<()>().await;
    });
    let ended = drive(ledger, plan, &world, 80.0, stops).await;
    assert_eq!(ended.ending, Ending::Asked);
    let first = tally(&ended, plan);
    assert_eq!((first.in_doubt, first.accepted), (0, world.book().got.len() as u64));
    assert!(first.waiting > 0);
    let again = drive(ended.ledger, plan, &world, 1_000.0, never_stop()).await;
    assert_eq!(tally(&again, plan).accepted, 1_000);
    assert_eq!(world.twice(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_second_wish_to_stop_leaves_at_once_and_names_the_doubts() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..1_000);
    let world = Arc::new(World::new(|_, _| never()));
    let (stop, stops) = mpsc::channel(2);
    tokio::spawn(async move {
        for wait in [500, 100] {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            stop.send(()).await.expect("a listener");
        }
        std::future::pending::<()>().await;
    });
    let ended = drive(ledger, plan, &world, 80.0, stops).await;
    let tally = tally(&ended, plan);
    let asked: Vec<String> =
        rows(&ended.ledger, plan).into_iter().take(tally.in_doubt as usize).map(|row| row.recipient).collect();
    assert_eq!(who(&ended.ledger, plan, State::InDoubt), asked);
    assert_eq!(tally.in_doubt, world.book().at.len() as u64);
}

/// Otherwise nothing would latch, and each start that is stopped in time would ask in vain.
#[tokio::test(start_paused = true)]
async fn what_lasts_is_told_also_when_it_comes_while_the_run_is_stopping() {
    for (code, reason) in [(190, StopReason::Token), (131_031, StopReason::Sender)] {
        let home = Home::new();
        let mut ledger = home.open();
        let plan = plan(&mut ledger, 0..10);
        let world = Arc::new(World::new(move |_, _| no(code)).latency(Duration::from_secs(1)));
        let ended = drive(ledger, plan, &world, 80.0, stop_after(&[500])).await;
        let Ending::Stopped { reason: told, .. } = ended.ending else { panic!("{:?}", ended.ending) };
        assert_eq!((told, tally(&ended, plan).waiting), (reason, 10));
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_never_come_are_waited_for_no_longer_than_the_grace() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..10);
    let world = Arc::new(World::new(|_, _| never()));
    let (stop, stops) = mpsc::channel(2);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.send(()).await.expect("a listener");
        std::future::pending::<()>().await;
    });
    let ended = drive(ledger, plan, &world, 80.0, stops).await;
    assert_eq!((ended.ending.clone(), tally(&ended, plan).in_doubt), (Ending::Asked, 10));
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_here_when_the_run_leaves_count() {
    for _ in 0..20 {
        let home = Home::new();
        let mut ledger = home.open();
        let plan = plan(&mut ledger, 0..100);
        let world = Arc::new(World::new(yes));
        // The second wish comes as the first answers do.
        let ended = drive(ledger, plan, &world, 1_000.0, stop_after(&[50, 50])).await;
        let answered = world.book().answered;
        assert_eq!(tally(&ended, plan).accepted, answered);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_one_message_that_was_left_over_does_not_keep_the_next_run_from_the_others() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..100);
    let world = Arc::new(World::new(|to, n| if to == phone(0) { no(132_000) } else { yes(to, n) }));
    let first = drive(ledger, plan, &world, 10.0, stop_after(&[1_000])).await;
    assert_eq!(first.ending, Ending::Asked);
    assert!(tally(&first, plan).waiting > 50);
    let again = drive_at(NOON + 60_000, first.ledger, plan, &world, 10.0, never_stop()).await;
    assert_eq!(again.ending, Ending::Finished);
    assert_eq!((tally(&again, plan).accepted, tally(&again, plan).refused), (99, 1));
}

#[tokio::test(start_paused = true)]
async fn throttles_do_not_use_up_the_patience_for_one_person() {
    let rule = |to: &str, n| match (to == phone(0), n) {
        (true, 1..=6) => no(130_429),
        (true, 7) => no(131_056),
        _ => yes(to, n),
    };
    let (ended, plan, _, _home) = run_plan(3, 80.0, World::new(rule)).await;
    assert_eq!((tally(&ended, plan).accepted, tally(&ended, plan).refused), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn the_limit_on_messages_to_one_person_ends_after_five_refusals() {
    let world = World::new(|to, n| if to == phone(0) { no(131_056) } else { yes(to, n) });
    let (ended, plan, world, _home) = run_plan(3, 80.0, world).await;
    assert_eq!((tally(&ended, plan).accepted, tally(&ended, plan).refused), (2, 1));
    assert_eq!(world.book().asked[&phone(0)], 5);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_makes_nobody_wait_for_days() {
    const TEN_DAYS_MS: i64 = 10 * 24 * 3_600 * 1_000;
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..20);
    let world = Arc::new(World::new(|to, n| if to == phone(0) && n == 1 { no(131_056) } else { yes(to, n) }));
    let first = drive_at(NOON + TEN_DAYS_MS, ledger, plan, &world, 10.0, stop_after(&[500])).await;
    assert!(tally(&first, plan).waiting > 0);
    let again = drive(first.ledger, plan, &world, 10.0, never_stop()).await;
    assert_eq!(tally(&again, plan).accepted, 20);
    let book = world.book();
    assert!(*book.at.last().expect("requests") - book.at[0] < Duration::from_secs(3_600));
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_fails_ends_the_run_and_what_was_accepted_is_told() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..200);
    let path = home.path();
    // The disk goes away in the middle: from the fifth request on, no attempt can be written.
    let world = Arc::new(World::new(move |to, n| {
        if to == phone(4) {
            let elsewhere = rusqlite::Connection::open(&path).expect("the ledger's file");
            elsewhere.execute_batch("ALTER TABLE attempts RENAME TO gone").expect("a change");
        }
        yes(to, n)
    }));
    let clock = Clock::simulated(NOON);
    let run_id = ledger.begin_run(plan, clock.unix_ms()).expect("a run");
    let (mut settled, mut unwritten) = (Vec::new(), Vec::new());
    let pace = Pace { rate_per_second: 80.0, slots: None };
    let ended =
        run(ledger, (plan, run_id), pace.into(), Arc::clone(&world), clock, never_stop(), |event| match event {
            Event::Settled(settlement) => settled.push(settlement.claimed.recipient.clone()),
            Event::Unwritten(settlement) => unwritten.push(settlement.claimed.recipient.clone()),
            _ => {}
        })
        .await;
    assert!(matches!(ended, Err(LedgerError::Database(_))));
    let mut told: Vec<String> = settled.into_iter().chain(unwritten).collect();
    let mut got: Vec<String> = world.book().got.keys().cloned().collect();
    told.sort();
    got.sort();
    assert_eq!(told, got);
    assert!(got.len() < 50, "{} were sent to", got.len());
}
