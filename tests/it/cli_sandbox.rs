//! `tidings sandbox`, and a campaign of ten thousand people in which one request in twenty goes wrong.

use rustix::process::Signal;

use crate::harness::people;
use crate::harness::project::Project;
use crate::harness::server::Server;

/// Every kind of trouble, about 5 % in all. Throttles are few: each makes everybody wait.
const TROUBLE: [&str; 14] = [
    "131026=1.5%",
    "held=0.5%",
    "500=0.5%",
    "500-accepted=0.5%",
    "reset=0.4%",
    "reset-accepted=0.4%",
    "garbage=0.3%",
    "garbage-accepted=0.3%",
    "close-early=0.3%",
    "131047=0.2%",
    "131056=0.05%",
    "132000=0.05%",
    "130429=0.01%",
    "429=0.01%",
];

fn trouble(seed: &'static str) -> Vec<&'static str> {
    ["--seed", seed].into_iter().chain(TROUBLE.iter().flat_map(|fault| ["--fault", fault])).collect()
}

#[test]
fn ten_thousand_people_and_every_kind_of_trouble_end_with_a_true_report() {
    let project = Project::new().with_token().recipients(people::csv(0..10_000));
    let server = Server::start(&trouble("9"));
    let ran = project.send(&server);
    ran.code(4);

    let report = ran.report();
    let (states, book) = (report.states(), server.book());
    book.bears_out(&report);
    assert_eq!(states.values().sum::<usize>(), 10_000);
    assert_eq!(states.keys().copied().collect::<Vec<_>>(), ["accepted", "in_doubt", "refused"]);
    assert!((100..250).contains(&states["refused"]) && (200..350).contains(&states["in_doubt"]), "{states:?}");
    let counts = ran.summary()["counts"].clone();
    for (state, count) in &states {
        assert_eq!(counts[state], *count);
    }
    assert_eq!(ran.jsonl().len(), 10_000);
    assert!(report.rows.iter().any(|row| row.attempts > 1 && row.state == "accepted"));
    assert!(report.rows.iter().any(|row| row.reason == "held_for_quality_assessment"));

    let requests = book.requests;
    project.send(&server).code(4).stdout_has("nothing to send");
    assert_eq!(server.book().requests, requests);
}

#[test]
fn the_same_seed_repeats_a_rehearsal_and_another_does_not() {
    let rehearse = |seed: &str| {
        let mut arguments = vec!["run", "campaign.yaml", "--sandbox", "--seed", seed];
        arguments.extend(["--fault", "131026=10%", "--fault", "reset=2%", "--fault", "garbage-accepted=2%"]);
        let project = Project::new().recipients(people::csv(0..400));
        let report = project.tidings(arguments).code(4).report();
        report.rows.into_iter().map(|row| (row.recipient, row.state, row.code)).collect::<Vec<_>>()
    };
    let first = rehearse("3");
    assert_eq!(rehearse("3"), first);
    assert_ne!(rehearse("4"), first);
}

#[test]
fn a_rate_limit_of_the_sandbox_slows_the_run_and_loses_nobody() {
    let project = Project::new().recipients(people::csv(0..60));
    let ran = project.run(["--sandbox", "--rate-limit", "40", "--latency", "5ms..15ms"]);
    ran.code(0).stdout_has("60 accepted").stderr_has("WhatsApp asks to slow down (code 130429)");
}

#[test]
fn the_server_tells_its_address_and_ends_when_asked() {
    let server = Server::start(&[]);
    assert!(server.url.starts_with("http://127.0.0.1:"), "{}", server.url);
    server.running.says("GET /_sandbox/messages").signal(Signal::TERM).end().code(0);
}

#[test]
fn faults_that_cannot_be_are_refused_with_the_choice() {
    let project = Project::new();
    for (fault, words) in [
        ("reset", "write KIND=PERCENT"),
        ("explode=1%", "there is no fault `explode`: use one of 429, 500, 500-accepted"),
        ("reset=101%", "write a percentage from 0 to 100"),
    ] {
        project.tidings(["sandbox", "--port", "0", "--fault", fault]).code(2).stderr_has(words);
    }
    let too_much = ["sandbox", "--port", "0", "--fault", "reset=60%", "--fault", "garbage=60%"];
    project.tidings(too_much).code(2).stderr_has("the faults add up to 120%");
}
