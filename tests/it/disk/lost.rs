//! A ledger that is not there any more, cannot be written, or is not what it was.

use std::fs;

use crate::harness::mount::{READ_ONLY, on_a_disk};
use crate::harness::people;
use crate::harness::project::Project;
use crate::harness::server::Server;

const PEOPLE: u64 = 400;

fn crowd() -> Project {
    Project::new().with_token().campaign_with("1000/s", "100/s").recipients(people::csv(0..PEOPLE as usize))
}

/// Does something to the ledger in the middle of a run. The run ends, and the next start sends nothing.
fn lost(spoil: impl Fn(&Project)) {
    let (project, server) = (crowd(), Server::start(&["--latency", "50ms"]));
    let running = project.start_sending(&server);
    server.until_requests(20);
    spoil(&project);
    let at = server.requests();
    let ran = running.end();
    ran.code(74).stderr_has("was deleted, moved or replaced while a run used it");
    let book = server.book();
    // Two hundredths of a second are claimed ahead; the rest is what the machine took to get here.
    assert!(book.requests < at + 100, "{} requests after {at}", book.requests);
    // Whoever was accepted is in the report that was written on the way, or told.
    let lines = ran.jsonl().into_iter().map(|line| line["recipient"].as_str().expect("a recipient").to_owned());
    let told = ran.stderr.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let told = told.map(|line| line["recipient"].as_str().expect("a recipient").to_owned());
    let known: std::collections::BTreeSet<String> = lines.chain(told).collect();
    assert!(book.messages.iter().all(|message| known.contains(&message.recipient)), "somebody is forgotten");
    project.send(&server).code(74).stderr_has("older than what was sent from it");
    assert_eq!(server.requests(), book.requests);
}

#[test]
fn a_ledger_that_is_deleted_under_a_run_ends_it() {
    lost(|project| fs::remove_file(project.path("ledger.sqlite")).expect("a ledger"));
}

#[test]
fn a_ledger_that_is_replaced_under_a_run_ends_it() {
    lost(|project| {
        fs::write(project.path("new"), "").expect("a file");
        fs::rename(project.path("new"), project.path("ledger.sqlite")).expect("a ledger");
    });
}

#[test]
fn a_disk_that_cannot_be_written_is_found_before_the_first_message() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    fs::create_dir(project.path("ledgers")).expect("a directory");
    let ledger = ["run", "campaign.yaml", "--yes", "--ledger", "ledgers/l", "--api-url", &server.url];
    for people in ["phone\n+12025550101\n", "phone\n+12025550101\n+12025550102\n"] {
        let Some(running) = on_a_disk(READ_ONLY, &project, &project.path("ledgers"), &server) else { return };
        let before = server.requests();
        running.end().code(74).stderr_has("ledgers");
        assert_eq!(server.requests(), before);
        fs::write(project.path("people.csv"), people).expect("a file");
        project.tidings(ledger).code(0);
    }
    assert_eq!(server.requests(), 2);
}

/// The byte that says what a page is. What changes inside a value, no check can see.
#[test]
fn a_ledger_with_a_flipped_bit_is_refused() {
    const PAGE_BYTES: usize = 4096;
    const FILE_HEAD_BYTES: usize = 100;
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.send(&server).code(0);
    let sound = fs::read(project.path("ledger.sqlite")).expect("a ledger");
    let project = project.recipients(people::csv(0..3));
    for page in 0..sound.len() / PAGE_BYTES {
        let mut spoilt = sound.clone();
        spoilt[if page == 0 { FILE_HEAD_BYTES } else { page * PAGE_BYTES }] ^= 1 << (page % 8);
        fs::write(project.path("ledger.sqlite"), spoilt).expect("a ledger");
        let ran = project.send(&server);
        assert_eq!(ran.status.code(), Some(74), "page {page}: {}", ran.stderr);
    }
    assert_eq!(server.requests(), 3);
    fs::write(project.path("ledger.sqlite"), sound).expect("a ledger");
    project.send(&server).code(0);
}
