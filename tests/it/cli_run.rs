//! `tidings run`: each person gets a message once, whatever is run again, and the exit code tells how it went.

use crate::harness::people;
use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;

#[test]
fn the_smallest_campaign_runs_in_the_sandbox() {
    let project = Project::new();
    let ran = project.run(["--sandbox"]);
    ran.code(0);
    let _redacted = ran.redact();
    insta::assert_snapshot!(ran.stdout, @"
    spring: 3 rows: 3 accepted
    report: reports/spring/[start]-sandbox-1
    ");
    insta::assert_snapshot!(ran.stderr, @"
    spring: sending 3 messages in the sandbox, at most 1000 a second
    sandbox: took 3 messages, nobody's twice
    ");
}

#[test]
fn a_rehearsal_leaves_nothing_but_its_report() {
    let project = Project::new();
    let before = project.tree();
    project.run(["--sandbox"]).code(0);
    let added: Vec<_> = project.tree().into_iter().filter(|path| !before.contains(path)).collect();
    assert!(added.iter().all(|path| path.starts_with("reports")), "{added:?}");
    // So it can be repeated.
    project.run(["--sandbox"]).code(0).stdout_has("3 accepted");
}

#[test]
fn a_second_run_sends_nothing_and_says_so() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.send(&server).code(0).stdout_has("3 rows: 3 accepted");
    let again = project.send(&server);
    again.code(0);
    insta::assert_snapshot!(again.stdout, @"spring: nothing to send: 3 accepted");
    assert_eq!((server.book().requests, server.book().accepted), (3, 3));
}

#[test]
fn a_row_added_later_is_the_only_one_that_is_sent() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.send(&server).code(0);
    let project = project.recipients("phone\n+12025550104\n+12025550101\n+12025550102\n+12025550103\n");
    project.send(&server).code(0).stdout_has("4 rows: 4 accepted").stderr_has("sending 1 message");
    let book = server.book();
    assert_eq!((book.requests, book.recipients_twice), (4, 0));
    assert_eq!(book.messages.last().map(|message| message.recipient.as_str()), Some("+12025550104"));
}

#[test]
fn another_wording_sender_spelling_or_file_name_messages_nobody_again() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.send(&server).code(0);
    let project = project
        .campaign_with("hello_world\n", "hello_again\n")
        .campaign_with("106540352242922", "106540352242923")
        .recipients("phone\n+1 (202) 555-0103\n001-202-555-0102\n+1.202.555.0101\n");
    project.send(&server).code(0).stdout_has("nothing to send");
    let renamed = ["run", "other.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    std::fs::rename(project.path("campaign.yaml"), project.path("other.yaml")).expect("a campaign");
    project.tidings(renamed).code(0).stdout_has("nothing to send");
    assert_eq!(server.book().requests, 3);
}

#[test]
fn people_whom_whatsapp_refuses_are_named_with_the_reason_and_not_asked_again() {
    let (project, server) = (Project::new().with_token(), Server::with_faults(&["131026=100%"]));
    let ran = project.send(&server);
    ran.code(3).stdout_has("3 rows: 0 accepted, 3 refused");
    let report = ran.report();
    assert_eq!(report.states(), [("refused", 3)].into());
    assert!(report.rows.iter().all(|row| row.code == Some(131_026) && row.wamid.is_empty() && row.attempts == 1));
    insta::assert_snapshot!(report.rows[0].reason, @"the message cannot be delivered to this number ((#131026) Message Undeliverable: a fault of the sandbox's script)");
    assert_eq!(ran.summary()["exit_code"], 3);
    project.send(&server).code(0).stdout_has("nothing to send: 0 accepted, 3 refused");
    assert_eq!((server.book().requests, server.book().accepted), (3, 0));
}

#[test]
fn a_message_without_an_answer_is_in_doubt_and_never_asked_again() {
    let (project, server) = (Project::new().with_token(), Server::with_faults(&["reset-accepted=100%"]));
    let ran = project.send(&server);
    ran.code(4).stdout_has("3 in doubt");
    assert_eq!(ran.report().states(), [("in_doubt", 3)].into());
    project.send(&server).code(4).stdout_has("nothing to send").stdout_has("3 in doubt");
    let book = server.book();
    assert_eq!((book.requests, book.accepted, book.recipients_twice), (3, 3, 0));
}

#[test]
fn a_template_that_is_wrong_for_everybody_stops_the_run_and_everybody_waits() {
    let project = Project::new().with_token().recipients(people::csv(0..50));
    let server = Server::with_faults(&["132000=100%"]);
    let ran = project.send(&server);
    ran.code(6).stdout_has("50 waiting").stderr_has("WhatsApp refuses the template for everybody");
    assert_eq!(ran.report().states(), [("waiting", 50)].into());
}

#[test]
fn several_campaigns_run_in_turn_and_the_worst_end_decides() {
    let project = Project::new().with_token().file("broken.yaml", "campaign: broken\n");
    let ran = project.tidings(["run", "broken.yaml", "campaign.yaml", "--sandbox"]);
    ran.code(2).stdout_has("3 accepted").stderr_has("broken.yaml");
}

#[test]
fn quiet_says_nothing_on_success_and_everything_about_problems() {
    let project = Project::new();
    project.run(["--sandbox", "--quiet"]).code(0).silent();
    let broken = project.recipients("phone\nnobody\n").run(["--sandbox", "--quiet"]);
    broken.code(2).stderr_has("people.csv:2:1");
}

#[test]
fn colour_is_there_when_asked_for_and_only_then() {
    let escapes = |ran: &Ran| ran.stdout.contains('\x1b') || ran.stderr.contains('\x1b');
    let broken = Project::new().recipients("phone\nnobody\n");
    assert!(escapes(broken.run(["--sandbox", "--color", "always"]).code(2)));
    assert!(!escapes(broken.run(["--sandbox", "--color", "never"]).code(2)));
    assert!(!escapes(broken.run(["--sandbox"]).code(2)));
    let asked_not_to = broken.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1");
    assert!(!escapes(asked_not_to.run(["--sandbox"]).code(2)));
}

#[test]
fn help_and_version_are_results_and_unknown_flags_are_mistakes() {
    let project = Project::new();
    project.tidings(["--version"]).code(0).stdout_has(concat!("tidings ", env!("CARGO_PKG_VERSION")));
    for command in ["run", "preview", "sandbox"] {
        project.tidings([command, "--help"]).code(0).stdout_has("Usage: tidings");
    }
    project.tidings(["--help"]).code(0).stdout_has("Commands:");
    project.run(["--sandbox", "--twice"]).code(2).stderr_has("--twice");
    project.tidings([]).code(2).stderr_has("Usage: tidings");
}

#[test]
fn nothing_is_sent_where_nobody_can_be_asked_and_nobody_said_yes() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    let ran = project.run(["--ledger", "ledger.sqlite", "--api-url", &server.url]);
    ran.code(2).stderr_has("add --yes");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn a_rehearsal_on_this_machine_needs_a_ledger_of_its_own() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    let ran = project.run(["--yes", "--api-url", &server.url]);
    ran.code(2).stderr_has("--ledger");
    assert_eq!((server.book().requests, project.path(".tidings").exists()), (0, false));
}

#[test]
fn messages_and_the_token_do_not_travel_in_the_open() {
    let project = Project::new().with_token();
    let ran = project.run(["--yes", "--ledger", "ledger.sqlite", "--api-url", "http://192.0.2.1"]);
    ran.code(2).stderr_has("`http://192.0.2.1` is not an address tidings sends to: use https");
    assert!(!project.path("ledger.sqlite").exists());
    project.run(["--sandbox", "--api-url", "http://127.0.0.1:9"]).code(2).stderr_has("cannot be used with");
}

#[test]
fn faults_of_the_sandbox_are_no_part_of_a_real_run() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    let ran = project.run(["--yes", "--ledger", "l", "--api-url", &server.url, "--fault", "131026=1%"]);
    ran.code(2).stderr_has("--sandbox");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn rows_of_which_none_is_sent_stand_in_a_report_all_the_same() {
    let project = Project::new().with_token().recipients("phone\nnobody\n+1202\n");
    let project = project.campaign_with("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }");
    let server = Server::start(&[]);
    let ran = project.send(&server);
    ran.code(0).stdout_has("nothing to send: 0 accepted, 2 turned away");
    assert_eq!((ran.report().of("turned_away").len(), server.book().requests), (2, 0));
}

#[test]
fn a_ledger_with_an_address_is_refused_and_the_address_not_repeated() {
    let project = Project::new().with_token();
    let ran = project.run(["--yes", "--ledger", "postgres://tidings:invented-password@db.example.com/ledger"]);
    ran.code(2).stderr_has("the ledger is a file");
    assert!(!ran.stderr.contains("invented-password"), "{}", ran.stderr);
}
