//! A token that ends in the middle of a run: its source is read once more, and sending goes on or stops.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Once;

use rustix::process::Signal;

use crate::harness::keeper::{Answer, EXPIRED, Gathering, Keeper};
use crate::harness::people;
use crate::harness::process::{Ran, until};
use crate::harness::project::Project;

/// Gives `token-1` the first time, `token-2` the second, and so on; `calls` has a line for each.
const NEW_EACH_TIME: &str = "echo asked >> calls; echo token-$(wc -l < calls | tr -d ' ')";

const ALWAYS_THE_SAME: &str = "echo asked >> calls; echo token-1";

fn project(source: &str, people: usize) -> Project {
    let project = Project::new().sender(&format!("token: {source}"));
    project.recipients(people::csv(0..people))
}

/// A project whose token is what a script prints.
fn asking(script: &str, people: usize) -> Project {
    let project = project("{ command: [sh, token.sh] }", people);
    project.file("token.sh", script)
}

fn to(keeper: &Keeper) -> [&str; 5] {
    ["--yes", "--ledger", "ledger.sqlite", "--api-url", &keeper.url]
}

/// How often the source was read.
fn calls(project: &Project) -> usize {
    fs::read_to_string(project.path("calls")).map_or(0, |calls| calls.lines().count())
}

fn told(ran: &Ran) -> String {
    ran.stderr.lines().filter(|line| line.contains("token")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_that_was_exchanged_is_read_and_sending_goes_on() {
    let project = project("file:token.txt", 200).secret("token.txt", "the-old-one\n");
    let file = project.path("token.txt");
    let exchange = Once::new();
    let keeper = Keeper::new(move |asked, book| match (asked.token.as_str(), book.accepted()) {
        ("the-old-one", ..50) => Answer::Yes,
        ("the-old-one", _) => {
            exchange.call_once(|| {
                let new = file.with_extension("new");
                fs::write(&new, "the-new-one\n").expect("a file");
                fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).expect("a mode");
                fs::rename(&new, &file).expect("an exchange");
            });
            EXPIRED
        }
        _ => Answer::Yes,
    });
    let ran = project.run(to(&keeper));
    ran.code(0).stdout_has("200 rows: 200 accepted").stderr_has("the source gave another token");
    let (with_old, taken) = keeper.book.of("the-old-one");
    assert!((50..200).contains(&taken) && with_old > taken, "{taken} of {with_old}");
    assert_eq!((keeper.book.accepted(), keeper.book.twice()), (200, 0));
    assert!(!ran.stderr.contains("the-old-one") && !ran.stderr.contains("the-new-one"), "{}", ran.stderr);
    // Whoever was refused for the token was asked twice, and the report tells it.
    let report = ran.report();
    let twice = report.rows.iter().filter(|row| row.attempts == 2).count();
    assert!(twice >= with_old - taken, "{twice} of {}", with_old - taken);
}

#[test]
fn a_source_is_read_once_for_all_requests_under_way() {
    let all_here = Gathering::of(30);
    let keeper = Keeper::new(move |asked, _| match asked.token.as_str() {
        "token-1" => {
            all_here.wait();
            EXPIRED
        }
        _ => Answer::Yes,
    });
    let project = asking(NEW_EACH_TIME, 100);
    project.run(to(&keeper)).code(0).stdout_has("100 rows: 100 accepted");
    assert!(keeper.book.of("token-1").0 >= 30, "{:?}", keeper.book.of("token-1"));
    assert_eq!((calls(&project), keeper.book.of("token-2"), keeper.book.twice()), (2, (100, 100), 0));
}

#[test]
fn the_same_token_again_stops_the_run_and_the_remedy_is_named() {
    let keeper = Keeper::new(|_, _| EXPIRED);
    let project = asking(ALWAYS_THE_SAME, 100);
    let ran = project.run(to(&keeper));
    ran.code(77).stdout_has("0 accepted, 100 waiting");
    insta::assert_snapshot!(told(&ran), @r"
    WhatsApp refuses the token (code 190: Error validating access token: Session has expired): its source is read once more, and everybody waits
    WhatsApp does not accept the token (code 190: Error validating access token: Session has expired; its source still gives the same); 100 messages still to be sent. Temporary tokens end within 24 hours. Make a lasting one: business.facebook.com > Settings > Users > System users > Generate token, with the permissions whatsapp_business_messaging and whatsapp_business_management, for a system user to whom the app and the WhatsApp account are assigned.
    ");
    assert_eq!(calls(&project), 2);
    let asked = keeper.book.entries().len();
    // What lasts stays stopped: no request, and no reading either.
    project.run(to(&keeper)).code(77).stderr_has("--acknowledge 1");
    assert_eq!((calls(&project), keeper.book.entries().len()), (2, asked));
}

#[test]
fn a_source_that_fails_then_stops_the_run_and_says_how() {
    let keeper = Keeper::new(|_, _| EXPIRED);
    let fails = asking("test ! -e calls || exit 3; echo asked >> calls; echo token-1", 20).run(to(&keeper));
    fails.code(77).stderr_has("its source cannot be read again: the token command `sh` failed: exit status: 3");
    let two_lines = asking("echo asked >> calls; yes token-1 | head -n $(wc -l < calls)", 20).run(to(&keeper));
    two_lines.code(77).stderr_has("its source cannot be read again").stderr_has("does not hold a token");
    let gone = project("file:token.txt", 20).secret("token.txt", "token-1");
    let file = gone.path("token.txt");
    let keeper = Keeper::new(move |_, _| {
        // The second one finds nothing to remove.
        let _ = fs::remove_file(&file);
        EXPIRED
    });
    gone.run(to(&keeper)).code(77).stderr_has("cannot be read again").stderr_has("token.txt cannot be read");
}

#[test]
fn a_refusal_of_the_old_token_that_comes_late_neither_stops_the_run_nor_reads_again() {
    let both_here = Gathering::of(2);
    let keeper = Keeper::new(move |asked, book| {
        if asked.token != "token-1" {
            return Answer::Yes;
        }
        both_here.wait();
        if asked.to == people::number(1) {
            until("the new token in use", || (book.of("token-2").1 > 0).then_some(()));
        }
        EXPIRED
    });
    let project = asking(NEW_EACH_TIME, 40);
    project.run(to(&keeper)).code(0).stdout_has("40 rows: 40 accepted");
    let late = keeper.book.entries().iter().rposition(|(asked, _)| asked.token == "token-1");
    let new = keeper.book.entries().iter().position(|(asked, _)| asked.token == "token-2");
    assert!(late > new, "{late:?} {new:?}");
    assert_eq!((calls(&project), keeper.book.twice()), (2, 0));
}

#[test]
fn tokens_that_are_never_good_end_the_run_after_three_of_them() {
    let keeper = Keeper::new(|_, _| EXPIRED);
    let project = asking(NEW_EACH_TIME, 200);
    project.run(to(&keeper)).code(77).stdout_has("0 accepted, 200 waiting");
    assert_eq!(calls(&project), 1 + 3);
}

#[test]
fn a_run_lives_on_as_many_good_tokens_as_it_takes() {
    let keeper = Keeper::new(|asked, book| match book.of(&asked.token).1 {
        0..5 => Answer::Yes,
        _ => EXPIRED,
    });
    let project = asking(NEW_EACH_TIME, 50).campaign_with("rate: 1000/s", "rate: 100/s");
    project.run(to(&keeper)).code(0).stdout_has("50 rows: 50 accepted");
    assert!(calls(&project) > 5, "{}", calls(&project));
    assert_eq!(keeper.book.twice(), 0);
}

#[test]
fn every_way_to_refuse_a_token_reads_its_source() {
    for (status, code) in [(401, 190), (401, 0), (400, 102), (403, 10), (500, 3), (403, 200), (403, 299), (401, 777)] {
        let keeper = Keeper::new(move |asked, _| match asked.token.as_str() {
            "token-1" => Answer::No(status, code, "no"),
            _ => Answer::Yes,
        });
        let project = asking(NEW_EACH_TIME, 20);
        project.run(to(&keeper)).code(0).stdout_has("20 rows: 20 accepted");
        assert_eq!((calls(&project), keeper.book.twice()), (2, 0), "code {code}");
    }
}

#[test]
fn a_wish_to_stop_is_heard_while_the_source_is_read() {
    let keeper = Keeper::new(|_, _| EXPIRED);
    let project = asking("echo asked >> calls; test $(wc -l < calls) -lt 2 || exec sleep 60; echo token-1", 20);
    let running = project.start(["run", "campaign.yaml"].into_iter().chain(to(&keeper)));
    until("the second reading", || (calls(&project) == 2).then_some(()));
    let ran = running.signal(Signal::TERM).says("stopping").signal(Signal::TERM).end();
    ran.code(77).stdout_has("0 accepted, 20 waiting");
}
