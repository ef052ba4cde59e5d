//! `tidings doctor`: every line of it, well and ill.

mod local;
mod media;
mod number;
mod service;
mod subject;
mod template;
mod token;
mod webhook;

use insta::assert_snapshot;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;

const TOKEN: &str = "EAAGnotARealTokenButAsLongAsOne0123456789";

const CAMPAIGN: &str = "\
campaign: spring
sender:
  phone_number_id: \"106540352242922\"
  business_account_id: \"102290129340398\"
  api_version: v26.0
recipients: people.csv
templates:
  - name: visit_us
    languages: [en_US]
    header: { image: { id: \"1013859600285441\" } }
";

/// A template with a picture.
fn visit_us() -> Value {
    crate::templates::template(
        "visit_us",
        "en_US",
        serde_json::json!([
            { "type": "HEADER", "format": "IMAGE" },
            { "type": "BODY", "text": "Our shop is open again." },
            { "type": "FOOTER", "text": "Until May" },
        ]),
    )
}

fn lock(templates: Vec<Value>) -> String {
    let templates = templates.into_iter().map(crate::templates::read).collect();
    tidings::catalogue::Lock::new("102290129340398", templates).to_text()
}

/// A campaign that lacks nothing, to three people.
fn healthy() -> Project {
    Project::new().campaign(CAMPAIGN).file("templates.lock.json", lock(vec![visit_us()]))
}

/// What the doctor says of a campaign when this is wrong with the simulator.
fn sick_of(project: &Project, illnesses: &[&str]) -> Ran {
    let sick = illnesses.iter().flat_map(|illness| ["--sick", illness]);
    project.tidings(["doctor", "campaign.yaml", "--sandbox"].into_iter().chain(sick))
}

/// The lines about what is not fine, with the exit code, as a person sees them.
fn complaints(ran: &Ran) -> String {
    let mut shown = false;
    let is_shown = |line: &&str| {
        shown = if line.starts_with(' ') { shown } else { !line.starts_with('✓') };
        shown
    };
    assert!(ran.stdout.lines().all(|line| line.width() <= 80), "{}", ran.stdout);
    let code = ran.status.code().expect("a code");
    let lines: Vec<_> = ran.stdout.lines().filter(is_shown).collect();
    format!("{}\ncode {code}", lines.join("\n"))
}

/// What is wrong with a healthy campaign at a simulator that is ill.
fn sick(illness: &str) -> String {
    let ran = sick_of(&healthy(), &[illness]);
    complaints(&ran)
}

/// While this lives, snapshots do not see what differs from run to run.
fn redact(ran: &Ran) -> [insta::internals::SettingsBindDropGuard; 2] {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC", "[minute]");
    settings.add_filter(r"127\.0\.0\.1:\d+ answers", "127.0.0.1:[port] answers");
    [settings.bind_to_scope(), ran.redact()]
}

#[test]
fn all_is_well() {
    let ran = sick_of(&healthy(), &[]);
    let _redacted = redact(&ran);
    assert_eq!(complaints(&ran), "22 checks: 22 fine\ncode 0");
    assert_snapshot!(ran.stdout, @"
    ✓ connection     http://127.0.0.1:[port] answers
    ✓ token          a system user's, app Rehearsal (1234567890123456), made up for
                     the simulator
    ✓ permissions    whatsapp_business_messaging, whatsapp_business_management
    ✓ expiry         never
    ✓ data-access    never
    ✓ app-secret     not asked for; WHATSAPP_APP_SECRET is not set
    ✓ clock          as WhatsApp's, to half a minute
    ✓ api-version    v26.0; no end is announced
    ✓ number         Rehearsal, +1 555-010-0100: connected
    ✓ platform       Cloud API
    ✓ quality        high
    ✓ throughput     80 messages a second (STANDARD)
    ✓ limit          100000 people in 24 hours, 100000 of them left by this ledger
    ✓ health         messages can be sent
    ✓ account        the number is one of account 102290129340398's
    ✓ webhook        subscribed: Rehearsal
    ✓ template       visit_us: approved, utility, en_US
    ✓ template-lock  templates.lock.json says of these templates what WhatsApp says
    ✓ media          1 file of the first messages found
    ✓ files          3 rows, 3 messages, no problems
    ✓ ledger         none yet; the first run makes .tidings/ledger.sqlite
    ✓ stops          nothing stops this campaign
    22 checks: 22 fine
    ");
}

#[test]
fn a_server_of_its_own_is_asked_with_the_token_of_the_campaign() {
    let server = Server::start(&["--token", TOKEN]);
    let project = healthy().env("WHATSAPP_ACCESS_TOKEN", TOKEN);
    let ran = project.tidings(["doctor", "campaign.yaml", "--api-url", &server.url]);
    ran.stdout_has("variable WHATSAPP_ACCESS_TOKEN").stderr_has("not WhatsApp");
    assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN));
    assert_eq!(server.book().requests, 0);
    let ran = healthy().env("WHATSAPP_ACCESS_TOKEN", "another").tidings([
        "doctor",
        "campaign.yaml",
        "--api-url",
        &server.url,
    ]);
    ran.code(77).stdout_has("✗ token");
}

#[test]
fn the_worst_reason_decides_the_code() {
    for (illnesses, code) in [
        (&["quality-yellow"][..], 0),
        (&["quality-yellow", "number-disconnected"], 2),
        (&["number-disconnected", "scope-messaging"], 77),
    ] {
        sick_of(&healthy(), illnesses).code(code);
    }
}

#[test]
fn quiet_says_only_what_needs_a_look() {
    let project = healthy();
    project.tidings(["doctor", "campaign.yaml", "--sandbox", "--quiet"]).code(0).silent();
    let ran = project.tidings(["doctor", "campaign.yaml", "--sandbox", "--quiet", "--sick", "quality-red"]);
    assert_eq!(ran.code(0).stdout, "");
    assert!(ran.stderr.starts_with("! quality "), "{}", ran.stderr);
}

#[test]
fn json_has_a_stable_shape() {
    let project = healthy();
    let json = |arguments: &[&str]| -> Value {
        let arguments = ["doctor", "campaign.yaml", "--sandbox", "--json"].into_iter().chain(arguments.iter().copied());
        serde_json::from_str(&project.tidings(arguments).stdout).expect("JSON")
    };
    let well = json(&[]);
    let ids: Vec<_> = well["checks"].as_array().expect("checks").iter().map(|check| check["id"].as_str()).collect();
    let ids: Option<Vec<_>> = ids.into_iter().collect();
    assert_snapshot!(ids.expect("ids").join(" "), @"connection token permissions expiry data-access app-secret clock api-version number platform quality throughput limit health account webhook template template-lock media files ledger stops");
    assert_eq!((&well["exit_code"], &well["schema_version"]), (&Value::from(0), &Value::from(1)));
    let ill = json(&["--sick", "template-paused"]);
    let check = ill["checks"].as_array().expect("checks").iter().find(|check| check["state"] == "failed");
    assert_snapshot!(serde_json::to_string_pretty(check.expect("a failed check")).expect("JSON"), @r#"
    {
      "id": "template",
      "about": "visit_us",
      "state": "failed",
      "message": "may not be sent, it is PAUSED (en_US)",
      "remedy": "WhatsApp Manager > Message templates shows why; a paused template comes back by itself after some hours, or is lifted there"
    }
    "#);
    assert_eq!(ill["exit_code"], 2);
}

#[test]
fn every_illness_is_found() {
    for (name, _) in tidings::sandbox::illness::Illness::ALL {
        let proves = if name == "proof-wrong" { "a-secret" } else { "" };
        let ran = sick_of(&healthy().env("WHATSAPP_APP_SECRET", proves), &[name]);
        let told = complaints(&ran);
        let fine = name == "tier-low";
        assert_eq!(told.starts_with("22 checks: 22 fine"), fine, "{name}: {told}");
    }
    let ran = sick_of(&healthy(), &["plague"]);
    ran.code(2).stderr_has("there is no illness `plague`");
}
