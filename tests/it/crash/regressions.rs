//! Failures that other senders have had in public, by name, and those that these tests found here.

use rustix::process::Signal;

use crate::harness::people;
use crate::harness::process::{Ran, Running, until};
use crate::harness::project::Project;
use crate::harness::reports;
use crate::harness::server::Server;

const PEOPLE: usize = 200;

fn crowd() -> Project {
    Project::new().with_token().recipients(people::csv(0..PEOPLE))
}

/// Sends until nothing comes back any more, and dies there. How many requests had left.
fn die_waiting(project: &Project) -> u64 {
    let silent = Server::with_faults(&["stall=100%"]);
    let run = project.start_sending(&silent);
    silent.until_requests(8);
    run.signal(Signal::KILL).end().killed_by(Signal::KILL);
    silent.requests()
}

/// listmonk #3022: whoever was fetched and not yet sent to when the program ended was passed over for ever.
#[test]
fn a_resume_passes_over_nobody() {
    let project = crowd();
    let asked = die_waiting(&project);
    let server = Server::start(&[]);
    let ran = project.send(&server);
    let report = ran.code(4).report();
    let states = report.states();
    assert_eq!(states.keys().copied().collect::<Vec<_>>(), ["accepted", "in_doubt"]);
    // Those that were fetched are named; all others have their message.
    assert_eq!(states["accepted"] as u64, server.book().accepted);
    assert_eq!(states["accepted"] + states["in_doubt"], PEOPLE);
    assert!(states["in_doubt"] as u64 >= asked, "{asked} asked, {states:?}");
    assert!(report.of("in_doubt").iter().all(|row| row.reason == "the program ended before an answer came"));
}

/// listmonk #2313: a third got nothing, two thirds got three messages or more.
#[test]
fn a_resume_repeats_nobody() {
    let (project, server) = (crowd().campaign_with("1000/s", "100/s"), Server::start(&["--latency", "20ms"]));
    for _ in 0..4 {
        let before = server.requests();
        let run = project.start_sending(&server);
        server.until_requests(before + 20);
        run.signal(Signal::KILL).end().killed_by(Signal::KILL);
    }
    let ran = project.send(&server);
    let book = server.book();
    book.bears_out(&ran.report());
    assert!(book.requests <= PEOPLE as u64, "{} requests", book.requests);
    assert_eq!(ran.report().states().values().sum::<usize>(), PEOPLE);
}

/// How many ended with this code.
fn ended(all: &[Ran], code: i32) -> usize {
    all.iter().filter(|ran| ran.status.code() == Some(code)).count()
}

const STARTS: usize = 100;

/// chatwoot #12821: a job that started again before it had ended sent everything two or three times.
#[test]
fn of_a_hundred_starts_at_once_one_runs() {
    let (project, server) = (Project::new().with_token(), Server::with_faults(&["stall=100%"]));
    let mut running: Vec<Running> = (0..STARTS).map(|_| project.start_sending(&server)).collect();
    server.until_requests(3);
    // All but one end while that one still waits for its answers.
    let mut refused = Vec::new();
    until("the end of all but one", || {
        for mut run in std::mem::take(&mut running) {
            match run.has_ended() {
                true => refused.push(run.end()),
                false => running.push(run),
            }
        }
        (running.len() == 1).then_some(())
    });
    running.pop().expect("the one that runs").signal(Signal::KILL).end().killed_by(Signal::KILL);
    assert_eq!((ended(&refused, 75), refused.len()), (STARTS - 1, STARTS - 1));
    assert!(refused.iter().all(|ran| ran.stderr.contains("nothing was sent by this start")));
    assert_eq!(server.requests(), 3);
}

/// The same where the first may have ended already: late starts find nothing to do.
#[test]
fn of_starts_one_after_another_the_late_ones_find_nothing_to_send() {
    let (project, server) = (Project::new().with_token(), Server::start(&["--latency", "20ms"]));
    let running: Vec<Running> = (0..20).map(|_| project.start_sending(&server)).collect();
    let all: Vec<Ran> = running.into_iter().map(Running::end).collect();
    assert_eq!(ended(&all, 0) + ended(&all, 75), all.len());
    assert_eq!(all.iter().filter(|ran| ran.stdout.contains("3 rows: 3 accepted")).count(), 1);
    let book = server.book();
    assert_eq!((book.requests, book.accepted, book.recipients_twice), (3, 3, 0));
}

/// Found by killing at random: ended after its last message and before its report, a run left none, and no later start
/// wrote it.
#[test]
fn a_report_that_a_death_prevented_is_written_by_the_next_start() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.send(&server).code(0);
    let directory = reports::newest(project.home()).expect("a report");
    std::fs::remove_dir_all(&directory).expect("a report to lose");
    let db = rusqlite::Connection::open(project.path("ledger.sqlite")).expect("a ledger");
    db.execute("UPDATE runs SET ended_at = NULL, exit_code = NULL", []).expect("runs");
    drop(db);
    let ran = project.send(&server);
    assert_eq!(ran.code(0).report().states(), [("accepted", 3)].into());
    // And only once.
    project.send(&server).code(0).stdout_has("nothing to send");
    assert_eq!((reports::all(project.home()).len(), server.requests()), (1, 3));
}
