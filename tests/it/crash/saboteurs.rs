//! The same checks must fail for those who break a rule: a harness that cannot fail proves nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tidings::clock::Clock;
use tidings::cloud::Endpoint;
use tidings::cloud::client::{Request, Sender};
use tidings::cloud::outcome::Outcome;
use tidings::cloud::wire::envelope;
use tidings::ledger::state::State;
use tidings::ledger::{Claim, Claimed, Decision, Ledger, LedgerError, PlanId, Reach, RunId, Settlement, Verdict};
use tidings::policy::retry::StopReason;
use tidings::run::{Ending, Pace, run};
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};

use super::image::head_of;
use super::laws::Breach;
use super::life::{Life, Simulation, runtime};
use super::people::breakers;
use super::simulation::{IN_DOUBT, PEOPLE, every_cut, trouble};
use super::step::Left;
use super::stops::{AMID, refusing};
use super::wire::Wire;
use crate::harness::ledger::{CAMPAIGN, phone, rows};

/// Who breaks which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saboteur {
    /// Writes an attempt down once it is over.
    SendsFirst,
    /// Writes down that a message is sent, and sends it then.
    SettlesFirst,
    /// Sends again what got no verdict.
    AsksAgain,
    /// Plans again what a dead process left under way.
    PlansAgain,
    /// Leaves what a dead process left as it is.
    SkipsRecovery,
    /// Loses the last commit with the power, as `synchronous=NORMAL` may.
    SyncsLate,
    /// Starts again what ended before its end, and lifts what is in the way.
    StartsAgain,
    /// Lets cron reset breakers.
    Unlatches,
    /// Plans again what people hold, and what they have given up.
    PlansDoubtsAgain,
    /// Orders by itself to send again what is in doubt.
    ResendsUnasked,
    /// Takes no note of the newest attempt.
    IgnoresHead,
}

/// The usual sender: ask, then write down what came of it.
pub async fn send_first(
    mut ledger: Ledger,
    (plan, run): (PlanId, RunId),
    wire: Arc<Wire>,
    clock: Clock,
) -> Result<(Ledger, Ending), LedgerError> {
    let mut serial = 0;
    while let Some(row) = rows(&ledger, plan).into_iter().find(|row| row.state == Some(State::Planned)) {
        serial += 1;
        let outcome = send(&wire, &row.recipient, format!("0.{:x}.{serial}", clock.unix_ms())).await;
        ledger = commit(ledger, move |ledger| {
            let claimed = claim(ledger, plan, run, clock)?;
            settle(ledger, claimed, outcome, clock)
        })
        .await?;
    }
    Ok((ledger, Ending::Finished))
}

/// The careful-looking sender: nobody is taken twice from the list, so nobody can be asked twice.
pub async fn settle_first(
    mut ledger: Ledger,
    (plan, run): (PlanId, RunId),
    wire: Arc<Wire>,
    clock: Clock,
) -> Result<(Ledger, Ending), LedgerError> {
    while let Some(row) = rows(&ledger, plan).into_iter().find(|row| row.state == Some(State::Planned)) {
        ledger = commit(ledger, move |ledger| {
            let claimed = claim(ledger, plan, run, clock)?;
            settle(ledger, claimed, Outcome::Accepted { wamid: "wamid".to_owned(), message_status: None }, clock)
        })
        .await?;
        send(&wire, &row.recipient, format!("0.{}", row.recipient)).await;
    }
    Ok((ledger, Ending::Finished))
}

async fn send(wire: &Arc<Wire>, recipient: &str, callback: String) -> Outcome {
    let request = Request { endpoint: Endpoint::Messages, body: envelope(recipient, "{}", &callback) };
    let (mut task, wire) = (JoinSet::new(), Arc::clone(wire));
    task.spawn(async move { wire.send(request).await });
    task.join_next().await.expect("a task").expect("an outcome")
}

async fn commit(
    mut ledger: Ledger,
    work: impl FnOnce(&mut Ledger) -> Result<(), LedgerError> + Send + 'static,
) -> Result<Ledger, LedgerError> {
    spawn_blocking(move || work(&mut ledger).map(|()| ledger)).await.expect("a commit")
}

fn claim(ledger: &mut Ledger, plan: PlanId, run: RunId, clock: Clock) -> Result<Claimed, LedgerError> {
    let committed = ledger.commit(&[], Some(Claim { plan, run, count: 1 }), clock.unix_ms())?;
    Ok(committed.claimed.into_iter().next().expect("a message that waits"))
}

fn settle(ledger: &mut Ledger, claimed: Claimed, outcome: Outcome, clock: Clock) -> Result<(), LedgerError> {
    let settled_at = clock.unix_ms();
    let verdict = match outcome {
        Outcome::Accepted { .. } => Verdict::Accepted,
        Outcome::Refused(_) => Verdict::Refused,
        Outcome::NotSent { .. } => Verdict::PutBack { due_at: 1 },
        Outcome::InDoubt { .. } => Verdict::InDoubt,
    };
    ledger.commit(&[Settlement { claimed, outcome, verdict, settled_at }], None, settled_at).map(drop)
}

/// The supervisor that keeps a program running, whatever it ended for.
pub async fn start_again(
    mut ledger: Ledger,
    ids: (PlanId, RunId),
    pace: Pace,
    wire: Arc<Wire>,
    clock: Clock,
    mut stops: mpsc::Receiver<()>,
) -> Result<(Ledger, Ending), LedgerError> {
    loop {
        let ending;
        (ledger, ending) = run(ledger, ids, pace.into(), Arc::clone(&wire), clock, stops, |_| {}).await?;
        if !matches!(ending, Ending::Asked | Ending::Stopped { reason: StopReason::KillSwitch, .. }) {
            return Ok((ledger, ending));
        }
        let _ = ledger.switch().turn_off(Some(CAMPAIGN));
        (_, stops) = mpsc::channel(1);
    }
}

/// What is done to the files before a life.
pub fn before_opening(saboteur: Option<Saboteur>, ledger: &Path) {
    match saboteur {
        // What nobody works on any more is to be done again.
        Some(Saboteur::PlansAgain) => plan_again(ledger, "1"),
        Some(Saboteur::PlansDoubtsAgain) => plan_again(ledger, "5 OR held"),
        Some(Saboteur::IgnoresHead) => {
            let _ = std::fs::remove_file(head_of(ledger));
        }
        _ => {}
    }
}

/// The well-meaning cleaner.
fn plan_again(ledger: &Path, states: &str) {
    if ledger.exists() {
        let db = rusqlite::Connection::open(ledger).expect("a database");
        // A ledger that was never finished has no messages.
        let _ = db.execute(&format!("UPDATE messages SET state = 0, due_at = 1, held = 0 WHERE state = {states}"), []);
    }
}

/// What is done to the ledger before it is asked whether anything is to be sent.
pub fn before_looking(saboteur: Option<Saboteur>, ledger: &mut Ledger, clock: Clock) {
    match saboteur {
        Some(Saboteur::Unlatches) => {
            for breaker in breakers(ledger) {
                ledger.acknowledge(breaker, clock.unix_ms()).expect("an acknowledgement");
            }
        }
        Some(Saboteur::ResendsUnasked) => {
            let doubts = ledger.doubts(CAMPAIGN).expect("doubts");
            ledger.decide(&doubts, Decision::Resend, clock.unix_ms()).expect("a decision");
        }
        _ => {}
    }
}

/// What the laws find first of a kind, among the deaths at every IO point that the honest engine gets through; and all
/// that they found until then.
fn found(saboteur: Saboteur, wanted: impl Fn(&Breach) -> bool) -> Vec<Breach> {
    let mut found = Vec::new();
    let campaigns = every_cut(Left::All, |cut| async move {
        let mut simulation = Simulation::new(trouble());
        simulation.saboteur = Some(saboteur);
        let life = Life::calm(0..PEOPLE);
        let (end, _) = simulation.live(&life.cut(cut)).await;
        simulation.finish(&life.people).await;
        (end, simulation.laws.breaches)
    });
    for mut breaches in campaigns {
        let done = breaches.iter().any(&wanted);
        found.append(&mut breaches);
        if done {
            return found;
        }
    }
    panic!("{saboteur:?} does no such harm: {found:?}")
}

fn is_twice(breach: &Breach) -> bool {
    matches!(breach, Breach::Twice(_))
}

#[test]
fn who_writes_down_after_sending_messages_people_twice() {
    found(Saboteur::SendsFirst, is_twice);
}

#[test]
fn who_writes_down_before_sending_that_it_is_done_loses_people() {
    let found =
        found(Saboteur::SettlesFirst, |breach| matches!(breach, Breach::NeverGot(person) if *person == phone(0)));
    assert!(!found.iter().any(is_twice), "{found:?}");
}

#[test]
fn who_asks_again_after_a_doubt_messages_people_twice() {
    let mut simulation = Simulation::new(trouble());
    simulation.saboteur = Some(Saboteur::AsksAgain);
    runtime().block_on(simulation.live(&Life::calm(0..PEOPLE)));
    assert!(simulation.breaches().contains(&Breach::Twice(phone(IN_DOUBT))));
}

#[test]
fn who_plans_again_what_was_under_way_messages_people_twice() {
    found(Saboteur::PlansAgain, is_twice);
}

#[test]
fn who_skips_recovery_leaves_doubts_unnamed() {
    found(Saboteur::SkipsRecovery, |breach| matches!(breach, Breach::LeftOpen(_)));
}

#[test]
fn a_disk_that_loses_a_commit_with_the_power_messages_people_twice() {
    found(Saboteur::SyncsLate, is_twice);
}

/// Told to stop amid its work.
fn stopped(stops: &[Duration], switch: Option<(Duration, Reach)>) -> Life {
    Life { stops: stops.to_vec(), switch, ..Life::calm(0..PEOPLE) }
}

#[test]
fn who_starts_again_what_was_stopped_sends_after_the_wish_to_stop() {
    for life in [stopped(&[AMID], None), stopped(&[], Some((AMID, Reach::Campaign)))] {
        let mut simulation = Simulation::new(trouble());
        simulation.saboteur = Some(Saboteur::StartsAgain);
        runtime().block_on(simulation.live(&life));
        let after_stop = |breach: &Breach| matches!(breach, Breach::SentAfterStop(_));
        assert!(simulation.breaches().iter().any(after_stop), "{:?}", simulation.breaches());
    }
}

#[test]
fn who_lets_cron_reset_a_breaker_sends_while_it_stands() {
    let mut simulation = Simulation::new(refusing(190));
    simulation.saboteur = Some(Saboteur::Unlatches);
    runtime().block_on(async {
        for _ in 0..2 {
            simulation.live(&Life::calm(0..PEOPLE)).await;
        }
    });
    assert!(matches!(simulation.breaches(), [Breach::SentWhileStopped(1..)]), "{:?}", simulation.breaches());
}

#[test]
fn who_plans_again_what_people_have_decided_about_asks_again() {
    for decision in [Decision::Hold, Decision::GiveUp] {
        let mut simulation = Simulation::new(trouble());
        simulation.saboteur = Some(Saboteur::PlansDoubtsAgain);
        runtime().block_on(async {
            simulation.live(&Life::calm(0..PEOPLE)).await;
            simulation.decide(decision, |_| true, None);
            simulation.live(&Life::calm(0..PEOPLE)).await;
        });
        let again = Breach::AskedAgain(phone(IN_DOUBT));
        assert!(simulation.breaches().contains(&again), "{decision:?}: {:?}", simulation.breaches());
    }
}

#[test]
fn who_sends_again_without_an_order_messages_people_twice() {
    let mut simulation = Simulation::new(trouble());
    simulation.saboteur = Some(Saboteur::ResendsUnasked);
    runtime().block_on(async {
        for _ in 0..2 {
            simulation.live(&Life::calm(0..PEOPLE)).await;
        }
    });
    assert!(simulation.breaches().contains(&Breach::Twice(phone(IN_DOUBT))), "{:?}", simulation.breaches());
}

#[test]
fn who_takes_no_note_of_the_newest_attempt_sends_from_a_restored_ledger() {
    let mut simulation = Simulation::new(trouble());
    simulation.saboteur = Some(Saboteur::IgnoresHead);
    runtime().block_on(async {
        let backup = simulation.back_up();
        simulation.live(&Life::calm(0..PEOPLE)).await;
        simulation.live_restored(&backup, &Life::calm(0..PEOPLE)).await;
    });
    assert!(simulation.breaches().iter().any(is_twice), "{:?}", simulation.breaches());
}
