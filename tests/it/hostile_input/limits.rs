//! The program with little time and little memory, and bad input.

use serde_json::Value;

use crate::harness::process::{Ran, Running, clean};
use crate::harness::project::{Project, TIDINGS};

/// Seconds of the processor's time, which other work on the machine does not stretch. Without optimization the program and
/// all that it stands on take about ten times as long.
const SECONDS: u32 = if cfg!(debug_assertions) { 20 } else { 2 };

/// Of the address space, in KiB: more than is ever in memory, and the program itself counts.
const KIBIBYTES: u32 = 256 * 1024;

/// A campaign that lacks only its parameters.
pub const HEAD: &str = "\
campaign: spring
sender: { phone_number_id: \"106540352242922\" }
recipients: people.csv
templates:
  - name: hello
    languages: [en_US]
";

/// Rows with a number to make loops long.
pub const PEOPLE: &str = "phone,a,b\n+12025550101,quill,9999\n+12025550102,sol,9999\n+12025550103,orvalda,9999\n";

/// A file of this length is the largest campaign that is read.
pub const MEGABYTE: usize = 1024 * 1024;

/// Checks the folder's campaign with little time and memory. The name is for whom it fails.
#[track_caller]
pub fn check(name: &str, project: &Project) -> Ran {
    bounded(name, project, "")
}

/// Each problem of the folder's campaign.
#[track_caller]
pub fn problems(name: &str, project: &Project) -> Vec<String> {
    let said: Value = serde_json::from_str(&bounded(name, project, "--json").stdout).expect("JSON");
    let problems = said["problems"].as_array().expect("problems");
    problems.iter().map(|problem| problem["message"].as_str().expect("a message").to_owned()).collect()
}

#[track_caller]
fn bounded(name: &str, project: &Project, option: &str) -> Ran {
    let limits = format!("ulimit -t {SECONDS}; ulimit -v {KIBIBYTES}; exec {TIDINGS} check campaign.yaml {option}");
    let mut command = clean("sh");
    command.current_dir(project.home()).args(["-c", &limits]);
    let ran = Running::start(&mut command, project.share()).end();
    let ended = ran.status.code().is_some_and(|code| matches!(code, 0 | 2));
    let said: String = ran.stderr.chars().take(2_000).collect();
    assert!(ended && !ran.stderr.contains("panicked"), "{name}: {}\n{said}", ran.status);
    assert!(ran.stdout.len() + ran.stderr.len() < MEGABYTE, "{name}: nobody reads so much");
    ran
}

/// Checks a campaign; what is said must hold these words.
#[track_caller]
pub fn told(name: &str, campaign: &str, words: &str) {
    let campaign: String = campaign.chars().take(MEGABYTE - 16).collect();
    let ran = check(name, &Project::empty().campaign(&campaign).recipients(PEOPLE));
    let said = format!("{}{}", ran.stdout, ran.stderr);
    let first: String = said.chars().take(2_000).collect();
    assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{name}: no `{words}` in {first}");
}
