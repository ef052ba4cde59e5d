//! Files are their owner's alone, whatever the umask.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::process::{Ran, Running, clean};
use crate::harness::project::{GREETING, Project, TIDINGS};
use crate::harness::server::Server;

/// Starts the program in a shell that would let everybody read and write all that it makes.
fn start(project: &Project, arguments: &[&str]) -> Running {
    let mut command = clean("sh");
    command.args(["-c", "umask 0; exec \"$0\" \"$@\"", TIDINGS]).args(arguments);
    command.current_dir(project.home()).env("WHATSAPP_ACCESS_TOKEN", "invented-token");
    Running::start(&mut command, project.share())
}

fn tidings(project: &Project, arguments: &[&str]) -> Ran {
    start(project, arguments).end()
}

/// What was made since, each with a mode that shuts others out; how many there are.
#[track_caller]
fn private(project: &Project, before: &BTreeSet<String>) -> BTreeSet<String> {
    let made: BTreeSet<String> = project.tree().into_iter().filter(|path| !before.contains(path)).collect();
    for path in &made {
        // Side files of SQLite come and go.
        let Ok(about) = fs::metadata(project.path(path)) else { continue };
        let mode = about.permissions().mode() & 0o777;
        assert_eq!(mode, if about.is_dir() { 0o700 } else { 0o600 }, "{path}: {mode:o}");
    }
    made
}

#[test]
fn a_whole_session_makes_nothing_that_others_can_read() {
    let project = Project::empty().campaign(GREETING);
    let project = project.recipients("phone,first_name\n+12025550101,Wilhelmina\n+12025550102,Bo\n");
    let before = project.tree().into_iter().collect();
    let server = Server::start(&["--latency", "300ms"]);
    let ledger = ["--ledger", ".tidings/ledger.sqlite"];
    let api = ["--api-url", &server.url, "--ledger", ".tidings/ledger.sqlite"];
    let with = |words: &[&'static str], more: &[&str]| -> Ran {
        tidings(&project, &words.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>())
    };
    with(&["stop", "--all"], &ledger).code(0);
    with(&["resume", "campaign.yaml", "--acknowledge", "stop-all"], &ledger).code(0);
    with(&["preview", "campaign.yaml", "--out", "spring.plan", "--html", "spring.html"], &[]).code(0);
    with(&["seed", "campaign.yaml", "--to", "+12025550190"], &api).code(0);
    let run: Vec<&str> = ["run", "campaign.yaml", "--yes"].into_iter().chain(api).collect();
    let seeds = server.book().requests;
    let running = start(&project, &run);
    server.until_requests(seeds + 1);
    let under_way = private(&project, &before);
    for file in [".tidings/ledger.sqlite-wal", ".tidings/ledger.sqlite-shm", ".tidings/ledger.sqlite.ballast"] {
        assert!(under_way.contains(file), "{file} is not in {under_way:?}");
    }
    running.end().code(0);
    with(&["run", "campaign.yaml", "--sandbox"], &[]).code(0);
    with(&["resolve", "campaign.yaml"], &[]).code(0);
    with(&["forget", "+12025550101", "--yes"], &[]).code(0);
    with(&["purge", "--older-than", "90d", "--yes"], &[]).code(0);
    with(&["stop", "campaign.yaml"], &[]).code(0);
    let made = private(&project, &before);
    let ends = |ending: &str| made.iter().filter(|path| path.ends_with(ending)).count();
    assert_eq!((ends("report.csv"), ends("report.jsonl"), ends("summary.json")), (2, 2, 2), "{made:?}");
    assert_eq!((ends(".plan"), ends(".html"), ends("ledger.sqlite"), ends(".stop")), (1, 1, 1, 1), "{made:?}");
}
