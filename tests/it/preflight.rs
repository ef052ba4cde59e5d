//! The look before a run sends: what is certain stops it, what is unclear does not, and nobody gets anything by it.

use insta::assert_snapshot;

use crate::harness::lister::Lister;
use crate::harness::people;
use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;

const TOKEN: &str = "EAAGnotARealTokenButAsLongAsOne0123456789";

fn project() -> Project {
    Project::new().env("WHATSAPP_ACCESS_TOKEN", TOKEN)
}

fn run(project: &Project, url: &str, more: &[&str]) -> Ran {
    let arguments = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", url];
    project.tidings(arguments.into_iter().chain(more.iter().copied()))
}

/// What a run says that a sick simulator stops before anything is sent; the mended one is sent to at once.
#[track_caller]
fn stopped(illness: &str, code: i32) -> String {
    let (project, sick, well) = (project(), Server::start(&["--sick", illness]), Server::start(&[]));
    let ran = run(&project, &sick.url, &[]);
    ran.code(code);
    assert_eq!(sick.book().requests, 0);
    assert!(!project.path("reports").exists());
    run(&project, &well.url, &[]).code(0).stdout_has("3 accepted");
    let told = ran.stderr.lines().skip_while(|line| !line.starts_with("error:"));
    told.collect::<Vec<_>>().join("\n").replace(&sick.url, "URL")
}

#[test]
fn a_token_that_is_not_accepted_or_may_not_send_stops_it() {
    assert_snapshot!(stopped("token-expired", 77), @"
    error: a look before sending: token: from the variable WHATSAPP_ACCESS_TOKEN: WhatsApp does not accept it (code 190: Error validating access token: Session has expired.)
    make one for a system user, which lasts: Business settings > Users > System users > Generate token, with both WhatsApp permissions; tokens from the App Dashboard end within 24 hours
    more with: tidings doctor campaign.yaml --ledger ledger.sqlite --api-url URL; to send without this look: --no-preflight; nothing was sent
    ");
    assert_snapshot!(stopped("scope-messaging", 77), @"
    error: a look before sending: permissions: the token lacks whatsapp_business_messaging
    generate the token anew and tick the permission, for an app that has it
    more with: tidings doctor campaign.yaml --ledger ledger.sqlite --api-url URL; to send without this look: --no-preflight; nothing was sent
    ");
    assert_snapshot!(stopped("proof-required", 77), @"
    error: a look before sending: app-secret: the app demands a proof of its secret, and WHATSAPP_APP_SECRET is not set (code 100: API calls from the server require an appsecret_proof argument)
    export WHATSAPP_APP_SECRET with the secret from App Dashboard > App settings > Basic; or switch off `Require app secret` under Advanced
    more with: tidings doctor campaign.yaml --ledger ledger.sqlite --api-url URL; to send without this look: --no-preflight; nothing was sent
    ");
}

#[test]
fn a_number_that_cannot_send_stops_it() {
    assert_snapshot!(stopped("number-disconnected", 2), @"
    error: a look before sending: number: Rehearsal, +1 555-010-0100: cannot send, its status is DISCONNECTED
    WhatsApp Manager > Phone numbers shows why; a number that is not registered is registered there
    more with: tidings doctor campaign.yaml --ledger ledger.sqlite --api-url URL; to send without this look: --no-preflight; nothing was sent
    ");
    assert_snapshot!(stopped("health-blocked", 2), @"
    error: a look before sending: health: messages are blocked; waba: There is an error with the payment method
    Add a new payment method to the account.
    more with: tidings doctor campaign.yaml --ledger ledger.sqlite --api-url URL; to send without this look: --no-preflight; nothing was sent
    ");
    assert_snapshot!(stopped("api-version", 2), @"
    error: a look before sending: api-version: WhatsApp does not answer to v25.0 any more (code 2635: (#2635) You are calling a deprecated version of the API.)
    write `api_version: v26.0` under `sender`, after a rehearsal
    more with: tidings doctor campaign.yaml --ledger ledger.sqlite --api-url URL; to send without this look: --no-preflight; nothing was sent
    ");
}

#[test]
fn what_is_only_worth_a_look_is_said_and_sending_goes_on() {
    let server = Server::start(&["--sick", "quality-red"]);
    let ran = run(&project(), &server.url, &[]);
    ran.code(0).stdout_has("3 accepted").stderr_has("quality: low: many people block or report the number");
}

#[test]
fn a_token_that_ends_before_the_run_would_is_told() {
    let server = Server::start(&["--sick", "token-expires-soon"]);
    let slow = project().campaign_with("rate: 1000/s", "rate: 1/s").recipients(people::csv(0..4000));
    let running = slow.start(["run", "campaign.yaml", "--yes", "--ledger", "l", "--api-url", &server.url]);
    let ran = running.says("at most 1 a second").signal(rustix::process::Signal::TERM).end();
    ran.code(5).stderr_has("expiry: the token ends on ").stderr_has("in 60 min; the campaign takes until");
    let quick = run(&project(), &server.url, &[]);
    assert!(!quick.code(0).stderr.contains("expiry"), "{}", quick.stderr);
}

#[test]
fn what_is_unclear_stops_nothing() {
    for illness in
        ["token-opaque", "scope-management", "number-unknown", "number-flagged", "wrong-account", "webhook-none"]
    {
        let server = Server::start(&["--sick", illness]);
        run(&project(), &server.url, &[]).code(0).stdout_has("3 accepted");
    }
}

#[test]
fn a_server_that_knows_none_of_it_is_sent_to_as_ever() {
    let accepted = br#"{"messages":[{"id":"wamid.1"}]}"#;
    for (status, body) in [("404 Not Found", &b""[..]), ("500 Oh", b"{"), ("200 OK", b"<html>")] {
        let server = Lister::new(move |path, _| match path {
            path if path.ends_with("/messages") => ("200 OK", accepted.to_vec()),
            _ => (status, body.to_vec()),
        });
        run(&project(), &server.url, &[]).code(0).stdout_has("3 accepted");
        let asked: Vec<_> = server.heads().into_iter().filter(|head| !head.contains("/messages ")).collect();
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked.iter().all(|head| !head.lines().next().unwrap_or_default().contains(TOKEN)), "{asked:?}");
    }
}

#[test]
fn a_name_cannot_write_on_the_screen() {
    let number = r#"{"id":"1","verified_name":"\u001b[2JShop\u202e","status":"BANNED"}"#;
    let server = Lister::new(|_, _| ("200 OK", number.as_bytes().to_vec()));
    let ran = run(&project(), &server.url, &["--color", "never"]);
    ran.code(2).stderr_has("[2JShop");
    assert!(!ran.stderr.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.stderr);
    let ran = project().tidings(["doctor", "campaign.yaml", "--api-url", &server.url]);
    assert!(ran.stdout.contains("[2JShop") && !ran.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.stdout);
}

#[test]
fn it_can_be_left_out() {
    let server = Server::start(&["--sick", "number-disconnected"]);
    run(&project(), &server.url, &["--no-preflight"]).code(0).stdout_has("3 accepted");
}

#[test]
fn a_saved_plan_is_looked_at_too_and_a_rehearsal_is_well() {
    let (project, server) = (project(), Server::start(&["--sick", "health-blocked"]));
    project.preview(["--out", "spring.plan"]).code(0);
    run(&project, &server.url, &["--plan", "spring.plan"]).code(2).stderr_has("messages are blocked");
    assert_eq!(server.book().requests, 0);
    project.run(["--sandbox", "--yes"]).code(0).stdout_has("3 accepted");
}

#[test]
fn without_people_nobody_is_asked() {
    let server = Server::start(&[]);
    let project = project();
    run(&project, &server.url, &[]).code(0);
    let silent = Lister::new(|_, _| ("404 Not Found", Vec::new()));
    run(&project, &silent.url, &[]).code(0).stdout_has("nothing to send");
    assert_eq!(silent.heads().len(), 0);
}
