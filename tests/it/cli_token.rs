//! The token: from where the campaign says, from nowhere else, and never shown.

use crate::harness::people;
use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;

const TOKEN: &str = "invented-token-41";

fn strict() -> Server {
    Server::start(&["--token", TOKEN])
}

fn with_source(source: &str) -> Project {
    Project::new().sender(&format!("token: {source}"))
}

/// The run ended for want of a token and nobody was asked anything.
#[track_caller]
fn went_without(ran: &Ran, server: &Server, words: &str) {
    ran.code(77).stderr_has(words).stderr_has("nothing was sent");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn the_token_comes_from_the_variable_the_file_or_the_command_that_the_campaign_names() {
    let default = Project::new().env("WHATSAPP_ACCESS_TOKEN", TOKEN);
    let variable = with_source("env:OTHER_TOKEN").env("OTHER_TOKEN", TOKEN).env("WHATSAPP_ACCESS_TOKEN", "wrong");
    let file = with_source("file:secret.txt").secret("secret.txt", format!("{TOKEN}\n"));
    let command = with_source(&format!("{{ command: [printf, \"%s\", {TOKEN}] }}"));
    for project in [default, variable, file, command] {
        let server = strict();
        project.send(&server).code(0).stdout_has("3 accepted");
    }
}

#[test]
fn no_shell_reads_a_token_command() {
    let server = Server::start(&["--token", "$HOME;x"]);
    with_source("{ command: [printf, \"%s\", \"$HOME;x\"] }").send(&server).code(0);
}

#[test]
fn without_a_token_nothing_is_sent_and_the_remedy_is_named() {
    let server = strict();
    went_without(&Project::new().send(&server), &server, "the environment variable WHATSAPP_ACCESS_TOKEN is not set");
    let empty = Project::new().env("WHATSAPP_ACCESS_TOKEN", " ");
    went_without(&empty.send(&server), &server, "the environment variable WHATSAPP_ACCESS_TOKEN is not set");
    went_without(&with_source("env:OTHER_TOKEN").send(&server), &server, "OTHER_TOKEN is not set");
    went_without(&with_source("file:secret.txt").send(&server), &server, "secret.txt cannot be read");
    let two_lines = with_source("file:secret.txt").secret("secret.txt", "invented\ntoken\n");
    went_without(&two_lines.send(&server), &server, "secret.txt does not hold a token");
    went_without(&with_source("{ command: [\"false\"] }").send(&server), &server, "`false` failed");
    went_without(&with_source("{ command: [no-such-program] }").send(&server), &server, "cannot be started");
}

#[test]
fn a_dot_env_file_is_not_read() {
    let server = strict();
    let project = Project::new().file(".env", format!("WHATSAPP_ACCESS_TOKEN={TOKEN}\n"));
    went_without(&project.send(&server), &server, "WHATSAPP_ACCESS_TOKEN is not set");
}

#[test]
fn a_token_that_is_refused_stops_the_run_and_the_right_one_goes_on() {
    let server = strict();
    let project = Project::new().recipients(people::csv(0..200)).env("WHATSAPP_ACCESS_TOKEN", "wrong");
    let ran = project.send(&server);
    ran.code(77).stdout_has("200 rows: 0 accepted, 200 waiting");
    let report = ran.report();
    assert_eq!(report.states(), [("waiting", 200)].into());
    assert!(report.rows.iter().all(|row| !row.reason.is_empty()));
    let told = ran.stderr.lines().filter(|line| line.contains("token")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(told, @r"
    WhatsApp refuses the token (code 190: Invalid OAuth access token - Cannot parse access token): its source is read once more, and everybody waits
    WhatsApp does not accept the token (code 190: Invalid OAuth access token - Cannot parse access token; its source still gives the same); 200 messages still to be sent. Temporary tokens end within 24 hours. Make a lasting one: business.facebook.com > Settings > Users > System users > Generate token, with the permissions whatsapp_business_messaging and whatsapp_business_management, for a system user to whom the app and the WhatsApp account are assigned.
    ");

    let mended = project.env("WHATSAPP_ACCESS_TOKEN", TOKEN);
    mended.send(&server).code(77).stderr_has("tidings resume campaign.yaml --ledger ledger.sqlite --acknowledge 1");
    mended.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    mended.send(&server).code(0).stdout_has("200 rows: 200 accepted");
    assert_eq!(server.book().recipients_twice, 0);
}

#[test]
fn the_token_appears_nowhere() {
    let nowhere = |project: &Project, ran: &Ran| {
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains(TOKEN), "{said}");
        for path in project.tree().iter().map(|path| project.path(path)).filter(|path| path.is_file()) {
            let bytes = std::fs::read(&path).expect("a file");
            let found = bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
            assert!(!found, "the token is in {}", path.display());
        }
    };
    for arguments in [&["--token", TOKEN][..], &["--token", "another"], &["--fault", "reset=100%"]] {
        let project = Project::new().env("WHATSAPP_ACCESS_TOKEN", TOKEN);
        nowhere(&project, &project.send(&Server::start(arguments)));
    }
}

#[test]
fn a_token_in_the_campaign_file_is_refused_and_not_repeated() {
    let server = strict();
    let ran = with_source("EAAinventedtoken41").send(&server);
    ran.code(2).stderr_has("campaign.yaml:4:10").stderr_has("the token itself never stands in a");
    assert!(!ran.stderr.contains("EAAinventedtoken41"), "{}", ran.stderr);
    assert_eq!(server.book().requests, 0);
}

#[test]
fn a_rehearsal_needs_no_token() {
    Project::new().run(["--sandbox"]).code(0);
    with_source("file:secret.txt").run(["--sandbox"]).code(0);
}
