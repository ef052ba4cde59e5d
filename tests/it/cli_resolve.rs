//! Doubts and people: listed with their evidence, held, given up, or sent again by somebody who answers for it.

use rusqlite::Connection;

use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;

/// Three people, every answer lost after the message was taken.
fn in_doubt() -> (Project, Server) {
    let (project, server) = (Project::new().with_token(), Server::with_faults(&["reset-accepted=100"]));
    project.send(&server).code(4).stdout_has("3 in doubt");
    (project, server)
}

fn resolve<const N: usize>(project: &Project, arguments: [&str; N]) -> Ran {
    let ledger = ["resolve", "campaign.yaml", "--ledger", "ledger.sqlite"];
    project.tidings(ledger.into_iter().chain(arguments))
}

/// An hour goes by.
fn an_hour_later(project: &Project) {
    let ledger = Connection::open(project.path("ledger.sqlite")).expect("a ledger");
    ledger.execute("UPDATE attempts SET claimed_at = claimed_at - 3600000", []).expect("an update");
}

#[test]
fn doubts_are_listed_with_what_is_known_of_them() {
    let (project, _server) = in_doubt();
    let listed = resolve(&project, []);
    let _redacted = listed.redact();
    listed.code(0).stdout_has("spring: 3 messages in doubt").stdout_has("row 2 to +12025550101, hello_world (en_US), ");
    listed.stdout_has("may still arrive").stdout_has("--hold leaves them so");
}

#[test]
fn a_campaign_without_doubts_or_without_a_ledger_says_so() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    resolve(&project, []).code(2).stderr_has("there is no ledger");
    project.send(&server).code(0);
    resolve(&project, []).code(0).stdout_has("spring: 0 messages in doubt");
}

#[test]
fn what_is_held_needs_no_attention_and_is_never_sent_again() {
    let (project, server) = in_doubt();
    project.send(&server).code(4);
    resolve(&project, ["--hold"]).code(0).stdout_has("3 messages held in doubt");
    project.send(&server).code(0).stdout_has("3 in doubt");
    resolve(&project, []).stdout_has(", held");
    assert_eq!(server.book().requests, 3);
}

#[test]
fn what_is_given_up_is_over_and_never_sent_again() {
    let (project, server) = in_doubt();
    resolve(&project, ["--give-up", "--row", "3"]).code(0).stdout_has("1 message given up");
    resolve(&project, []).stdout_has("2 messages in doubt");
    resolve(&project, ["--give-up"]).code(0).stdout_has("2 messages given up");
    project.send(&server).code(0).stdout_has("3 given up");
    assert_eq!(server.book().requests, 3);
}

#[test]
fn a_resend_waits_until_the_old_request_cannot_arrive_any_more() {
    let (project, server) = in_doubt();
    resolve(&project, ["--resend", "--yes-may-duplicate", "3"]).code(2).stderr_has("may still arrive");
    project.send(&server).code(4);
    assert_eq!(server.book().requests, 3);
}

#[test]
fn a_resend_needs_the_number_of_people_and_no_other_number() {
    let (project, server) = in_doubt();
    an_hour_later(&project);
    resolve(&project, ["--resend"]).code(2).stderr_has("--yes-may-duplicate 3");
    resolve(&project, ["--resend", "--yes-may-duplicate", "2"]).code(2).stderr_has("nothing was changed");
    resolve(&project, ["--yes-may-duplicate", "3"]).code(2);
    project.send(&server).code(4);
    assert_eq!(server.book().requests, 3);
}

#[test]
fn what_a_person_orders_to_be_sent_again_is_sent_once_more_and_no_more() {
    let (project, _lossy) = in_doubt();
    an_hour_later(&project);
    resolve(&project, ["--resend", "--row", "4", "--yes-may-duplicate", "1"]).code(0);
    let server = Server::start(&[]);
    let ran = project.send(&server);
    ran.code(4).stderr_has("sending 1 message,");
    assert_eq!((server.book().requests, ran.report().of("accepted").len()), (1, 1));
    project.send(&server).code(4);
    assert_eq!(server.book().requests, 1);
}

#[test]
fn what_is_sent_again_says_what_the_campaign_says_now_and_only_on_a_word() {
    let (project, _lossy) = in_doubt();
    an_hour_later(&project);
    // While it is in doubt nothing waits, so that the edit alone needs nobody's word.
    let project = project.campaign_with("name: hello_world", "name: hello_again");
    let server = Server::start(&[]);
    project.send(&server).code(4);
    resolve(&project, ["--resend", "--row", "3", "--yes-may-duplicate", "1"]).code(0);
    let ran = project.send(&server);
    ran.code(2).stderr_has("1 with another template").stderr_has("- template  hello_world (en_US)");
    assert_eq!(server.book().requests, 0);
    let word = ["--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url, "--accept-changes"];
    project.run(word).code(4).stderr_has("sending 1 message,");
    let templates: Vec<_> = server.book().messages.into_iter().map(|message| message.template).collect();
    assert_eq!(templates, ["hello_again"]);
    project.send(&server).code(4).stdout_has("nothing to send");
}

#[test]
fn a_doubt_follows_its_person_through_a_file_that_was_changed() {
    let (project, _lossy) = in_doubt();
    an_hour_later(&project);
    let project = project.recipients("phone\n+12025550103\n+12025550104\n+12025550101\n");
    let server = Server::start(&[]);
    project.send(&server).code(4).stdout_has("1 accepted, 2 in doubt");
    let listed = resolve(&project, []);
    listed.stdout_has("row 2 to +12025550103").stdout_has("row 4 to +12025550101");
    listed.stdout_has("not in the file any more, to +12025550102");
    resolve(&project, ["--resend", "--yes-may-duplicate", "3"]).code(2).stderr_has("1 of them are not in");
    resolve(&project, ["--resend", "--row", "3", "--yes-may-duplicate", "1"])
        .code(2)
        .stderr_has("row 3 is not in doubt");
    resolve(&project, ["--resend", "--row", "4", "--yes-may-duplicate", "1"]).code(0);
    let ran = project.send(&server);
    ran.code(4).stderr_has("sending 1 message,").stdout_has("2 accepted, 1 in doubt");
    let accepted: Vec<_> = ran.report().of("accepted").iter().map(|row| row.recipient.clone()).collect();
    assert!(accepted.iter().any(|phone| phone.ends_with("+12025550101")), "{accepted:?}");
    assert_eq!(server.book().requests, 2);
}

#[test]
fn an_order_to_send_again_lapses_with_its_row_and_leaves_the_doubt() {
    let (project, _lossy) = in_doubt();
    an_hour_later(&project);
    resolve(&project, ["--resend", "--yes-may-duplicate", "3"]).code(0);
    // It is asked for once more, to no avail, and its row goes away before its turn comes again.
    project.send(&Server::with_faults(&["132001=100"])).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let project = project.recipients("phone\n+12025550102\n+12025550103\n");
    let server = Server::start(&[]);
    let ran = project.send(&server);
    ran.code(4).stdout_has("2 rows: 2 accepted\nin doubt besides: 1 message");
    assert!(!ran.stderr.contains("withdrawn"), "it was not: {}", ran.stderr);
    resolve(&project, []).stdout_has("not in the file any more, to +12025550101").stdout_has("Connection reset");
    // Back in the file it waits for a new order.
    let project = project.recipients("phone\n+12025550101\n+12025550102\n+12025550103\n");
    project.send(&server).code(4).stdout_has("nothing to send: 2 accepted, 1 in doubt");
    assert_eq!(server.book().requests, 2);
}

#[test]
fn a_doubt_whose_row_left_the_file_needs_a_person_all_the_same() {
    let (project, _lossy) = in_doubt();
    let project = project.recipients("phone\n+12025550104\n");
    let server = Server::start(&[]);
    project.send(&server).code(4).stdout_has("1 row: 1 accepted\nin doubt besides: 3 messages");
    // cron mails only what is printed.
    let arguments = ["run", "campaign.yaml", "--yes", "--quiet", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    project.tidings(arguments).code(4).stderr_has("in doubt besides: 3 messages");
    resolve(&project, ["--hold"]).code(0);
    project.send(&server).code(0);
    assert_eq!(server.book().requests, 1);
}

#[test]
fn a_row_that_is_not_in_doubt_changes_nothing() {
    let (project, _server) = in_doubt();
    resolve(&project, ["--give-up", "--row", "3", "--row", "9"]).code(2).stderr_has("row 9 is not in doubt");
    resolve(&project, []).stdout_has("3 messages in doubt");
}

#[test]
fn what_people_decide_is_kept_for_ever() {
    let (project, _server) = in_doubt();
    resolve(&project, ["--hold"]).code(0);
    resolve(&project, ["--give-up"]).code(0);
    let ledger = Connection::open(project.path("ledger.sqlite")).expect("a ledger");
    let decisions: Vec<String> = ledger
        .prepare("SELECT decision FROM decisions ORDER BY decision_id")
        .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
        .expect("decisions");
    assert_eq!(decisions, ["hold", "hold", "hold", "give up", "give up", "give up"]);
}

#[test]
fn rows_are_not_named_by_a_file_that_was_edited_since() {
    let (project, _server) = in_doubt();
    let before = std::fs::read_to_string(project.path("people.csv")).expect("a file");
    let turned: String =
        before.lines().skip(1).collect::<Vec<_>>().iter().rev().map(|row| format!("{row}\n")).collect();
    let project = project.recipients(format!("phone\n{turned}"));
    resolve(&project, ["--give-up", "--row", "3"]).code(2).stderr_has("people.csv was edited since the last run");
    resolve(&project, []).code(0).stdout_has("in doubt");
    let project = project.recipients(before);
    resolve(&project, ["--give-up", "--row", "3"]).code(0);
}
