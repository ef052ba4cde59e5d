//! A disk that others fill while a run uses it.

use std::fs;

use tempfile::TempDir;
use tidings::ledger::Ledger;

use crate::harness::mount::on_a_disk;
use crate::harness::people;
use crate::harness::project::Project;
use crate::harness::server::Server;

const PEOPLE: usize = 400;

/// A disk that somebody fills when the file `now` appears.
const FILLED_LATER: &str = "mount -t tmpfs -o size=40m none \"$1\";
    (until [ -e now ]; do sleep 0.01; done; cat /dev/zero > \"$1/full\" 2>/dev/null; touch filled) &";

#[test]
fn a_disk_that_fills_up_ends_the_run_and_keeps_what_was_accepted() {
    let project = Project::new().with_token().campaign_with("1000/s", "100/s").recipients(people::csv(0..PEOPLE));
    let server = Server::start(&["--latency", "50ms"]);
    fs::create_dir(project.path("ledgers")).expect("a directory");
    let Some(running) = on_a_disk(FILLED_LATER, &project, &project.path("ledgers"), &server) else { return };
    server.until_requests(40);
    fs::write(project.path("now"), "").expect("a file");
    let ran = running.end();
    ran.code(74).stderr_has("the disk of the ledger is full").stderr_has("still to be sent");
    assert!(!ran.stderr.contains("\"state\""), "told, and not written: {}", ran.stderr);
    let (book, report) = (server.book(), ran.report());
    book.bears_out(&report);
    assert_eq!(report.of("accepted").len() as u64, book.accepted);
    assert_eq!(report.of("waiting").len() as u64, PEOPLE as u64 - book.requests);
    assert!(book.requests < PEOPLE as u64);
}

#[test]
fn room_for_outcomes_is_really_taken_and_given_back_however_a_run_ends() {
    let home = TempDir::new().expect("a directory");
    let (path, ballast) = (home.path().join("l"), home.path().join("l.ballast"));
    let mut ledger = Ledger::open(&path).expect("a ledger");
    ledger.make_sure_of_room(1_000_000).expect("room");
    let metadata = fs::metadata(&ballast).expect("the ballast");
    assert_eq!(metadata.len(), 16 * 1024 * 1024);
    assert!(blocks(&metadata) * 512 >= metadata.len(), "it takes no room");
    assert_eq!(mode(&metadata), 0o600);
    assert!(ledger.release_ballast() && !ballast.exists());
    assert!(!ledger.release_ballast(), "there is none a second time");
    ledger.make_sure_of_room(3).expect("room");
    assert!(fs::metadata(&ballast).expect("the ballast").len() < 1024 * 1024, "more than three outcomes need");
    drop(ledger);
    assert!(!ballast.exists());
    // A process that was killed left it.
    fs::write(&ballast, "left behind").expect("a file");
    let mut ledger = Ledger::open(&path).expect("a ledger");
    assert!(!ballast.exists());
    ledger.make_sure_of_room(3).expect("room");
    assert!(ballast.exists());
}

fn blocks(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata)
}

fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o777
}
