//! Which ledger a command takes: one for each campaign file, and never that of real messages for a rehearsal.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use tidings::ledger::{Ledger, Purpose};

use crate::harness::project::Project;

fn campaign() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a directory");
    let directory = home.path().join("spring");
    fs::create_dir(&directory).expect("a directory");
    fs::write(directory.join("people.csv"), "phone\n+12025550101\n+12025550102\n").expect("a file");
    let file = directory.join("spring.yaml");
    let text = "campaign: spring\nsender: { phone_number_id: \"106540352242922\", token: \"env:NO_SUCH_TOKEN\" }\n\
                recipients: people.csv\ntemplates:\n  - { name: hello_world, languages: [en_US] }\n";
    fs::write(&file, text).expect("a file");
    (home, file)
}

fn run(file: &Path, arguments: &[&str], variable: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.args(["run", "--yes"]).arg(file).args(arguments).env_remove("TIDINGS_LEDGER");
    command.envs(variable.map(|path| ("TIDINGS_LEDGER", path)));
    command.output().expect("an end")
}

#[test]
fn a_rehearsal_leaves_the_ledger_of_real_messages_alone() {
    let (home, file) = campaign();
    let ledger = home.path().join("real.sqlite");
    let rehearsed = run(&file, &["--sandbox"], Some(&ledger));
    assert_eq!(rehearsed.status.code(), Some(0), "{rehearsed:?}");
    assert!(!ledger.exists());
    let refused = run(&file, &["--api-url", "http://127.0.0.1:9"], Some(&ledger));
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--ledger"), "{refused:?}");
    assert!(!ledger.exists());
}

#[test]
fn a_real_run_takes_the_ledger_that_the_variable_names() {
    let (home, file) = campaign();
    let ledger = home.path().join("real.sqlite");
    assert_eq!(run(&file, &[], Some(&ledger)).status.code(), Some(77));
    assert!(ledger.exists());
    assert!(!home.path().join("spring/.tidings").exists());
}

#[test]
fn a_campaign_file_has_one_ledger_whichever_link_leads_to_it() {
    let (home, file) = campaign();
    let other = home.path().join("other");
    fs::create_dir(&other).expect("a directory");
    for name in ["spring.yaml", "people.csv"] {
        symlink(home.path().join("spring").join(name), other.join(name)).expect("a link");
    }
    assert_eq!(run(&other.join("spring.yaml"), &[], None).status.code(), Some(77));
    assert!(!other.join(".tidings").exists());
    assert!(file.with_file_name(".tidings").join("ledger.sqlite").exists());
}

#[test]
fn a_ledger_is_of_real_messages_or_of_rehearsals_and_never_of_both() {
    for (purpose, arguments, why) in [
        (Purpose::Real, &["--sandbox"][..], "this ledger holds real messages"),
        (Purpose::Real, &["--api-url", "http://127.0.0.1:9"], "this ledger holds real messages"),
        (Purpose::Rehearsal, &[], "this ledger is one of rehearsals"),
    ] {
        let project = Project::new().with_token();
        Ledger::open(&project.path("ledger.sqlite")).and_then(|mut ledger| ledger.dedicate(purpose)).expect("a ledger");
        let run = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite"];
        project.tidings(run.into_iter().chain(arguments.iter().copied())).code(2).stderr_has(why);
        let seed = ["seed", "campaign.yaml", "--to", "+12025550190", "--ledger", "ledger.sqlite"];
        project.tidings(seed.into_iter().chain(arguments.iter().copied())).code(2).stderr_has(why);
    }
}

#[test]
fn a_ledger_is_dedicated_by_what_is_sent_first() {
    let project = Project::new();
    project.run(["--sandbox", "--yes", "--ledger", "ledger.sqlite"]).code(0);
    let ledger = Ledger::open(&project.path("ledger.sqlite")).expect("a ledger");
    assert_eq!(ledger.purpose().expect("a purpose"), Some(Purpose::Rehearsal));
}
