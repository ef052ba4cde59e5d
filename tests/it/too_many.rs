//! The engine against its thresholds, in paused time: stopped at the message that is too much, by this run or by those
//! before it.

use std::sync::Arc;

use tidings::clock::Clock;
use tidings::ledger::{Ledger, PlanId, Scope, Tally};
use tidings::policy::retry::StopReason;
use tidings::policy::threshold::{StopWhen, Threshold, Trouble};
use tidings::run::{Ending, Limits, Pace, run};
use tokio::sync::mpsc;

use crate::harness::ledger::{Home, phone, plan};
use crate::harness::world::{World, doubt, no, not_sent, yes};

const NOON: i64 = 1_775_044_800_000;

fn threshold(above: &str, of_last: u32) -> Option<Threshold> {
    Some(Threshold { above: above.parse().expect("a share"), of_last })
}

fn refused(above: &str, of_last: u32) -> StopWhen {
    StopWhen { refused: threshold(above, of_last), in_doubt: None }
}

fn in_doubt(above: &str, of_last: u32) -> StopWhen {
    StopWhen { refused: None, in_doubt: threshold(above, of_last) }
}

/// Sends to one after another, in their order.
async fn one_by_one(ledger: Ledger, plan: PlanId, world: &Arc<World>, stop_when: StopWhen) -> (Ledger, Ending) {
    send(ledger, plan, world, stop_when, Some(1)).await
}

async fn send(
    mut ledger: Ledger,
    plan: PlanId,
    world: &Arc<World>,
    stop_when: StopWhen,
    slots: Option<usize>,
) -> (Ledger, Ending) {
    let clock = Clock::simulated(NOON);
    let run_id = ledger.begin_run(plan, clock.unix_ms()).expect("a run");
    let limits = Limits { pace: Pace { rate_per_second: 80.0, slots }, stop_when };
    let (_stay, stops) = mpsc::channel(1);
    run(ledger, (plan, run_id), limits, Arc::clone(world), clock, stops, |_| {}).await.expect("a run that ends")
}

fn tally(ledger: &Ledger, plan: PlanId) -> Tally {
    let tally = ledger.tally(plan).expect("a tally");
    assert!(tally.adds_up(), "{tally:?}");
    tally
}

fn too_many(trouble: Trouble, detail: &str) -> Ending {
    Ending::Stopped { reason: StopReason::TooMany(trouble), detail: detail.to_owned() }
}

/// Whether somebody is one of every so many.
fn one_in(count: u64, to: &str) -> bool {
    (0..1_000).step_by(count as usize).any(|n| phone(n) == to)
}

#[tokio::test(start_paused = true)]
async fn the_refusal_that_is_too_much_is_the_last_message() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..500);
    // The fifth refusal among the last twenty, which are the persons 276 to 295.
    let world = Arc::new(World::new(|to, n| match (276..280).chain([295]).any(|n| phone(n) == to) {
        true => no(131_026),
        false => yes(to, n),
    }));
    let (ledger, ending) = one_by_one(ledger, plan, &world, refused("20%", 20)).await;
    let words = "5 of the last 20 messages were refused, more than 20% (stop_when.refused)";
    assert_eq!(ending, too_many(Trouble::Refused, words));
    let Tally { accepted, refused, waiting, .. } = tally(&ledger, plan);
    assert_eq!((accepted, refused, waiting, world.book().at.len()), (291, 5, 204, 296));
}

#[tokio::test(start_paused = true)]
async fn doubts_stop_a_run_and_what_is_under_way_may_end() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..500);
    let world = Arc::new(World::new(|to, n| if one_in(10, to) { doubt(true) } else { yes(to, n) }));
    let (ledger, ending) = send(ledger, plan, &world, in_doubt("1%", 500), Some(8)).await;
    let Ending::Stopped { reason: StopReason::TooMany(Trouble::InDoubt), detail } = ending else {
        panic!("{ending:?}")
    };
    assert!(detail.starts_with("6 of the last 5"), "{detail}");
    assert!(detail.ends_with(" messages are in doubt, more than 1% of 500 (stop_when.in_doubt)"), "{detail}");
    let Tally { in_doubt, accepted, .. } = tally(&ledger, plan);
    assert_eq!((in_doubt, accepted + in_doubt), (6, world.book().answered));
    assert!((51..60).contains(&world.book().answered), "{}", world.book().answered);
}

#[tokio::test(start_paused = true)]
async fn what_is_put_back_is_nothing_to_a_threshold() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..30);
    let world = Arc::new(World::new(|to, n| match n {
        1 if one_in(2, to) => no(130_429),
        1 => not_sent(),
        2 if one_in(3, to) => no(131_056),
        _ => yes(to, n),
    }));
    let nothing_may_go_wrong = StopWhen { refused: threshold("0%", 100), in_doubt: threshold("0%", 100) };
    let (ledger, ending) = one_by_one(ledger, plan, &world, nothing_may_go_wrong).await;
    assert_eq!((ending, tally(&ledger, plan).accepted), (Ending::Finished, 30));
}

#[tokio::test(start_paused = true)]
async fn the_first_twenty_refused_stop_a_run_and_one_yes_among_them_does_not() {
    for (accepted, requests) in [(99, 20), (19, 60)] {
        let home = Home::new();
        let mut ledger = home.open();
        let plan = plan(&mut ledger, 0..60);
        let world = Arc::new(World::new(move |to, n| if to == phone(accepted) { yes(to, n) } else { no(131_026) }));
        let (ledger, ending) = one_by_one(ledger, plan, &world, StopWhen::default()).await;
        let expected = match requests {
            20 => too_many(Trouble::Refused, "the first 20 messages of this run were all refused"),
            _ => Ending::Finished,
        };
        assert_eq!((ending, world.book().at.len()), (expected, requests));
        assert_eq!(tally(&ledger, plan).waiting, 60 - requests as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn who_says_how_many_refusals_are_too_many_decides_about_the_first_ones_too() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..60);
    let world = Arc::new(World::new(|_, _| no(131_026)));
    let (ledger, ending) = one_by_one(ledger, plan, &world, refused("50%", 200)).await;
    assert_eq!((ending, tally(&ledger, plan).refused), (Ending::Finished, 60));
}

#[tokio::test(start_paused = true)]
async fn runs_of_a_few_messages_stop_where_one_long_run_would() {
    let world = || Arc::new(World::new(|to, n| if one_in(9, to) { no(131_026) } else { yes(to, n) }));
    let limit = refused("10%", 30);
    let (home, long) = (Home::new(), world());
    let mut ledger = home.open();
    let whole = plan(&mut ledger, 0..100);
    let (_, expected) = one_by_one(ledger, whole, &long, limit).await;

    let (home, short) = (Home::new(), world());
    let mut ledger = home.open();
    for day in 1..40 {
        let until_today = plan(&mut ledger, 0..day * 3);
        let (back, ending) = one_by_one(ledger, until_today, &short, limit).await;
        ledger = back;
        if ending != Ending::Finished {
            assert_eq!((ending, short.book().at.len()), (expected.clone(), long.book().at.len()));
            return;
        }
    }
    panic!("it went on for ever");
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_before_the_first_message_lets_none_leave_until_a_person_has_looked() {
    let home = Home::new();
    let mut ledger = home.open();
    let today = plan(&mut ledger, 0..10);
    let world = Arc::new(World::new(|to, n| if one_in(4, to) { doubt(false) } else { yes(to, n) }));
    let (mut ledger, ending) = one_by_one(ledger, today, &world, StopWhen::default()).await;
    assert_eq!(ending, Ending::Finished);
    let tomorrow = plan(&mut ledger, 0..20);
    let (mut ledger, ending) = one_by_one(ledger, tomorrow, &world, in_doubt("1%", 100)).await;
    let words = "3 of the last 10 messages are in doubt, more than 1% of 100 (stop_when.in_doubt)";
    assert_eq!(ending, too_many(Trouble::InDoubt, words));
    assert_eq!((world.book().at.len(), tally(&ledger, tomorrow).waiting), (10, 10));

    let breaker = ledger.trip(tomorrow, Scope::Campaign, "in doubt", words, NOON).expect("a breaker");
    assert!(ledger.acknowledge(breaker, NOON + 60_000).expect("an acknowledgement"));
    let calm = Arc::new(World::new(yes));
    let (ledger, ending) = one_by_one(ledger, tomorrow, &calm, in_doubt("1%", 100)).await;
    assert_eq!((ending, tally(&ledger, tomorrow).accepted), (Ending::Finished, 17));
}
