//! `tidings purge`: people with whom there was nothing to do for long go; keys, sums and everybody else stay.

use std::fs;

use rusqlite::Connection;

use crate::harness::process::Ran;
use crate::harness::project::{GREETING, Project};
use crate::harness::reports;
use crate::harness::server::Server;

const PEOPLE: &str = "phone,first_name\n+12025550101,Wilhelmina\n+12025550102,Bo\n+12025550103,Cy\n";
/// The ledger of the folder, named because a simulator may not take it unasked.
const LEDGER: &str = ".tidings/ledger.sqlite";
const OLD: [&str; 3] = ["2025550101", "1202****0101", "Wilhelmina"];

fn project() -> Project {
    Project::empty().with_token().campaign(GREETING).recipients(PEOPLE)
}

fn send(project: &Project, server: &Server) -> Ran {
    project.run(["--yes", "--ledger", LEDGER, "--api-url", &server.url])
}

fn purge(project: &Project) -> Ran {
    project.tidings(["purge", "--older-than", "90d", "--yes"])
}

/// A hundred days go by: for the ledger, and for the names of reports' directories.
fn hundred_days_later(project: &Project) {
    let days = "- 100 * 86400000";
    let ledger = Connection::open(project.path(".tidings/ledger.sqlite")).expect("a ledger");
    ledger
        .execute_batch(&format!(
            "UPDATE attempts SET claimed_at = claimed_at {days}, settled_at = settled_at {days};
             UPDATE plans SET created_at = created_at {days}, opened_at = opened_at {days};
             UPDATE runs SET started_at = started_at {days}, ended_at = ended_at {days};
             UPDATE seeds SET claimed_at = claimed_at {days}, settled_at = settled_at {days}"
        ))
        .expect("an update");
    for run in reports::all(project.home()) {
        let name = run.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
        fs::rename(&run, run.with_file_name(format!("2020{}", &name[4..]))).expect("a new name");
    }
}

#[track_caller]
fn nothing_is_left(project: &Project, traces: &[&str]) {
    let kept = |file: &String| file.starts_with(".tidings/") || file.starts_with("reports/");
    for file in project.tree().into_iter().filter(kept).map(|file| project.path(&file)).filter(|file| file.is_file()) {
        let bytes = fs::read(&file).expect("a file");
        for trace in traces {
            let found = bytes.windows(trace.len()).any(|window| window == trace.as_bytes());
            assert!(!found, "{trace} in {}", file.display());
        }
    }
}

#[test]
fn whoever_was_messaged_long_ago_is_gone_and_is_not_messaged_twice() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    hundred_days_later(&project);
    let purged = purge(&project);
    let _redacted = purged.redact();
    insta::assert_snapshot!(purged.code(0).stdout, @"purged of before [time]: 3 messages of 3 people, 6 lines in 2 report files");
    nothing_is_left(&project, &OLD);
    // As they are, with one more, and as another plan of the same occurrence: nobody gets it twice.
    send(&project, &server).code(0).stdout_has("nothing to send: 3 accepted");
    let project = project.recipients(format!("{PEOPLE}+12025550104,Di\n"));
    project.preview([]).code(0).stdout_has("3  have it already");
    let ran = send(&project, &server);
    let rows = ran.code(0).report().rows;
    assert_eq!(
        rows.iter().map(|row| &*row.recipient).collect::<Vec<_>>(),
        ["[purged]", "[purged]", "[purged]", "'+12025550104"]
    );
    assert!(rows.iter().all(|row| row.state == "accepted"));
    assert_eq!((server.book().requests, server.book().recipients_twice), (4, 0));
}

#[test]
fn nobody_who_was_purged_is_forgotten() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    hundred_days_later(&project);
    purge(&project).code(0);
    let project = project.campaign_with("campaign: spring", "campaign: summer");
    // A campaign that is renamed is told from a new one by who got the same: also where they were purged since.
    send(&project, &server).code(2).stderr_has("--new-campaign");
    assert_eq!(server.book().requests, 3);
    project
        .run(["--yes", "--ledger", LEDGER, "--api-url", &server.url, "--new-campaign"])
        .code(0)
        .stdout_has("3 accepted");
    assert_eq!(server.book().requests, 6);
    // Later, they may still ask to be forgotten.
    project.tidings(["forget", "+12025550101", "--yes"]).code(0).stdout_has("erased 2 messages");
    nothing_is_left(&project, &OLD);
}

#[test]
fn people_of_one_occurrence_that_rows_named_may_be_purged_one_after_another() {
    let monthly = GREETING.replace("campaign: spring", "campaign: spring\noccurrence: \"{{ month }}\"");
    let project = Project::empty().with_token().campaign(&monthly);
    let mut project = project.recipients("phone,first_name,month\n+12025550101,Wilhelmina,2026-03\n");
    let server = Server::start(&[]);
    for people in ["+12025550102,Bo,2026-03\n", "+12025550103,Cy,2026-03\n", ""] {
        send(&project, &server).code(0);
        hundred_days_later(&project);
        purge(&project).code(0).stdout_has("1 message of 1 person");
        let before = fs::read_to_string(project.path("people.csv")).expect("people");
        project = project.recipients(before + people);
    }
    nothing_is_left(&project, &OLD);
    send(&project, &server).code(0).stdout_has("nothing to send: 3 accepted");
    assert_eq!((server.book().requests, server.book().recipients_twice), (3, 0));
}

#[test]
fn whoever_got_something_lately_stays_whole() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    hundred_days_later(&project);
    let project = project.campaign_with("campaign: spring", "campaign: summer");
    let project = project.recipients("phone,first_name\n+12025550102,Bo\n");
    project.run(["--yes", "--ledger", LEDGER, "--api-url", &server.url, "--new-campaign"]).code(0);
    purge(&project).code(0).stdout_has("2 messages of 2 people, 4 lines in 2 report files");
    nothing_is_left(&project, &OLD);
    let spring = reports::Report::read(
        &fs::read_dir(project.path("reports/spring")).expect("runs").next().expect("a run").expect("a run").path(),
    );
    assert_eq!(spring.rows[1].recipient, "'+12025550102");
}

#[test]
fn what_waits_or_is_in_doubt_is_not_purged() {
    let (project, server) = (project(), Server::with_faults(&["reset-accepted=100"]));
    send(&project, &server).code(4);
    hundred_days_later(&project);
    purge(&project)
        .code(0)
        .stdout_has("0 messages of 0 people; 3 people stay, who wait for a message or have one in doubt");
    let doubts = project.tidings(["resolve", "campaign.yaml"]);
    doubts.code(0).stdout_has("3 messages in doubt").stdout_has("+12025550101");
    project.tidings(["resolve", "campaign.yaml", "--give-up"]).code(0);
    purge(&project).code(0).stdout_has("3 messages of 3 people");
    nothing_is_left(&project, &OLD);
}

#[test]
fn rows_that_were_turned_away_seeds_and_rehearsals_go_with_their_time() {
    let skip = "recipients: { file: people.csv, on_invalid: skip }";
    let project = project().campaign_with("recipients: people.csv", skip);
    let project = project.recipients(format!("{PEOPLE}+1202555010x,Xenia\n"));
    let server = Server::start(&[]);
    project
        .tidings([
            "seed",
            "campaign.yaml",
            "--to",
            "+12025550190",
            "--row",
            "2",
            "--ledger",
            LEDGER,
            "--api-url",
            &server.url,
        ])
        .code(0);
    send(&project, &server).code(0);
    project.run(["--sandbox"]).code(0);
    purge(&project).code(0).stdout_has("0 messages of 0 people\n");
    hundred_days_later(&project);
    purge(&project).code(0).stdout_has("1 row turned away, 1 seed, ");
    nothing_is_left(&project, &[&OLD[..], &["202555010x", "2025550190", "12025"]].concat());
    purge(&project).code(0).stdout_has("0 messages of 0 people\n");
}

#[test]
fn the_age_is_in_hours_days_or_weeks() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    for age in ["72h", "90d", "26w"] {
        project.tidings(["purge", "--older-than", age, "--yes"]).code(0);
    }
    for age in ["", "90", "d", "0d", "-1d", "1.5d", "90 d", "90m", "9223372036854775807w"] {
        let refused = project.tidings(["purge", &format!("--older-than={age}"), "--yes"]);
        assert_eq!(refused.status.code(), Some(2), "{age}: {}", refused.stdout);
    }
    project.tidings(["purge", "--older-than", "90d"]).code(2).stderr_has("add --yes");
    project.tidings(["purge", "--yes"]).code(2).stderr_has("--older-than");
}
