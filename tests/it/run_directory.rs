//! A run's directory: its room is reserved, and given back however the run ends.

use tidings::report::directory::Directory;

#[test]
fn a_run_that_fails_gives_its_reserved_room_back() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = Directory::create(home.path(), "run", 1_000).expect("a directory");
    let path = directory.path.clone();
    assert_eq!(std::fs::read_dir(&path).expect("a listing").count(), 1);
    drop(directory);
    assert!(!path.exists(), "an empty directory says nothing");
}

#[test]
fn what_was_written_before_a_failure_stays_and_the_room_is_given_back() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = Directory::create(home.path(), "run", 1_000).expect("a directory");
    let path = directory.path.clone();
    drop(directory.append("report.jsonl").expect("a file"));
    drop(directory);
    let left: Vec<_> =
        std::fs::read_dir(&path).expect("a listing").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(left, ["report.jsonl"]);
}
