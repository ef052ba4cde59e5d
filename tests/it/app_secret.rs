//! The proof of the app secret: with every request where the secret is set, made anew with the token, and never told.

use crate::harness::keeper::{Answer, EXPIRED, Keeper};
use crate::harness::lister::Lister;
use crate::harness::people;
use crate::harness::process::{Running, clean, until};
use crate::harness::project::{Project, TIDINGS};
use crate::harness::server::Server;

const TOKEN: &str = "EAAGnotARealTokenButAsLongAsOne0123456789";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// As `openssl dgst -sha256 -hmac` has it.
const PROOF: &str = "455653cb503beb358ccbc927890e7ed6ef8079c5747253aa7a391ebb584e6937";

fn project() -> Project {
    Project::new().env("WHATSAPP_ACCESS_TOKEN", TOKEN).env("WHATSAPP_APP_SECRET", SECRET)
}

/// A sandbox whose app demands proofs.
fn strict() -> Server {
    let home = std::sync::Arc::new(tempfile::tempdir().expect("a directory"));
    let mut command = clean(TIDINGS);
    command.args(["sandbox", "--port", "0"]).env("WHATSAPP_APP_SECRET", SECRET);
    let running = Running::start(&mut command, home).says("every request has to prove it");
    let url = until("the sandbox's address", || {
        running.stdout_so_far().lines().find(|line| line.starts_with("http://")).map(str::to_owned)
    });
    Server { url, running }
}

/// Whatever a look before sending would have said.
fn against(url: &str) -> [&str; 6] {
    ["--no-preflight", "--yes", "--ledger", "ledger.sqlite", "--api-url", url]
}

#[test]
fn every_message_carries_the_proof_where_the_secret_is_set_and_nothing_where_it_is_not() {
    let keeper = Keeper::new(|_, _| Answer::Yes);
    project().run(against(&keeper.url)).code(0);
    let proven = format!("/v25.0/106540352242922/messages?appsecret_proof={PROOF}");
    assert_eq!(keeper.book.entries().len(), 3);
    assert!(keeper.book.entries().iter().all(|(asked, _)| asked.target == proven), "{:?}", keeper.book.entries());

    for unset in [None, Some(""), Some(" ")] {
        let keeper = Keeper::new(|_, _| Answer::Yes);
        let mut project = Project::new().env("WHATSAPP_ACCESS_TOKEN", TOKEN);
        if let Some(text) = unset {
            project = project.env("WHATSAPP_APP_SECRET", text);
        }
        project.run(against(&keeper.url)).code(0);
        let bare = |target: &str| target == "/v25.0/106540352242922/messages";
        assert!(keeper.book.entries().iter().all(|(asked, _)| bare(&asked.target)), "{:?}", keeper.book.entries());
    }
}

#[test]
fn templates_are_read_with_the_proof() {
    let lister = Lister::new(|_, _| ("200 OK", br#"{"data":[]}"#.to_vec()));
    let project = project().sender("business_account_id: \"102290129340398\"");
    project.tidings(["templates", "pull", "campaign.yaml", "--api-url", &lister.url]);
    let heads = lister.heads();
    assert!(
        !heads.is_empty() && heads.iter().all(|head| head.contains(&format!("appsecret_proof={PROOF}"))),
        "{heads:?}"
    );

    let server = strict();
    let pull = ["templates", "pull", "campaign.yaml", "--api-url", &server.url];
    project.tidings(pull).code(0);
    project.env("WHATSAPP_APP_SECRET", "another").tidings(pull).code(77).stderr_has("WHATSAPP_APP_SECRET");
}

#[test]
fn the_sandbox_demands_the_proof_as_an_app_can() {
    project().run(against(&strict().url)).code(0).stdout_has("3 accepted");
    for secret in ["another", ""] {
        let server = strict();
        let ran = project().env("WHATSAPP_APP_SECRET", secret).run(against(&server.url));
        ran.code(77).stdout_has("3 waiting").stderr_has("App settings > Basic > App secret");
        assert!(!ran.stderr.contains(SECRET) && !ran.stderr.contains(TOKEN), "{}", ran.stderr);
        assert_eq!(server.book().accepted, 0);
    }
    let ran = project().env("WHATSAPP_APP_SECRET", "another").run(against(&strict().url));
    let told = ran.stderr.lines().find(|line| line.contains("does not accept the proof")).expect("a reason");
    insta::assert_snapshot!(told, @"WhatsApp does not accept the proof of the app secret (code 100: Invalid appsecret_proof provided in the API argument; its source still gives the same); 3 messages still to be sent. Put the secret of the app that the token was made for into WHATSAPP_APP_SECRET: App dashboard > App settings > Basic > App secret.");
}

#[test]
fn the_proof_is_made_anew_with_the_token() {
    let keeper = Keeper::new(|asked, _| if asked.token == TOKEN { Answer::Yes } else { EXPIRED });
    let project = Project::new()
        .sender("token: { command: [sh, token.sh] }")
        .file("token.sh", format!("if test -e once; then echo {TOKEN}; else touch once; echo the-old-one; fi"))
        .recipients(people::csv(0..20))
        .env("WHATSAPP_APP_SECRET", SECRET);
    project.run(against(&keeper.url)).code(0).stdout_has("20 accepted");
    for (asked, _) in keeper.book.entries() {
        let proven = asked.target.split_once("appsecret_proof=").expect("a proof").1;
        assert_eq!(proven == PROOF, asked.token == TOKEN, "{asked:?}");
    }
}

#[test]
fn an_answer_that_repeats_the_proof_does_not_take_it_further() {
    let keeper = Keeper::new(|_, _| Answer::Echo(131_031));
    let project = project();
    let ran = project.run(against(&keeper.url));
    ran.code(6).stderr_has("what of /v25.0/106540352242922/messages?appsecret_proof=[proof]");
    for path in project.tree().iter().map(|path| project.path(path)).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).expect("a file");
        for secret in [PROOF, SECRET, TOKEN] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret is in {}", path.display());
        }
    }
}
