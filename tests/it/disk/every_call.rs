//! Whichever call on the ledger's files fails first, and however it does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tidings::sandbox::embedded::Embedded;
use tidings::sandbox::faults::Script;

use super::fault::{Error, Failed, Fault, Lasts};
use crate::harness::people;
use crate::harness::process::Ran;
use crate::harness::project::Project;

const PEOPLE: usize = 12;

/// Of so many calls one is tried, each time another; all of them where this variable is set.
const EVERY_CALL: &str = "TIDINGS_EVERY_CALL";

const WRITES: usize = 16;
const SYNCS: usize = 4;

/// What a run says when it has fallen back on the room that was kept.
const FULL: &str = "the disk of the ledger is full";

/// A small campaign that takes several commits.
fn campaign() -> (Project, Embedded) {
    let project = Project::new().with_token().campaign_with("1000/s", "200/s").recipients(people::csv(0..PEOPLE));
    let script = Script { latency: "3ms".parse().expect("a latency"), ..Script::default() };
    (project, Embedded::start(script).expect("a sandbox"))
}

/// Who got a message so far, and how many.
fn got(sandbox: &Embedded) -> BTreeMap<String, usize> {
    let messages = sandbox.messages(0, usize::MAX);
    messages.into_iter().fold(BTreeMap::new(), |mut got, message| {
        *got.entry(message.recipient).or_default() += 1;
        got
    })
}

/// Whom a run that failed named as accepted, in lines of JSON.
fn told(ran: &Ran) -> BTreeSet<String> {
    let lines = ran.stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["state"] == "accepted")
        .map(|line| line["recipient"].as_str().expect("a recipient").to_owned())
        .collect()
}

/// Runs on a disk of which the `at`-th call fails, and once more when it is well again. False when there was no such call.
fn is_survived(fault: Fault, at: u64) -> bool {
    let (project, sandbox) = campaign();
    let Failed { ran, failures, .. } = fault.meets(&project, &sandbox.base_url(), at);
    let place = format!("{fault:?} at {at}, {}", ran.stderr);
    let accepted = got(&sandbox);
    match ran.status.code() {
        Some(74) => assert!(failures > 0, "{place}"),
        // The last calls come when everything is written down.
        Some(0) => assert_eq!(accepted.len(), PEOPLE, "{place}"),
        other => panic!("ended with {other:?}: {place}"),
    }
    assert!(!project.path("ledger.sqlite.ballast").exists(), "{place}");
    let may_run_full = fault.calls == "write" && fault.error == Error::NoSpace;
    assert!(may_run_full || !ran.stderr.contains(FULL), "what failed was tried again: {place}");
    let told = told(&ran);
    let again = project.tidings([
        "run",
        "campaign.yaml",
        "--yes",
        "--ledger",
        "ledger.sqlite",
        "--api-url",
        &sandbox.base_url(),
    ]);
    assert!(matches!(again.status.code(), Some(0 | 4)), "{place}\nthen {}", again.stderr);
    let rows = again.report().rows;
    assert_eq!(rows.len(), PEOPLE, "{place}");
    let book = got(&sandbox);
    assert_eq!(sandbox.book().requests as usize, book.len(), "{place}");
    for row in &rows {
        let phone = row.recipient.trim_start_matches('\'');
        let before = accepted.contains_key(phone);
        match row.state.as_str() {
            "accepted" => assert_eq!(book.get(phone), Some(&1), "{phone}: {place}"),
            // What was accepted before the disk failed is known, there or here.
            "in_doubt" if may_run_full && fault.lasts != Lasts::Ever => panic!("{phone} is in doubt: {place}"),
            "in_doubt" => assert!(!before || told.contains(phone), "{phone} is forgotten: {place}"),
            other => panic!("{phone} is {other}: {place}"),
        }
    }
    assert!(told.iter().all(|phone| accepted.contains_key(phone)), "{place}");
    failures > 0
}

/// Every `step`-th call from the `first` on, up to the end of a run.
fn every_call(first: usize, step: usize, fault: Fault) {
    let (project, sandbox) = campaign();
    let Failed { ran, calls, failures } = fault.meets(&project, &sandbox.base_url(), 0);
    ran.code(0);
    assert_eq!(failures, 0);
    let step = if std::env::var_os(EVERY_CALL).is_some() { 1 } else { step };
    let tried = (1..=calls).skip(if step == 1 { 0 } else { first }).step_by(step);
    let failed = tried.filter(|at| is_survived(fault, *at)).count();
    assert!(failed > 0, "{fault:?}: nothing failed");
}

#[test]
fn writes_that_fail() {
    every_call(0, WRITES, Fault::new("write", Error::Io, Lasts::Once));
    every_call(2, WRITES, Fault::new("write", Error::Io, Lasts::Ever));
    every_call(4, WRITES, Fault::new("write", Error::ReadOnly, Lasts::Ever));
}

#[test]
fn writes_that_find_no_room() {
    every_call(6, WRITES, Fault::new("write", Error::NoSpace, Lasts::Once));
    every_call(8, WRITES, Fault::new("write", Error::NoSpace, Lasts::Ever));
    every_call(10, WRITES, Fault::new("write", Error::NoSpace, Lasts::WithBallast));
}

#[test]
fn writes_that_are_cut_short() {
    every_call(12, WRITES, Fault { short: true, ..Fault::new("write", Error::Io, Lasts::Ever) });
    every_call(14, WRITES, Fault { short: true, ..Fault::new("write", Error::NoSpace, Lasts::WithBallast) });
}

#[test]
fn syncs_and_truncations_that_fail() {
    every_call(0, SYNCS, Fault::new("sync", Error::Io, Lasts::Once));
    every_call(1, SYNCS, Fault::new("sync", Error::Io, Lasts::Ever));
    every_call(2, SYNCS, Fault::new("sync", Error::NoSpace, Lasts::Ever));
    every_call(0, 1, Fault::new("truncate", Error::Io, Lasts::Ever));
}

/// SQLite moves its log into the database now and then, and would not tell that it failed.
#[test]
fn a_log_that_cannot_be_moved_into_the_database_ends_the_run() {
    const MANY: usize = 1_500;
    let long = "Thank you for being with us. ".repeat(30);
    let body = format!("[en_US]\n    body: [\"{long}\", \"{long}\", \"{long}\"]");
    let project = Project::new().with_token().campaign_with("[en_US]", &body).recipients(people::csv(0..MANY));
    let sandbox = Embedded::start(Script::default()).expect("a sandbox");
    let fault = Fault { only_database: true, ..Fault::new("sync", Error::Io, Lasts::Ever) };
    // What comes before the first message sends nothing.
    let Failed { ran, failures, .. } = fault.meets(&project, &sandbox.base_url(), 2);
    ran.code(74).stderr_has("nothing more was sent");
    assert!(failures > 0);
    assert_eq!(sandbox.book().requests, 0);
}
