//! How a run is stopped, from politely to brutally: the ledger stays true, and the next run goes on.

use rustix::process::Signal;

use crate::harness::people;
use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::reports;
use crate::harness::server::Server;

const PEOPLE: u64 = 1_500;

fn crowd() -> Project {
    Project::new().with_token().recipients(people::csv(0..PEOPLE as usize))
}

/// The counts of a summary, which add up.
fn counts(ran: &Ran) -> [u64; 4] {
    let counts = &ran.summary()["counts"];
    let count = |name: &str| counts[name].as_u64().expect("a count");
    let [accepted, refused, in_doubt, waiting] = ["accepted", "refused", "in_doubt", "waiting"].map(count);
    assert_eq!((count("rows"), accepted + refused + in_doubt + waiting), (PEOPLE, PEOPLE));
    [accepted, refused, in_doubt, waiting]
}

#[test]
fn a_run_that_is_killed_leaves_doubts_and_the_next_one_messages_nobody_twice() {
    let (project, server) = (crowd(), Server::start(&["--latency", "20ms..200ms"]));
    let first = project.start_sending(&server);
    server.until_requests(400);
    first.signal(Signal::KILL).end().killed_by(Signal::KILL);

    let ran = project.send(&server);
    ran.code(4).stderr_has("an earlier run died").stderr_has("not sent again");
    let [accepted, refused, in_doubt, waiting] = counts(&ran);
    assert_eq!((refused, waiting), (0, 0));
    assert!(in_doubt > 0 && accepted > 1_000, "{accepted} accepted, {in_doubt} in doubt");
    let book = server.book();
    book.bears_out(&ran.report());
    assert!(book.requests <= PEOPLE, "{} requests", book.requests);
}

#[test]
fn the_live_report_of_a_run_that_is_killed_holds_whole_lines() {
    let (project, server) = (crowd(), Server::start(&["--latency", "10ms"]));
    let run = project.start_sending(&server);
    // Lines are flushed twice a second: half of the people take longer than that.
    server.until_requests(PEOPLE / 2 + 100);
    run.signal(Signal::KILL).end().killed_by(Signal::KILL);
    let directory = reports::newest(project.home()).expect("a report");
    let lines = reports::jsonl(&directory);
    assert!(lines.len() > 50, "{} lines", lines.len());
    assert!(lines.iter().all(|line| line["state"] == "accepted"));
}

#[test]
fn a_polite_signal_lets_requests_end_and_the_next_run_goes_on() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (project, server) = (crowd(), Server::start(&["--latency", "100ms"]));
        let run = project.start_sending(&server);
        server.until_requests(200);
        let ran = run.signal(signal).end();
        ran.code(5).stderr_has("stopping:").stdout_has("waiting");
        let [accepted, refused, in_doubt, _] = counts(&ran);
        assert_eq!((refused, in_doubt, accepted), (0, 0, server.book().accepted));
        if signal == Signal::INT {
            project.send(&server).code(0).stdout_has("1500 rows: 1500 accepted\n");
            assert_eq!((server.book().requests, server.book().recipients_twice), (PEOPLE, 0));
        }
    }
}

#[test]
fn a_second_signal_leaves_at_once_and_names_the_doubts() {
    let project = Project::new().with_token();
    let server = Server::with_faults(&["stall-accepted=100%"]);
    let run = project.start_sending(&server);
    server.until_requests(3);
    let ran = run.signal(Signal::INT).says("3 requests under way").signal(Signal::INT).end();
    ran.code(4).stdout_has("3 rows: 0 accepted, 3 in doubt");
    insta::assert_snapshot!(ran.report().rows[0].reason, @"the run stopped before an answer came");
    project.send(&server).code(4).stdout_has("nothing to send");
    assert_eq!(server.book().requests, 3);
}

#[test]
fn two_runs_at_once_are_one_run_and_a_refusal() {
    let project = Project::new().with_token();
    let server = Server::with_faults(&["stall=100%"]);
    let first = project.start_sending(&server);
    server.until_requests(3);
    let second = project.send(&server);
    second.code(75);
    let _redacted = second.redact();
    insta::assert_snapshot!(second.stderr, @"error: another run holds this ledger (process [pid] on [host] since [time]); nothing was sent by this start");
    first.signal(Signal::KILL).end();
    // The hold ends with the process, however it ends.
    project.send(&server).code(4).stdout_has("3 in doubt");
    assert_eq!(server.book().requests, 3);
}

#[test]
fn a_campaign_with_problems_stops_as_well_as_one_without() {
    let project = Project::new().campaign_with("[en_US]", "[en-US]");
    project.tidings(["stop", "campaign.yaml"]).code(0).stdout_has("spring is stopped");
    let project = project.campaign("templates: nonsense\n");
    project.tidings(["stop", "campaign.yaml"]).code(2).stderr_has("NOT stopped").stderr_has("`tidings stop --all`");
}

#[test]
fn a_stop_through_a_link_whose_ledger_is_yet_to_come_reaches_it() {
    let project = Project::new().with_token();
    std::fs::create_dir(project.path("there")).expect("a directory");
    std::os::unix::fs::symlink("there/ledger.sqlite", project.path("ledger.sqlite")).expect("a link");
    project.tidings(["stop", "--all", "--ledger", "ledger.sqlite"]).code(0);
    let server = Server::start(&[]);
    project.send(&server).code(6).stderr_has("the kill switch is on");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn what_is_printed_to_be_pasted_names_the_ledger() {
    let project = Project::new().with_token();
    let ran = project.send(&Server::with_faults(&["132001=100"]));
    ran.code(6);
    let line = ran.stderr.lines().find_map(|line| line.strip_prefix("nothing is sent until then: tidings "));
    let words: Vec<_> = line.expect("a command").split(' ').collect();
    project.tidings(words).code(0).stdout_has("breaker 1 is acknowledged");
}
