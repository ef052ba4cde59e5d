//! Wishes to stop, the kill switch and breakers: nothing new leaves after any of them, whatever else happens.

use std::time::Duration;

use tidings::ledger::Reach;
use tidings::policy::retry::StopReason;
use tidings::run::Ending;

use super::life::{End, Life, Obstacle, Simulation, runtime};
use super::simulation::{PEOPLE, every_cut, trouble};
use super::step::{Cut, Left};
use crate::harness::ledger::phone;
use crate::harness::world::{Fate, World, no, yes};

/// Amid the requests, of which there are three under way.
pub const AMID: Duration = Duration::from_millis(100);

const SLOW: Duration = Duration::from_millis(30);

/// A life that is told to stop, once or more, and the ways that it can be told.
fn stopped() -> [Life; 4] {
    let life = |sync, stops: &[Duration], switch| Life { sync, stops: stops.to_vec(), switch, ..Life::calm(0..PEOPLE) };
    [
        life(Duration::ZERO, &[AMID], None),
        life(SLOW, &[AMID, Duration::from_millis(7)], None),
        life(SLOW, &[], Some((AMID, Reach::Campaign))),
        life(Duration::ZERO, &[AMID * 2], Some((AMID, Reach::Everything))),
    ]
}

#[test]
fn nothing_new_leaves_after_a_wish_to_stop_or_the_kill_switch_whenever_death_comes() {
    for (number, life) in stopped().iter().enumerate() {
        let campaign = |cut: Cut| async move {
            let mut simulation = Simulation::new(trouble());
            let (end, _) = simulation.live(&life.cut(cut)).await;
            simulation.finish(&life.people).await;
            assert_eq!(simulation.breaches(), [], "life {number} died at {cut:?}");
            (end, ())
        };
        // It stopped amid its work.
        let cuts = every_cut(Left::All, campaign).count();
        assert!((15..75).contains(&cuts), "life {number}: {cuts} IO points");
    }
}

#[test]
fn a_switch_that_is_on_before_the_first_claim_lets_nothing_leave() {
    let mut simulation = Simulation::new(trouble());
    let life = Life { switch: Some((Duration::ZERO, Reach::Everything)), ..Life::calm(0..PEOPLE) };
    let (first, second) =
        runtime().block_on(async { (simulation.live(&life).await.0, simulation.live(&life).await.0) });
    let End::Ended(Ending::Stopped { reason: StopReason::KillSwitch, .. }, tally) = first else { panic!("{first:?}") };
    assert_eq!((tally.waiting, simulation.world.book().at.len()), (PEOPLE, 0));
    assert_eq!(second, End::NotBegun(Obstacle::Switch));
    assert_eq!(simulation.breaches(), []);
}

/// The token is refused once, to one person amid the others.
pub fn refusing(code: i64) -> World {
    let rule = move |to: &str, n| -> Fate { if to == phone(4) && n == 1 { no(code) } else { yes(to, n) } };
    World::new(rule)
}

#[test]
fn a_breaker_holds_every_later_life_until_it_is_acknowledged_whenever_death_comes() {
    let campaign = |cut: Cut| async move {
        let mut simulation = Simulation::new(refusing(190));
        let life = Life::calm(0..PEOPLE);
        let (end, _) = simulation.live(&life.cut(cut)).await;
        let latched = !simulation.laws.known.latched.is_empty();
        let next = simulation.live(&life).await.0;
        assert_eq!(next == End::NotBegun(Obstacle::Breaker), latched, "died at {cut:?}: {next:?}");
        simulation.finish(&life.people).await;
        assert_eq!(simulation.breaches(), [], "died at {cut:?}");
        (end, latched)
    };
    let latched: Vec<_> = every_cut(Left::All, campaign).collect();
    // From the commit of the breaker on.
    let until = latched.iter().position(|latched| *latched).expect("a life that latched");
    assert!(latched[until..].iter().all(|latched| *latched), "{latched:?}");
    assert!(until > 10 && latched.len() > until, "{latched:?}");
}

/// Also when death comes while the source of the token is read.
#[test]
fn a_token_that_is_exchanged_stops_nobody_and_loses_nobody_whenever_death_comes() {
    let campaign = |cut: Cut| async move {
        let mut simulation = Simulation::new(refusing(190));
        simulation.renews = true;
        let life = Life::calm(0..PEOPLE);
        let (end, _) = simulation.live(&life.cut(cut)).await;
        assert_eq!(simulation.laws.known.latched, [], "died at {cut:?}");
        let (tally, _) = simulation.finish(&life.people).await;
        assert_eq!(simulation.breaches(), [], "died at {cut:?}");
        assert_eq!(tally.accepted + tally.in_doubt, PEOPLE, "died at {cut:?}: {tally:?}");
        (end, tally.in_doubt)
    };
    let doubts: Vec<_> = every_cut(Left::All, campaign).collect();
    // The last life met no death, and its token was refused nevertheless.
    assert_eq!(doubts.last(), Some(&0));
    assert!(doubts.len() > 60, "{} IO points", doubts.len());
}

#[test]
fn what_whatsapp_refuses_for_everybody_latches_also_when_somebody_stops_the_run() {
    for code in [190, 131_031] {
        for (stops, switch) in [(vec![AMID], None), (vec![], Some((AMID, Reach::Campaign)))] {
            let mut simulation = Simulation::new(refusing(code).latency(Duration::from_secs(1)));
            let life = Life { stops, switch, slots: Some(8), ..Life::calm(0..PEOPLE) };
            let (end, next) = runtime().block_on(async {
                let end = simulation.live(&life).await.0;
                simulation.switch = None;
                (end, simulation.live(&life).await.0)
            });
            assert_eq!(simulation.breaches(), [], "{code}: {end:?}");
            assert_eq!(next, End::NotBegun(Obstacle::Breaker), "{code}: {end:?}");
        }
    }
}
