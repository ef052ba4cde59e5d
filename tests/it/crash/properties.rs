//! How the work is cut into runs, and in which order answers come, changes nothing for anybody.

use std::time::Duration;

use tidings::ledger::state::State;

use super::draw::Draw;
use super::life::{End, Life, Simulation, runtime};
use crate::harness::world::{Fate, World, doubt, no, not_sent, yes};

const PEOPLE: u64 = 100;

/// What happens to a person follows from the person alone.
fn fate(to: &str, n: u32) -> Fate {
    match Draw::about(5, to, n).from(0..100) {
        0..8 => no(131_026),
        8..14 => doubt(true),
        14..18 => doubt(false),
        18..22 if n < 3 => no(130_429),
        22..26 if n < 3 => no(131_056),
        26..30 if n < 3 => not_sent(),
        _ => yes(to, n),
    }
}

/// What became of a person.
#[derive(Debug, PartialEq)]
struct Fared {
    recipient: String,
    state: Option<State>,
    code: Option<i64>,
    wamid: Option<String>,
    requests: u32,
}

/// How everybody fared after these runs, in the order of people.
fn fared(seed: u64, runs: &[Life]) -> Vec<Fared> {
    let latency = move |to: &str, n| Duration::from_millis(Draw::about(seed, to, n).from(0..500));
    let mut simulation = Simulation::new(World::new(fate).latencies(latency));
    let rows = runtime().block_on(async {
        for run in runs {
            let (end, _) = simulation.live(run).await;
            assert!(matches!(end, End::Ended(_, tally) if tally.waiting == 0), "{end:?}");
        }
        let requests = simulation.world.book().at.len();
        let (_, rows) = simulation.finish(&Vec::from_iter(0..PEOPLE)).await;
        assert_eq!(simulation.world.book().at.len(), requests, "requests after the last run");
        rows
    });
    assert_eq!(simulation.breaches(), []);
    let book = simulation.world.book();
    rows.into_iter()
        .map(|row| {
            let last = row.last.expect("an attempt");
            let requests = book.asked[&row.recipient];
            Fared { recipient: row.recipient, state: row.state, code: last.code, wamid: last.wamid, requests }
        })
        .collect()
}

fn one_run() -> Life {
    Life { rate: 1_000.0, slots: None, ..Life::calm(0..PEOPLE) }
}

#[test]
fn ten_runs_of_a_tenth_end_as_one_run_of_all() {
    let whole = fared(0, &[one_run()]);
    for state in [State::Accepted, State::Refused, State::InDoubt] {
        assert!(whole.iter().filter(|person| person.state == Some(state)).count() > 4, "{state:?}");
    }
    let tenth = PEOPLE / 10;
    let run = |people: std::ops::Range<u64>| Life { people: people.collect(), ..one_run() };
    let one_by_one: Vec<_> = (0..10).map(|n| run(n * tenth..(n + 1) * tenth)).collect();
    assert_eq!(fared(0, &one_by_one), whole);
    let growing: Vec<_> = (1..=10).map(|n| run(0..n * tenth)).collect();
    assert_eq!(fared(0, &growing), whole);
}

#[test]
fn the_order_of_answers_changes_nothing_for_anybody() {
    let first = fared(0, &[one_run()]);
    for seed in 1..8 {
        let life = Life { slots: Some(Draw::new(seed).from(1..30) as usize), ..one_run() };
        assert_eq!(fared(seed, &[life]), first, "seed {seed}");
    }
}
