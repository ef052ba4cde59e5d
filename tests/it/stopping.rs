//! Signals, as the program itself hears them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tidings::sandbox::embedded::Embedded;
use tidings::sandbox::faults::Script;

fn campaign(home: &TempDir, key: &str, people: u64) -> PathBuf {
    let rows: String = (0..people).map(|n| format!("+120255501{n:02}\n")).collect();
    fs::write(home.path().join(format!("{key}.csv")), format!("phone\n{rows}")).expect("a file");
    let file = home.path().join(format!("{key}.yaml"));
    let text = format!(
        "campaign: {key}\nsender: {{ phone_number_id: \"106540352242922\" }}\nrecipients: {key}.csv\n\
         templates:\n  - {{ name: hello_world, languages: [en_US] }}\nsend: {{ rate: 1/s }}\n"
    );
    fs::write(&file, text).expect("a file");
    file
}

/// Starts a run and waits until it sends.
fn start(home: &TempDir, sandbox: &Embedded, shell: &str, files: &[&Path]) -> (Child, impl BufRead + use<>) {
    let mut child = Command::new("sh")
        .args(["-c", &format!("{shell} exec \"$0\" run --yes \"$@\""), env!("CARGO_BIN_EXE_tidings")])
        .args(["--api-url", &sandbox.base_url(), "--ledger"])
        .arg(home.path().join("ledger.sqlite"))
        .args(files)
        .env("WHATSAPP_ACCESS_TOKEN", "sandbox")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut told = BufReader::new(child.stderr.take().expect("its words"));
    let mut line = String::new();
    while !line.contains("messages, at most") {
        line.clear();
        assert!(told.read_line(&mut line).expect("a line") > 0, "it ended before it sent");
    }
    (child, told)
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status();
    assert!(sent.expect("a shell").success());
}

#[test]
fn a_wish_to_stop_concerns_the_campaigns_that_were_not_begun_too() {
    let (home, sandbox) =
        (TempDir::new().expect("a directory"), Embedded::start(Script::default()).expect("a sandbox"));
    let (first, second) = (campaign(&home, "first", 90), campaign(&home, "second", 90));
    let (mut child, told) = start(&home, &sandbox, "", &[&first, &second]);
    signal(&child, "INT");
    let told: Vec<String> = told.lines().map_while(Result::ok).collect();
    assert_eq!(child.wait().expect("an end").code(), Some(5), "{told:?}");
    assert!(told.iter().any(|line| line == "asked to stop: 1 more were not begun"), "{told:?}");
    assert!(!told.iter().any(|line| line.starts_with("second: sending")), "{told:?}");
}

#[test]
fn the_summary_counts_what_was_left_behind_as_done_by_this_run() {
    let home = TempDir::new().expect("a directory");
    let latency = "5s".parse().expect("a latency");
    let sandbox = Embedded::start(Script { latency, ..Script::default() }).expect("a sandbox");
    let file = campaign(&home, "first", 3);
    let (mut child, told) = start(&home, &sandbox, "", &[&file]);
    while sandbox.book().requests == 0 {
        std::thread::yield_now();
    }
    signal(&child, "TERM");
    let mut told = told.lines().map_while(Result::ok);
    assert!(told.any(|line| line.starts_with("stopping: ")));
    signal(&child, "TERM");
    assert_eq!(child.wait().expect("an end").code(), Some(4));
    let runs = fs::read_dir(home.path().join("reports/first")).expect("a report").flatten();
    let summary = runs.map(|run| fs::read_to_string(run.path().join("summary.json"))).next().expect("a run");
    let summary: serde_json::Value = serde_json::from_str(&summary.expect("a summary")).expect("JSON");
    assert!(summary["counts"]["in_doubt"].as_u64() > Some(0), "{summary}");
    assert_eq!(summary["this_run"]["in_doubt"], summary["counts"]["in_doubt"], "{summary}");
}

#[test]
fn a_signal_that_was_to_be_ignored_stops_nothing() {
    let (home, sandbox) =
        (TempDir::new().expect("a directory"), Embedded::start(Script::default()).expect("a sandbox"));
    let file = campaign(&home, "first", 3);
    let (mut child, told) = start(&home, &sandbox, "trap '' HUP;", &[&file]);
    signal(&child, "HUP");
    let told: Vec<String> = told.lines().map_while(Result::ok).collect();
    assert_eq!(child.wait().expect("an end").code(), Some(0), "{told:?}");
    assert_eq!(sandbox.book().accepted, 3);
}
