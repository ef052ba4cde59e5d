//! Every IO point of a run with three requests under way: death there, one life more, and everybody accounted for.

use std::time::Duration;

use tidings::ledger::Tally;
use tidings::run::Ending;

use super::draw::Draw;
use super::life::{End, Life, Simulation, runtime};
use super::step::{Cut, Left};
use crate::harness::ledger::phone;
use crate::harness::world::{World, doubt, no, not_sent, yes};

pub const PEOPLE: u64 = 12;
const THROTTLED: u64 = 2;
const REFUSED: u64 = 4;
/// Gets a message each time, and the answers are lost.
pub const IN_DOUBT: u64 = 6;
const UNREACHED: u64 = 8;
const ASKED_TOO_OFTEN: u64 = 9;

/// A world with everything that happens to a message.
pub fn trouble() -> World {
    let who = |to: &str| (0..PEOPLE).find(|person| phone(*person) == to);
    let rule = move |to: &str, n| match (who(to), n) {
        (Some(THROTTLED), 1) => no(130_429),
        (Some(ASKED_TOO_OFTEN), 1) => no(131_056),
        (Some(REFUSED), _) => no(131_026),
        (Some(IN_DOUBT), _) => doubt(true),
        (Some(UNREACHED), 1) => not_sent(),
        _ => yes(to, n),
    };
    World::new(rule).latencies(|to, n| Duration::from_millis(Draw::about(1, to, n).from(20..120)))
}

/// What campaigns lead to in which death comes at each IO point in turn, until there are no more.
pub fn every_cut<T, F: Future<Output = (End, T)>>(left: Left, campaign: impl Fn(Cut) -> F) -> impl Iterator<Item = T> {
    let mut dies = true;
    (1..).map_while(move |at| {
        dies.then(|| {
            let (end, outcome) = runtime().block_on(campaign(Cut { at, left }));
            dies = end == End::Died;
            outcome
        })
    })
}

#[test]
fn without_a_death_the_run_meets_everything_that_can_happen() {
    let mut simulation = Simulation::new(trouble());
    let (end, steps) = runtime().block_on(simulation.live(&Life::calm(0..PEOPLE)));
    let tally = Tally { rows: PEOPLE, accepted: 10, refused: 1, in_doubt: 1, ..Tally::default() };
    assert_eq!(end, End::Ended(Ending::Finished, tally));
    assert_eq!(simulation.breaches(), []);
    // Three of each request, one of each of its commits at least, one of each piece of news.
    assert!(steps > 15 * 4 + 15, "{steps} IO points");
}

/// Besides the one who is in doubt without any death: three under way, and one claimed for when the first of them ends.
const DOUBTS_A_DEATH_MAX: u64 = 3 + 1;

async fn die_once(cut: Cut, sync: Duration) -> (End, u64) {
    let mut simulation = Simulation::new(trouble());
    let life = Life { sync, ..Life::calm(0..PEOPLE) };
    let (end, _) = simulation.live(&life.cut(cut)).await;
    let (tally, _) = simulation.finish(&life.people).await;
    assert_eq!(simulation.breaches(), [], "died at {cut:?}, waiting {sync:?} for the disk");
    assert!(tally.in_doubt <= 1 + DOUBTS_A_DEATH_MAX, "died at {cut:?}: {tally:?}");
    (end, tally.in_doubt)
}

/// A disk at which answers come while a commit is under way.
const SLOW: Duration = Duration::from_millis(30);

fn die_everywhere(left: Left, sync: Duration) {
    let doubts: Vec<_> = every_cut(left, |cut| die_once(cut, sync)).collect();
    assert!(doubts.len() > 75, "{} IO points", doubts.len());
    // Deaths do meet requests under way.
    assert!(doubts.iter().any(|doubts| *doubts > 3), "{doubts:?}");
}

#[test]
fn a_death_at_any_moment_messages_nobody_twice_and_loses_nobody() {
    die_everywhere(Left::All, Duration::ZERO);
}

#[test]
fn a_death_that_loses_the_commit_under_way_messages_nobody_twice_and_loses_nobody() {
    die_everywhere(Left::Nothing, SLOW);
}

#[test]
fn a_death_that_tears_the_commit_under_way_messages_nobody_twice_and_loses_nobody() {
    die_everywhere(Left::Short(0), SLOW);
}

#[test]
fn a_death_before_a_finished_commit_is_known_messages_nobody_twice_and_loses_nobody() {
    die_everywhere(Left::All, SLOW);
}

/// Cut points of two lives in a row.
const PAIRS: u64 = 150;

#[test]
fn two_deaths_in_a_row_do_no_more_harm_than_one() {
    let mut draw = Draw::new(2);
    for _ in 0..PAIRS {
        let mut simulation = Simulation::new(trouble());
        let mut life = Life { sync: Duration::from_millis(draw.from(0..30)), ..Life::calm(0..PEOPLE) };
        let mut cut = |below| Cut { at: draw.from(1..below) as usize, left: Left::draw(&mut draw) };
        let cuts = [cut(90), cut(60)];
        let (tally, _) = runtime().block_on(async {
            for cut in cuts {
                life.cut = Some(cut);
                simulation.live(&life).await;
            }
            simulation.finish(&life.people).await
        });
        assert_eq!(simulation.breaches(), [], "died at {cuts:?}");
        assert!(tally.in_doubt <= 1 + 2 * DOUBTS_A_DEATH_MAX, "died at {cuts:?}: {tally:?}");
    }
}
