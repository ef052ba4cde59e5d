//! A saved plan: what somebody looked at and approved is what is sent, or nothing is.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sha2::{Digest, Sha256};
use tidings::plan::saved::{Reader, SavedError};

use crate::cli_cost;
use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::recorder::Recorder;
use crate::harness::server::Server;

const CAMPAIGN: &str = "\
campaign: spring
sender: { phone_number_id: \"106540352242922\" }
recipients: { file: people.csv, on_invalid: skip }
templates:
  - name: hello
    languages: [en_US]
    body: { first_name: \"{{ first_name }}\" }
send: { rate: 1000/s }
";

const PEOPLE: &str = "phone,first_name\n+12025550101,\"ada \"\"the first\"\"\"\n+12025550102,\n+12025550103,zoé 😀\n";

/// A campaign whose plan is saved.
fn saved() -> Project {
    let project = Project::empty().campaign(CAMPAIGN).recipients(PEOPLE).with_token();
    let ran = project.preview(["--out", "spring.plan"]);
    ran.code(0)
        .stderr_has("saved: spring.plan; send it until")
        .stderr_has("tidings run campaign.yaml --plan spring.plan");
    project
}

fn send(project: &Project, url: &str, more: &[&str]) -> Ran {
    let arguments = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", url];
    project.tidings(arguments.into_iter().chain(["--plan", "spring.plan"]).chain(more.iter().copied()))
}

/// The plan with its text changed and its digest made right again, as only somebody would who means it.
fn forge(project: &Project, change: impl Fn(&str) -> String) {
    let path = project.path("spring.plan");
    let text = change(&fs::read_to_string(&path).expect("a plan"));
    let (rows, footer) = text.trim_end().rsplit_once('\n').expect("lines");
    let rows = format!("{rows}\n");
    let mut footer: serde_json::Value = serde_json::from_str(footer).expect("an end");
    footer["sha256"] = "".into();
    let digest = Sha256::digest(format!("{rows}{footer}"));
    footer["sha256"] = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    fs::write(path, format!("{rows}{footer}\n")).expect("a plan");
}

#[test]
fn a_saved_plan_is_sent_as_it_was_saved() {
    let (project, server) = (saved(), Server::start(&[]));
    let ran = send(&project, &server.url, &[]);
    ran.code(0).stdout_has("3 rows: 2 accepted, 1 turned away");
    assert_eq!(ran.report().of("turned_away")[0].row, 3);
    send(&project, &server.url, &[]).code(0).stdout_has("nothing to send");
    assert_eq!(server.book().requests, 2);
}

#[test]
fn the_words_of_a_saved_plan_are_those_of_the_preview() {
    let project = Project::empty().campaign(CAMPAIGN).with_token();
    let project = project.recipients("phone,first_name\n+12025550101,\"zoé \"\"the last\"\" 😀\"\n");
    project.preview(["--out", "spring.plan"]).code(0);
    let shown: serde_json::Value =
        serde_json::from_str(&project.preview(["--json", "--row", "2"]).stdout).expect("a request");
    let recorder = Recorder::start();
    send(&project, &recorder.url, &["--no-preflight"]).code(0);
    let sent = recorder.recorded().body;
    assert_eq!((&sent["to"], &sent["template"]), (&shown["to"], &shown["template"]));
}

#[test]
fn a_plan_whose_files_were_edited_is_stale_and_says_which() {
    let (project, server) = (saved(), Server::start(&[]));
    let project = project.campaign(&CAMPAIGN.replace("1000/s", "500/s"));
    send(&project, &server.url, &[]).code(2).stderr_has("campaign.yaml is not the campaign file that it was made from");
    let project = project.campaign(CAMPAIGN).recipients(format!("{PEOPLE}+12025550104,dan\n"));
    let ran = send(&project, &server.url, &[]);
    ran.code(2).stderr_has("people.csv was edited since").stderr_has("tidings preview campaign.yaml --out spring.plan");
    send(&project.recipients(PEOPLE), &server.url, &[]).code(0);
    assert_eq!(server.book().requests, 2);
}

#[test]
fn a_plan_is_for_its_time_its_occurrence_and_its_version() {
    let number = |text: &str, key: &str| {
        let (_, rest) = text.split_once(&format!("\"{key}\":")).expect("a key");
        rest.split(',').next().expect("a value").to_owned()
    };
    let day = |text: &str, key: &str, days: i64| {
        let at: i64 = number(text, key).parse().expect("a time");
        text.replace(&format!("\"{key}\":{at}"), &format!("\"{key}\":{}", at + days * 86_400_000))
    };
    let server = Server::start(&[]);
    for (change, why) in [
        (&(|text: &str| day(text, "expires_at_ms", -2)) as &dyn Fn(&str) -> String, "approved for sending until"),
        (&|text: &str| day(text, "created_at_ms", 1), "which is yet to come"),
        (&|text: &str| text.replace("\"occurrence\":\"once\"", "\"occurrence\":\"2026-01\""), "it is for 2026-01"),
        (&|text: &str| text.replace("\"tidings\":\"", "\"tidings\":\"0."), "made it, and this is"),
        (
            &|text: &str| text.replace("\"tidings_plan\":2", "\"tidings_plan\":7"),
            "another version of tidings (format 7)",
        ),
    ] {
        let project = saved();
        forge(&project, change);
        send(&project, &server.url, &[]).code(2).stderr_has(why);
    }
    assert_eq!(server.book().requests, 0);
}

#[test]
fn an_altered_plan_sends_nothing_and_leaves_nothing() {
    let (project, server) = (saved(), Server::start(&[]));
    let path = project.path("spring.plan");
    let good = fs::read_to_string(&path).expect("a plan");
    let cut: String = good.lines().take(2).map(|line| format!("{line}\n")).collect();
    for bad in [good.replace("ada", "eve"), good.replace("+12025550101", "+12025550199"), cut, format!("{good}{{}}\n")]
    {
        fs::write(&path, bad).expect("a plan");
        send(&project, &server.url, &[]).code(2).stderr_has("the plan");
    }
    fs::write(&path, good).expect("a plan");
    send(&project, &server.url, &[]).code(0).stdout_has("2 accepted");
    // Also when its people have it already.
    fs::write(&path, fs::read_to_string(&path).expect("a plan").replace("ada", "eve")).expect("a plan");
    send(&project, &server.url, &[]).code(2).stderr_has("altered");
    assert_eq!(server.book().requests, 2);
}

#[test]
fn no_byte_of_a_plan_can_be_changed_unseen() {
    let project = priced().recipients("phone,first_name\n+12025550101,ada\n");
    let path = project.path("spring.plan");
    project.preview(["--out", "spring.plan"]).code(0);
    let good = fs::read(&path).expect("a plan");
    let read = || Reader::open(&path).and_then(|reader| reader.rows(|_| Ok::<_, SavedError>(())));
    let footer = read().expect("a good plan");
    assert!(footer.rows == 1 && footer.ceiling.is_some() && footer.definitions.len() == 1, "{footer:?}");
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&path, bad).expect("a plan");
        assert!(read().is_err(), "byte {at}");
    }
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).expect("a plan");
        assert!(read().is_err(), "cut to {length} bytes");
    }
}

#[test]
fn a_saved_plan_is_an_approval_of_what_it_changes_for_those_who_wait() {
    let project = Project::empty().campaign(CAMPAIGN).recipients(PEOPLE).with_token();
    project.send(&Server::with_faults(&["132001=100"])).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let project = project.recipients(PEOPLE.replace("ada", "eve"));
    let server = Server::start(&[]);
    project.send(&server).code(2).stderr_has("--accept-changes");
    project.preview(["--out", "spring.plan"]).code(0);
    send(&project, &server.url, &[]).code(0).stdout_has("2 accepted");
}

#[test]
fn a_plan_is_for_its_owners_eyes_and_none_is_saved_of_files_with_problems() {
    let project = saved();
    let mode = fs::metadata(project.path("spring.plan")).expect("a plan").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let bad = Project::empty().campaign(CAMPAIGN).recipients("phone\n+12025550101\n");
    bad.preview(["--out", "spring.plan"]).code(2);
    assert!(!bad.path("spring.plan").exists());
    assert_eq!(bad.tree(), ["campaign.yaml", "people.csv"]);
    saved()
        .preview(["--out", "nowhere/spring.plan"])
        .code(74)
        .stderr_has("the plan nowhere/spring.plan cannot be saved");
    saved().preview(["--out", "."]).code(2).stderr_has("--out: . is a directory; name a file in it");
    let stranger = Project::new().file("spring.plan", "{}\n");
    send(&stranger, "http://127.0.0.1:9", &[]).code(2).stderr_has("no saved plan of tidings; save one with:");
    send(&Project::new(), "http://127.0.0.1:9", &[]).code(2).stderr_has("the plan spring.plan: No such file");
}

/// A campaign with prices, whose plan is saved.
fn priced() -> Project {
    let project = cli_cost::project("500 EUR");
    project.preview(["--out", "spring.plan"]).code(0);
    project
}

#[test]
fn a_plan_whose_templates_changed_is_stale_and_says_which() {
    let server = Server::start(&[]);
    for (from, to) in [("Hello", "Good day,"), ("Bye", "So long"), ("\"MARKETING\"", "\"UTILITY\"")] {
        let project = priced().file("templates.lock.json", cli_cost::LOCK.replace(from, to));
        send(&project, &server.url, &[])
            .code(2)
            .stderr_has("the template hello (en_US) in templates.lock.json was changed since");
    }
    let project = priced().campaign_with("max_cost: 500 EUR, ", "");
    let rates = "effective_from,currency,market,category,rate\n";
    let project = project.campaign_with("budget: { rates: rates.csv }\n", "").file("rates.csv", rates);
    project.preview(["--out", "spring.plan"]).code(0);
    fs::remove_file(project.path("templates.lock.json")).expect("removed");
    send(&project, &server.url, &[]).code(2).stderr_has("templates.lock.json is gone").stderr_has("hello (en_US)");
    project.preview(["--out", "spring.plan"]).code(0);
    let project = project.file("templates.lock.json", cli_cost::LOCK);
    send(&project, &server.url, &[])
        .code(2)
        .stderr_has("holds hello (en_US) now, and the plan was approved without it");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn what_people_think_of_a_template_and_what_others_say_makes_no_plan_stale() {
    let server = Server::start(&[]);
    let rated = cli_cost::LOCK.replace("\"status\"", "\"quality_score\": { \"score\": \"YELLOW\" }, \"status\"");
    let other = r#""templates": [{ "name": "other", "language": "en_US", "status": "PAUSED", "category": "UTILITY" },"#;
    let project = priced().file("templates.lock.json", rated.replace("\"templates\": [", other));
    send(&project, &server.url, &[]).code(0).stdout_has("4 accepted");
}

#[test]
fn a_plan_is_approved_for_its_price_and_not_for_a_higher_one() {
    let (project, server) = (priced(), Server::start(&[]));
    let rates = fs::read_to_string(project.path("rates.csv")).expect("rates");
    let project = project.file("rates.csv", rates.replace("0.0625", "0.0626"));
    send(&project, &server.url, &[])
        .code(2)
        .stderr_has("by rates.csv it may cost 0.3126 EUR now, and 0.3125 EUR was approved")
        .stderr_has("tidings preview campaign.yaml --out spring.plan");
    let project = project.file("rates.csv", rates.replace("Brazil", "Chile"));
    send(&project, &server.url, &[]).code(2).stderr_has("no rate in EUR that holds today for marketing messages");
    assert_eq!(server.book().requests, 0);
    send(&project.file("rates.csv", rates.replace("0.0625", "0.0624")), &server.url, &[])
        .code(0)
        .stdout_has("4 accepted");
}

#[test]
fn a_price_that_was_not_approved_is_not_paid() {
    let server = Server::start(&[]);
    for (change, why) in [
        (
            &(|text: &str| text.replace("\"amount\":\"0.3125\"", "\"amount\":\"0.31\"")) as &dyn Fn(&str) -> String,
            "0.31 EUR was approved",
        ),
        (&|text: &str| text.replace("\"currency\":\"EUR\"", "\"currency\":\"USD\""), "0.3125 USD was approved"),
        (
            &|text: &str| text.replace("\"ceiling\":{\"amount\":\"0.3125\",\"currency\":\"EUR\"},", ""),
            "approved without a price",
        ),
    ] {
        let project = priced();
        forge(&project, change);
        send(&project, &server.url, &[]).code(2).stderr_has(why);
    }
    assert_eq!(server.book().requests, 0);
}
