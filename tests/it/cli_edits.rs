//! What is edited between runs: nobody gets a campaign again for it, and nothing that waits goes out otherwise than
//! somebody approved.

use rustix::process::Signal;

use crate::harness::process::Ran;
use crate::harness::project::{GREETING, Project};
use crate::harness::recorder::Recorder;
use crate::harness::server::Server;

const PEOPLE: &str = "phone,first_name\n+12025550101,ada\n+12025550102,ben\n+12025550103,cleo\n+12025550104,dan\n";

/// Four people of whom nobody got it: the template was refused, and somebody has looked.
fn waiting() -> Project {
    let project = Project::empty().campaign(GREETING).recipients(PEOPLE).with_token();
    project.send(&Server::with_faults(&["132001=100"])).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    project
}

fn send(project: &Project, server: &Server, more: &[&str]) -> Ran {
    let arguments = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    project.tidings(arguments.into_iter().chain(more.iter().copied()))
}

#[test]
fn what_waits_is_not_sent_with_another_wording_unless_somebody_says_so() {
    let project = waiting().campaign_with("{{ first_name }}", "{{ first_name | title }}");
    let server = Server::start(&[]);
    let ran = send(&project, &server, &[]);
    ran.code(2);
    insta::assert_snapshot!(ran.stderr, @r"
    error: of the messages that wait, these would go out otherwise than planned: 4 with another wording
      row 2 to +1202****0101
        - body first_name  ada
        + body first_name  Ada
      row 3 to +1202****0102
        - body first_name  ben
        + body first_name  Ben
      row 4 to +1202****0103
        - body first_name  cleo
        + body first_name  Cleo
      and 1 more
    if that is meant, run it once with --accept-changes; nothing was sent
    ");
    assert_eq!(server.book().requests, 0);
    // The refusal leaves no trace: what was approved goes out as it was.
    let ran = send(&project.campaign(GREETING), &server, &[]);
    ran.code(0).stdout_has("4 accepted");
}

#[test]
fn with_a_word_what_waits_goes_out_in_its_new_wording() {
    let project = Project::empty().campaign(GREETING).recipients("phone,first_name\n+12025550101,ada\n").with_token();
    project.send(&Server::with_faults(&["132001=100"])).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let project = project.recipients("phone,first_name\n+12025550101,bea\n");
    let recorder = Recorder::start();
    let run = ["run", "campaign.yaml", "--yes", "--no-preflight", "--ledger", "ledger.sqlite", "--api-url"];
    let arguments = run.into_iter().chain([recorder.url.as_str()]);
    let ran = project.tidings(arguments.clone());
    ran.code(2).stderr_has("1 with another wording").stderr_has("- body first_name  ada");
    project.tidings(arguments.chain(["--accept-changes"])).code(0).stdout_has("1 accepted");
    let body = recorder.recorded().body;
    assert_eq!(body["template"]["components"][0]["parameters"][0]["text"], "bea");
}

#[test]
fn another_template_or_sender_for_what_waits_needs_a_word_too() {
    let project = waiting().campaign_with("name: hello", "name: bonjour");
    let server = Server::start(&[]);
    send(&project, &server, &[])
        .code(2)
        .stderr_has("4 with another template")
        .stderr_has("+ template  bonjour (en_US)");
    let project = project.campaign(GREETING).campaign_with("106540352242922", "106540352242923");
    let ran = send(&project, &server, &[]);
    ran.code(2).stderr_has("4 from number 106540352242923 instead of 106540352242922");
    send(&project, &server, &["--accept-changes"]).code(0).stdout_has("4 accepted");
}

#[test]
fn edits_that_change_no_message_need_no_word() {
    let project = waiting();
    let project = project.campaign(&format!("# a comment\n{GREETING}")).campaign_with("1000/s", "500/s");
    // Another column, another order.
    let turned: String =
        PEOPLE.lines().skip(1).collect::<Vec<_>>().into_iter().rev().map(|row| format!("{row},x\n")).collect();
    let project = project.recipients(format!("phone,first_name,note\n{turned}"));
    send(&project, &Server::start(&[]), &[]).code(0).stdout_has("4 accepted").stdout_has("4 rows");
}

#[test]
fn who_leaves_the_file_before_their_turn_is_withdrawn_and_may_come_back() {
    let project = waiting().recipients(PEOPLE.replace("+12025550102,ben\n", "").replace("+12025550104,dan\n", ""));
    let server = Server::start(&[]);
    let ran = send(&project, &server, &[]);
    ran.code(0).stdout_has("2 rows: 2 accepted");
    ran.stderr_has("spring: 2 messages withdrawn: their rows left the recipients file before their turn");
    assert_eq!(ran.summary()["withdrawn_before"], serde_json::json!({ "removed": 2, "over": 0 }));
    let gone: Vec<_> = ran.jsonl().into_iter().filter(|line| line["state"] == "withdrawn").collect();
    let who: Vec<_> = gone.iter().map(|line| line["recipient"].as_str().expect("a phone")).collect();
    assert_eq!(who, ["+12025550102", "+12025550104"]);
    assert_eq!(gone[0]["reason"], "it left the recipients file before its turn");
    // A new row is sent, and one that comes back is new; its wording needs nobody's word.
    let project = project.recipients(format!("{}+12025550105,eve\n", PEOPLE.replace("ben", "bea")));
    let ran = send(&project, &server, &[]);
    ran.code(0).stdout_has("5 rows: 5 accepted");
    assert_eq!(ran.summary()["this_run"]["accepted"], 3);
    assert_eq!((server.book().requests, server.book().recipients_twice), (5, 0));
}

#[test]
fn who_was_withdrawn_by_a_run_without_a_report_is_told_of_by_the_next() {
    let project = waiting().recipients(PEOPLE.replace("+12025550102,ben\n", ""));
    // A file in place of the directory: the plan is open, and nothing can be told of it.
    let reports = project.path("reports");
    std::fs::rename(&reports, project.path("kept")).expect("a directory");
    let project = project.file("reports", "");
    let server = Server::start(&[]);
    send(&project, &server, &[]).code(74).stderr_has("1 message withdrawn");
    send(&project, &server, &[]).code(74).stderr_has("1 message withdrawn");
    let project = project.recipients(PEOPLE.replace("+12025550102,ben\n", "").replace("+12025550104,dan\n", ""));
    send(&project, &server, &[]).code(74).stderr_has("2 messages withdrawn");
    std::fs::remove_file(&reports).expect("a file");
    let ran = send(&project, &server, &[]);
    ran.code(0).stderr_has("2 messages withdrawn").stdout_has("2 rows: 2 accepted");
    assert_eq!(ran.summary()["withdrawn_before"], serde_json::json!({ "removed": 2, "over": 0 }));
    assert_eq!(ran.jsonl().iter().filter(|line| line["state"] == "withdrawn").count(), 2);
    let again = send(&project, &server, &[]);
    assert!(!again.code(0).stderr.contains("withdrawn"), "told once");
}

#[test]
fn a_renamed_campaign_that_would_reach_the_same_people_is_refused() {
    let project = Project::empty().campaign(GREETING).recipients(PEOPLE).with_token();
    let server = Server::start(&[]);
    project.send(&server).code(0);
    let project = project.campaign_with("campaign: spring", "campaign: spring2");
    let ran = send(&project, &server, &[]);
    ran.code(2);
    insta::assert_snapshot!(ran.stderr, @"error: 4 of 4 new people have got the same template as campaign `spring` in the last 30 days, or are about to, and would get it again as `spring2`: if it was only renamed, give it its old name back; if it is a new campaign, run it once with --new-campaign; nothing was sent");
    send(&project, &server, &[]).code(2);
    assert_eq!(server.book().requests, 4);
    // A word is needed once: new rows of the same campaign need none.
    send(&project, &server, &["--new-campaign"]).code(0).stdout_has("4 accepted");
    let project = project.recipients(format!("{PEOPLE}+12025550105,eve\n"));
    send(&project, &server, &[]).code(0).stdout_has("5 accepted");
}

#[test]
fn another_template_or_mostly_other_people_make_a_new_campaign() {
    let project = Project::empty().campaign(GREETING).recipients(PEOPLE).with_token();
    let server = Server::start(&[]);
    project.send(&server).code(0);
    let other =
        project.campaign_with("campaign: spring", "campaign: summer").campaign_with("name: hello", "name: summer");
    send(&other, &server, &[]).code(0).stdout_has("4 accepted");
    let half = "phone,first_name\n+12025550101,ada\n+12025550102,ben\n+12025550105,eve\n+12025550106,fay\n";
    let other = other.campaign(GREETING).campaign_with("campaign: spring", "campaign: autumn").recipients(half);
    send(&other, &server, &[]).code(0).stdout_has("4 accepted");
}

#[test]
fn a_plan_that_nobody_approved_leaves_nothing_behind() {
    let project = Project::empty().campaign(GREETING).recipients(PEOPLE);
    let server = Server::start(&[]);
    // No token: nothing is approved, and the wording is free to change.
    send(&project, &server, &[]).code(77);
    let project = project.with_token().recipients("phone,first_name\n+12025550101,Ada\n");
    let ran = send(&project, &server, &[]);
    ran.code(0).stdout_has("1 row: 1 accepted");
    assert_eq!(ran.summary()["withdrawn_before"], serde_json::json!({ "removed": 0, "over": 0 }));
}

#[test]
fn what_is_edited_during_a_run_waits_for_the_next() {
    let rows: String = (0..20).map(|n| format!("+120255501{n:02},ada\n")).collect();
    let project = Project::empty().campaign(GREETING).with_token().recipients(format!("phone,first_name\n{rows}"));
    let project = project.campaign_with("1000/s", "20/s");
    let server = Server::start(&[]);
    let running = project.start_sending(&server);
    server.until_requests(1);
    let project = project.recipients(format!("phone,first_name\n{rows}+12025550199,zoe\n"));
    let ran = running.end();
    ran.code(0).stdout_has("20 rows: 20 accepted");
    assert_eq!(server.book().requests, 20);
    project.send(&server).code(0).stdout_has("21 rows: 21 accepted");
    assert_eq!((server.book().requests, server.book().recipients_twice), (21, 0));
}

fn crowd(who: std::ops::Range<u64>) -> String {
    let rows: String = who.map(|n| format!("+120255501{n:02},ada\n")).collect();
    format!("phone,first_name\n{rows}")
}

#[test]
fn a_campaign_that_is_renamed_half_way_is_refused_too() {
    let project = Project::empty().campaign(GREETING).with_token().recipients(crowd(0..30));
    let project = project.campaign_with("1000/s", "20/s");
    let server = Server::start(&[]);
    let running = project.start_sending(&server);
    server.until_requests(3);
    running.signal(Signal::TERM).end().code(5);
    let asked = server.book().requests;
    assert!(asked < 15, "{asked} of 30 were asked");
    let project = project.campaign_with("campaign: spring", "campaign: spring2");
    send(&project, &server, &[]).code(2).stderr_has("30 of 30 new people");
    assert_eq!(server.book().requests, asked);
}

#[test]
fn new_rows_of_a_campaign_that_has_begun_are_looked_for_elsewhere_until_somebody_says_that_it_is_new() {
    let project = Project::empty().campaign(GREETING).with_token().recipients(crowd(0..12));
    let server = Server::start(&[]);
    project.send(&server).code(0);
    let project = project.campaign_with("campaign: spring", "campaign: summer").recipients(crowd(20..21));
    project.send(&server).code(0).stdout_has("1 accepted");
    let project = project.recipients(crowd(0..21));
    send(&project, &server, &[]).code(2).stderr_has("12 of 20 new people").stderr_has("--new-campaign");
    send(&project, &server, &["--new-campaign"]).code(0).stdout_has("21 accepted");
    let project = project.campaign(GREETING).recipients(crowd(0..40));
    send(&project, &server, &["--new-campaign"]).code(0);
    let project = project.campaign_with("campaign: spring", "campaign: summer");
    send(&project, &server, &[]).code(0).stdout_has("40 accepted");
}
