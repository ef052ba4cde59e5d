//! Commits that are torn, notes that are lost, and ledgers that come back from a backup.

use std::time::Duration;

use tidings::ledger::{Decision, Reach};

use super::draw::Draw;
use super::image::{self, Image};
use super::laws::Breach;
use super::life::{End, Life, Obstacle, Simulation, runtime};
use super::people::Backup;
use super::saboteurs::Saboteur;
use super::simulation::{PEOPLE, every_cut, trouble};
use super::step::{Cut, Left};

fn life() -> Life {
    Life { sync: Duration::from_millis(30), ..Life::calm(0..PEOPLE) }
}

/// Everything that a ledger says, as text.
fn content(disk: &Image) -> Vec<String> {
    let directory = image::directory();
    let path = directory.path().join("ledger.sqlite");
    disk.restore(&path);
    let db = rusqlite::Connection::open(&path).expect("a database");
    let mut all = Vec::new();
    for table in ["plans", "plan_rows", "messages", "contents", "runs", "attempts", "decisions", "breakers"] {
        // A ledger that was never finished has no tables.
        let Ok(mut query) = db.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")) else { continue };
        let columns = query.column_count();
        let mut rows = query.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let cells = (0..columns).map(|column| format!("{:?}", row.get_ref(column).expect("a cell")));
            all.push(format!("{table} {}", cells.collect::<Vec<_>>().join(" ")));
        }
    }
    all
}

async fn die(cut: Cut) -> (End, Image) {
    let mut simulation = Simulation::new(trouble());
    let (end, _) = simulation.live(&life().cut(cut)).await;
    (end, simulation.disk)
}

#[test]
fn a_torn_commit_is_a_lost_one() {
    let mut draw = Draw::new(3);
    let mut losses = 0;
    for (at, lost) in (1..).zip(every_cut(Left::Nothing, die)).step_by(3) {
        let die_with = |left| runtime().block_on(die(Cut { at, left })).1;
        let lost = content(&lost);
        losses += usize::from(lost != content(&die_with(Left::All)));
        for left in Left::torn(&mut draw) {
            let torn = content(&die_with(left));
            let differs: Vec<_> = torn.iter().zip(&lost).filter(|(torn, lost)| torn != lost).collect();
            assert!(torn.len() == lost.len() && differs.is_empty(), "at {at}: {left:?}: {differs:#?}");
        }
    }
    // The others are requests and news, at which no commit is under way.
    assert!(losses > 5, "{losses} commits lost");
}

#[test]
fn a_death_that_tears_a_commit_anyhow_messages_nobody_twice_and_loses_nobody() {
    for first in 0..2 {
        let campaign = |cut: Cut| async move {
            let left = Left::torn(&mut Draw::new(cut.at as u64))[(cut.at + first) % 5];
            let mut simulation = Simulation::new(trouble());
            let (end, _) = simulation.live(&life().cut(Cut { left, ..cut })).await;
            simulation.finish(&life().people).await;
            assert_eq!(simulation.breaches(), [], "died at {cut:?}, {left:?}");
            (end, ())
        };
        assert!(every_cut(Left::All, campaign).count() > 75);
    }
}

/// A campaign that died in the middle of its second life, and what was backed up before the first and before the second.
async fn two_lives(cut: Cut) -> (Simulation, End, [Backup; 2]) {
    let mut simulation = Simulation::new(trouble());
    let nothing = simulation.back_up();
    let life = Life { stops: vec![Duration::from_millis(100)], ..life() };
    simulation.live(&life).await;
    let half = simulation.back_up();
    let (end, _) = simulation.live(&Life { stops: Vec::new(), ..life }.cut(cut)).await;
    (simulation, end, [nothing, half])
}

#[test]
fn a_ledger_that_was_restored_or_deleted_is_refused_once_anybody_was_asked_since() {
    let campaign = |cut: Cut| async move {
        let (mut simulation, end, backups) = two_lives(cut).await;
        let mut refused = [false; 2];
        for (backup, refused) in backups.iter().zip(&mut refused) {
            *refused = simulation.live_restored(backup, &life()).await == End::NotBegun(Obstacle::OldLedger);
        }
        simulation.finish(&life().people).await;
        assert_eq!(simulation.breaches(), [], "died at {cut:?}");
        (end, refused)
    };
    let refused: Vec<_> = every_cut(Left::All, campaign).collect();
    assert!(refused.iter().all(|[deleted, _]| *deleted), "{refused:?}");
    // Before the first claim of the second life there is nothing that its backup has forgotten.
    assert_eq!((refused[0][1], refused[refused.len() - 1][1]), (false, true), "{refused:?}");
}

#[test]
fn a_note_that_is_lost_or_old_costs_nothing_and_is_as_new_after_the_next_life() {
    let campaign = |cut: Cut| async move {
        for way in 0..2 {
            let (mut simulation, _, [nothing, half]) = two_lives(cut).await;
            let note = [Vec::new(), half.disk.head()][way].clone();
            simulation.disk = simulation.disk.with_head(note);
            // This life sends nothing.
            simulation.switch = Some(Reach::Everything);
            simulation.live(&life()).await;
            simulation.switch = None;
            for backup in [&nothing, &half] {
                simulation.live_restored(backup, &life()).await;
            }
            simulation.finish(&life().people).await;
            assert_eq!(simulation.breaches(), [], "died at {cut:?}, note {way}");
        }
    };
    for at in [1, 7, 13, 19, 25, 40, 70] {
        runtime().block_on(campaign(Cut { at, left: Left::All }));
    }
}

#[test]
fn what_a_deleted_note_costs_is_the_protection_from_an_older_ledger() {
    let (mut simulation, _, [nothing, _]) = runtime().block_on(two_lives(Cut { at: 1_000, left: Left::All }));
    simulation.disk = simulation.disk.with_head(Vec::new());
    runtime().block_on(simulation.live_restored(&nothing, &life()));
    assert!(simulation.breaches().iter().any(|breach| matches!(breach, Breach::ForgotWhoWasAsked(_))));
}

/// What `synchronous=NORMAL` would do, or a disk that says that it has written what it has not.
#[test]
fn a_ledger_that_lost_its_last_commit_is_refused_by_the_note_or_messages_nobody_twice() {
    let campaign = |cut: Cut| async move {
        let (end, honest) = die(cut).await;
        let mut simulation = Simulation::new(trouble());
        simulation.saboteur = Some(Saboteur::SyncsLate);
        simulation.live(&life().cut(cut)).await;
        simulation.saboteur = None;
        simulation.disk = std::mem::take(&mut simulation.disk).with_head(honest.head());
        let refused = simulation.live(&life()).await.0 == End::NotBegun(Obstacle::OldLedger);
        assert!(!simulation.breaches().iter().any(|breach| matches!(breach, Breach::Twice(_))), "died at {cut:?}");
        (end, refused)
    };
    let refused = every_cut(Left::Nothing, campaign).filter(|refused| *refused).count();
    assert!(refused > 10, "{refused} refused");
}

#[test]
fn a_decision_that_a_death_tears_was_not_made() {
    let mut draw = Draw::new(4);
    for decision in [Decision::Hold, Decision::GiveUp, Decision::Resend] {
        for left in Left::torn(&mut draw).into_iter().chain([Left::Nothing, Left::All]) {
            for at in 1..4 {
                let mut simulation = Simulation::new(trouble());
                runtime().block_on(async {
                    simulation.live(&life()).await;
                    simulation.wall += 3_600_000;
                    simulation.decide(decision, |_| true, Some(Cut { at, left }));
                    simulation.finish(&life().people).await;
                });
                assert_eq!(simulation.breaches(), [], "{decision:?}, died at {at}: {left:?}");
            }
        }
    }
}
