//! An erasure that dies, or whose disk fails, at any call: the same command finishes it.

use std::fs;
use std::process::Command;

use tidings::sandbox::embedded::Embedded;
use tidings::sandbox::faults::Script;

use super::fault::{Error, Failed, Fault, Lasts};
use crate::harness::project::{GREETING, Project};

const FORGET: [&str; 6] = ["forget", "+12025550101", ".", "--yes", "--ledger", "ledger.sqlite"];

/// So many of the calls are tried, evenly from all of them.
const TRIED: usize = 10;

/// A campaign that was sent, and a rehearsal of it.
fn sent() -> (Project, Embedded) {
    let project = Project::empty().with_token().campaign(GREETING);
    let project = project.recipients("phone,first_name\n+12025550101,Wilhelmina\n+12025550102,Bo\n+12025550103,Cy\n");
    let sandbox = Embedded::start(Script::default()).expect("a sandbox");
    run(&project, &sandbox).code(0);
    project.run(["--sandbox"]).code(0);
    (project, sandbox)
}

fn run(project: &Project, sandbox: &Embedded) -> crate::harness::process::Ran {
    project.run(["--yes", "--ledger", "ledger.sqlite", "--api-url", &sandbox.base_url()])
}

fn copy(project: &Project) -> Project {
    let copy = Project::empty().with_token();
    let mut from = project.home().as_os_str().to_owned();
    from.push("/.");
    assert!(Command::new("cp").arg("-a").arg(from).arg(copy.home()).status().expect("cp").success());
    copy
}

/// What belongs to tidings and holds the person's number or name.
fn files_with_traces(project: &Project) -> Vec<String> {
    let kept = |file: &String| file.starts_with("ledger.sqlite") || file.starts_with("reports/");
    let has_trace = |file: &String| {
        let bytes = fs::read(project.path(file)).unwrap_or_default();
        [&b"2025550101"[..], b"1202****0101", b"Wilhelmina"]
            .iter()
            .any(|trace| bytes.windows(trace.len()).any(|window| window == *trace))
    };
    project.tree().into_iter().filter(kept).filter(has_trace).collect()
}

/// Forgets on a disk of which the `at`-th call fails, and once more when it is well again.
fn is_finished_by_another_try(sent: &Project, sandbox: &Embedded, fault: Fault, kills: bool, at: u64) {
    let project = copy(sent);
    let mut command = project.command(FORGET);
    if kills {
        command.env("DISK_KILL", "yes");
    }
    let Failed { ran, .. } = fault.meets_command(&project, command, at);
    let place = format!("{fault:?} at {at}, {}", ran.stderr);
    match ran.status.code() {
        // The last calls come when everything is erased.
        Some(0) => assert_eq!(files_with_traces(&project), [""; 0], "{place}"),
        Some(74) => assert!(!kills && ran.stderr.contains("run this again"), "{place}"),
        None => assert!(kills, "{place}"),
        other => panic!("ended with {other:?}: {place}"),
    }
    let again = project.tidings(FORGET);
    assert_eq!(again.status.code(), Some(0), "{place}\nthen {}", again.stderr);
    assert_eq!(files_with_traces(&project), [""; 0], "{place}");
    let requests = sandbox.book().requests;
    let ran = run(&project, sandbox);
    assert!(ran.code(0).stdout.contains("3 accepted"), "{place}: {}", ran.stdout);
    assert_eq!(sandbox.book().requests, requests, "somebody was messaged again: {place}");
}

fn every_call(fault: Fault, kills: bool) {
    let (project, sandbox) = sent();
    assert!(files_with_traces(&project).len() >= 5, "{:?}", files_with_traces(&project));
    let count = copy(&project);
    let mut command = count.command(FORGET);
    if kills {
        command.env("DISK_KILL", "yes");
    }
    let Failed { ran, calls, .. } = fault.meets_command(&count, command, 0);
    ran.code(0);
    let tried: Vec<u64> = (1..=calls).step_by((calls as usize).div_ceil(TRIED)).chain([calls]).collect();
    assert!(tried.len() > 2, "{calls} calls");
    tried.into_iter().for_each(|at| is_finished_by_another_try(&project, &sandbox, fault, kills, at));
}

#[test]
fn a_death_at_any_write_or_sync_is_finished_by_the_same_command() {
    every_call(Fault::new("write, sync, truncate", Error::Io, Lasts::Once), true);
}

#[test]
fn a_disk_that_fails_at_any_call_is_told_and_finished_by_the_same_command() {
    every_call(Fault::new("write, sync, truncate", Error::Io, Lasts::Ever), false);
    every_call(Fault::new("write", Error::NoSpace, Lasts::Ever), false);
}
