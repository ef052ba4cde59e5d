//! Every kind of problem, as people see it: a directory holds bad files and, beside them, exactly what is said of them.
//!
//! `TIDINGS_BLESS=1 cargo test golden` writes down what is said now, to be read before it is kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tidings::problem::CODES;

use crate::harness::project::Project;

/// What no bad file can bring about: two readings that differ, a disk or a right that fails, and what an earlier check
/// says already.
const BEYOND_FILES: &[&str] = &["expression-in-default", "file-changed", "shape", "unreadable-file"];

/// What `check` does not say: only other commands do, and their tests say it.
const OF_OTHERS: &[&str] = &["lock-missing", "lock-unreadable", "no-account", "not-a-campaign", "unknown-account"];

const CAMPAIGN: &str = include_str!("golden/campaign.yaml");
const PEOPLE: &str = include_str!("golden/people.csv");

/// The cases, sorted.
fn cases() -> Vec<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden");
    let entries = fs::read_dir(home).expect("the cases").map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

fn name(case: &Path) -> &str {
    case.file_name().and_then(|name| name.to_str()).expect("a name")
}

/// A folder with the files of a case; those it does not bring are good ones.
fn folder(case: &Path) -> Project {
    let mut project = Project::empty().campaign(CAMPAIGN).recipients(PEOPLE);
    for entry in fs::read_dir(case).expect("a case").map(|entry| entry.expect("an entry").path()) {
        if name(&entry) != "expected.txt" {
            project = project.file(name(&entry), fs::read(&entry).expect("a file"));
        }
    }
    match name(case) {
        "campaign_file_missing" => fs::remove_file(project.path("campaign.yaml")).expect("removed"),
        "campaign_file_too_large" => project = project.file("campaign.yaml", "x".repeat(1024 * 1024 + 1)),
        "campaign_nested_too_deep" => project = project.file("campaign.yaml", format!("a: {}", "{a: ".repeat(100))),
        "expressions_too_many" => {
            let body = "\n      - \"{{ name }}\"".repeat(5_001);
            project = project.campaign_with(" [\"{{ name }}\"]", &body);
        }
        "recipients_cell_too_long" => {
            project = project.recipients(format!("phone,name\n+12025550101,{}\n", "x".repeat(64 * 1024 + 1)));
        }
        "recipients_line_too_long" => {
            project = project.recipients(format!("phone,name\n+12025550101,{}\n", "x".repeat(2 * 1024 * 1024)));
        }
        "recipients_too_many_columns" => {
            project = project.recipients(format!("phone{}\n+12025550101\n", ",".repeat(20_000)));
        }
        _ => {}
    }
    project
}

/// How a case is not as expected, if it is not.
fn difference(case: &Path) -> Option<String> {
    let ran = folder(case).tidings(["check", "campaign.yaml"]);
    let expected = case.join("expected.txt");
    if std::env::var_os("TIDINGS_BLESS").is_some() {
        fs::write(&expected, &ran.stderr).expect("written");
    }
    let expected = fs::read_to_string(expected).unwrap_or_default();
    let is_right = ran.status.code() == Some(2) && ran.stdout.is_empty() && ran.stderr == expected;
    let (name, code) = (name(case), ran.status.code());
    (!is_right)
        .then(|| format!("== {name}: code {code:?}\n-- expected\n{expected}\n-- said\n{}\n{}", ran.stderr, ran.stdout))
}

#[test]
fn each_bad_file_is_told_exactly_so() {
    let cases = cases();
    assert!(cases.len() >= 80, "only {} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| difference(case)).collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_kind_of_problem_has_a_case() {
    let mut found = BTreeSet::new();
    for case in cases() {
        let ran = folder(&case).tidings(["check", "campaign.yaml", "--json"]);
        let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let problems = told["problems"].as_array().expect("a list");
        found.extend(problems.iter().map(|problem| problem["code"].as_str().expect("a code").to_owned()));
    }
    let exempt = || BEYOND_FILES.iter().chain(OF_OTHERS);
    let without: Vec<_> =
        CODES.iter().filter(|code| !found.contains(**code) && !exempt().any(|known| known == *code)).collect();
    assert!(without.is_empty(), "no case for {without:?}");
    let needless: Vec<_> = exempt().filter(|code| found.contains(**code)).collect();
    assert!(needless.is_empty(), "there is a case for {needless:?}");
}

#[test]
fn what_is_said_fits_a_screen_and_names_a_place_that_editors_understand() {
    for case in cases() {
        let expected = fs::read_to_string(case.join("expected.txt")).expect("what is expected");
        for line in expected.lines() {
            let width = unicode_width::UnicodeWidthStr::width(line);
            assert!(width <= 80, "{}: {width} columns: {line}", name(&case));
        }
        let places = expected.lines().filter(|line| line.trim_start().starts_with("--> ")).count();
        assert_eq!(places, expected.lines().filter(|line| line.starts_with("error: ")).count(), "{}", name(&case));
    }
}
