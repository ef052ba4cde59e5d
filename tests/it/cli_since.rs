//! What a preview knows of earlier runs: who has it, who is new, who is gone, and what would change.

use crate::harness::project::{GREETING, Project};
use crate::harness::server::Server;

fn people(who: std::ops::Range<u64>) -> String {
    let rows: String = who.map(|n| format!("+120255501{n:02},ada\n")).collect();
    format!("phone,first_name\n{rows}")
}

fn preview(project: &Project, more: &[&str]) -> crate::harness::process::Ran {
    let arguments = ["preview", "campaign.yaml", "--ledger", "ledger.sqlite"];
    project.tidings(arguments.into_iter().chain(more.iter().copied()))
}

/// Four have it, two are refused, two in doubt, and two wait.
fn half_sent() -> Project {
    let project = Project::empty().campaign(GREETING).with_token();
    let send = |project: &Project, faults: &[&str]| project.send(&Server::with_faults(faults));
    let project = project.recipients(people(0..4));
    send(&project, &[]).code(0);
    let project = project.recipients(people(0..6));
    send(&project, &["131026=100"]).code(3);
    let project = project.recipients(people(0..8));
    send(&project, &["reset-accepted=100"]).code(4);
    let project = project.recipients(people(0..10));
    send(&project, &["132001=100"]).code(6);
    project
}

#[test]
fn a_preview_says_who_is_new_who_has_it_and_who_is_gone() {
    let project = half_sent();
    let edited = people(1..12).replace("+12025550108,ada", "+12025550108,eve").replace("+12025550109,ada\n", "");
    let project = project.recipients(edited);
    let before = project.tree();
    let ran = preview(&project, &[]);
    ran.code(0);
    let _guard = ran.redact();
    let (_, since) = ran.stdout.split_once("\n\n").expect("parts").1.split_once("\n\n").expect("parts");
    let since = since.split("\n\n").next().expect("a part");
    insta::assert_snapshot!(since, @r"
    since the last run, [time]
              3  to send now: 2 new, 1 waiting
              1  of those waiting would change: needs --accept-changes
              3  have it already
              2  refused then, not asked again
              2  in doubt, not asked again
              2  gone from the file
              1  waited, and would be withdrawn: gone from the file, or their occurrence is over
    ");
    assert_eq!(project.tree(), before, "a preview leaves nothing");
    let numbers: serde_json::Value = serde_json::from_str(&preview(&project, &["--json"]).stdout).expect("JSON");
    let since = &numbers["since_last_run"];
    assert_eq!((&since["to_send"], &since["gone"], &since["withdrawn"]), (&3.into(), &2.into(), &1.into()));
    // What was announced is what happens.
    let server = Server::start(&[]);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let arguments = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    project.tidings(arguments).code(2).stderr_has("1 with another wording");
    project.tidings(arguments.into_iter().chain(["--accept-changes"])).code(4);
    assert_eq!(server.book().requests, 3);
}

#[test]
fn a_preview_beside_a_run_sees_what_is_sent_and_disturbs_nobody() {
    let project = Project::empty().campaign(GREETING).with_token().recipients(people(0..40));
    let project = project.campaign_with("1000/s", "40/s");
    let server = Server::start(&[]);
    let running = project.start_sending(&server);
    server.until_requests(5);
    preview(&project, &[]).code(0).stdout_has("have it already");
    running.end().code(0).stdout_has("40 accepted");
    preview(&project, &[]).code(0).stdout_has("40  have it already").stdout_has("0  to send now");
}

#[test]
fn a_ledger_that_cannot_be_read_costs_the_comparison_only() {
    let project = Project::new().file("ledger.sqlite", "no ledger\n".repeat(100));
    let ran = preview(&project, &[]);
    ran.code(0).stdout_has("3 messages").stderr_has("not compared with what was sent before");
}

#[test]
fn a_new_day_is_new_for_all_and_names_those_who_are_gone() {
    let project = Project::empty().campaign(GREETING).with_token().recipients(people(0..5)).env("TZ", "<-12>12");
    let project = project.campaign_with("templates:", "occurrence: daily\ntemplates:");
    project.send(&Server::start(&[])).code(0);
    let project = project.env("TZ", "<+13>-13").recipients(people(1..7));
    let shown = preview(&project, &[]);
    shown.code(0).stdout_has("6  to send now: 6 new, 0 waiting").stdout_has("1  gone from the file");
    assert!(!shown.stdout.contains("have it already"), "{}", shown.stdout);
}
