//! `tidings templates`: pull, list, show, diff, and the sandbox that serves a lock file.

use std::path::Path;

use serde_json::{Value, json};
use tidings::catalogue::Lock;
use tidings::cloud::templates::TemplateDefinition;
use unicode_width::UnicodeWidthStr;

use crate::harness::lister::Lister;
use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;
use crate::templates::{read, template};

const TOKEN: &str = "EAAGnotARealTokenButAsLongAsOne0123456789";

/// With an account.
fn project() -> Project {
    let sender = "  phone_number_id: \"106540352242922\"\n";
    Project::new()
        .campaign_with(sender, &format!("{sender}  business_account_id: \"102290129340398\"\n"))
        .env("WHATSAPP_ACCESS_TOKEN", TOKEN)
}

fn pull(project: &Project, url: &str) -> Ran {
    project.tidings(["templates", "pull", "campaign.yaml", "--api-url", url])
}

fn diff(project: &Project, url: &str) -> Ran {
    project.tidings(["templates", "diff", "campaign.yaml", "--api-url", url])
}

fn locked(project: &Project) -> String {
    std::fs::read_to_string(project.path("templates.lock.json")).expect("a lock file")
}

/// A project whose lock file holds these.
fn with_lock(account: &str, templates: Vec<TemplateDefinition>) -> Project {
    project().file("templates.lock.json", Lock::new(account, templates).to_text())
}

/// Serves these templates to whoever asks.
fn lister(templates: &[Value]) -> Lister {
    let page = json!({ "data": templates }).to_string().into_bytes();
    Lister::new(move |_, _| ("200 OK", page.clone()))
}

fn body(name: &str, language: &str, text: &str) -> Value {
    template(name, language, json!([{ "type": "BODY", "text": text }]))
}

#[track_caller]
fn fits_a_screen(ran: &Ran) {
    for line in ran.stdout.lines() {
        assert!(line.width() <= 80, "{line}");
    }
}

#[test]
fn a_pull_writes_the_lock_file_and_a_second_one_leaves_it_alone() {
    let (project, server) = (project(), Server::start(&["--token", TOKEN]));
    let ran = pull(&project, &server.url);
    ran.code(0).stderr_has("not from WhatsApp");
    insta::assert_snapshot!(ran.stdout, @"templates.lock.json: 17 templates in 3 languages");
    let text = locked(&project);
    pull(&project, &server.url).code(0).stdout_has("templates.lock.json: unchanged, 17 templates in 3 languages");
    assert_eq!(locked(&project), text);
    assert!(text.contains("\"account\": \"102290129340398\"") && !text.contains(TOKEN));
    assert_eq!(project.tree(), ["campaign.yaml", "people.csv", "templates.lock.json"]);
    diff(&project, &server.url).code(0).stdout_has("as it was locked");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn a_pull_from_the_sandbox_needs_neither_token_nor_account_and_says_what_it_is() {
    let project = Project::new();
    project.tidings(["templates", "pull", "campaign.yaml", "--sandbox"]).code(0);
    assert!(locked(&project).contains("\"account\": \"sandbox\""));
    project.tidings(["templates", "diff", "campaign.yaml", "--sandbox"]).code(0);
}

#[test]
fn the_example_lock_file_is_what_a_pull_from_the_sandbox_gives() {
    let project = Project::new();
    project.tidings(["templates", "pull", "campaign.yaml", "--sandbox"]).code(0);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns/templates.lock.json");
    assert!(
        std::fs::read_to_string(example).expect("the example") == locked(&project),
        "write it anew: tidings templates pull campaigns/spring_sale.yaml --sandbox"
    );
}

#[test]
fn the_lock_of_an_account_is_not_written_over_by_another() {
    let real = || with_lock("999", vec![read(body("a", "en", "Hello"))]);
    let server = Server::start(&[]);
    let project = real();
    let before = locked(&project);
    let ran = pull(&project, &server.url);
    insta::assert_snapshot!(ran.code(2).stderr.lines().last().unwrap_or_default(), @"error: templates.lock.json holds the templates of account 999, not of account 102290129340398: keep campaigns of different accounts in different folders, or remove the file first; nothing was written");
    let ran = project.tidings(["templates", "pull", "campaign.yaml", "--sandbox"]);
    ran.code(2).stderr_has("not of the simulator");
    diff(&project, &server.url).code(2).stderr_has("nothing to compare");
    assert_eq!(locked(&project), before);
    let rehearsed = with_lock("sandbox", Vec::new());
    pull(&rehearsed, &server.url).code(0);
    assert!(locked(&rehearsed).contains("102290129340398"));
}

#[test]
fn a_damaged_lock_is_written_anew_and_a_newer_one_is_not() {
    let server = Server::start(&[]);
    let damaged = project().file("templates.lock.json", "<<<<<<< HEAD\n");
    pull(&damaged, &server.url).code(0).stderr_has("templates.lock.json:1:1:").stderr_has("it is written anew");
    let newer = project().file("templates.lock.json", "{\n  \"lock_version\": 9\n}\n");
    pull(&newer, &server.url)
        .code(2)
        .stderr_has("this is version 9 of the file")
        .stderr_has("templates.lock.json:2:19");
    assert_eq!(locked(&newer), "{\n  \"lock_version\": 9\n}\n");
}

#[test]
fn a_campaign_without_an_account_is_told_where_to_name_it() {
    let ran = Project::new().with_token().tidings(["templates", "pull", "campaign.yaml"]);
    insta::assert_snapshot!(ran.code(2).stderr, @r#"
    error: `sender` does not say which account has the templates
     --> campaign.yaml:3:3
      |
    3 |   phone_number_id: "106540352242922"
      |   ^^^^^^^^^^^^^^^
      |
      = add `business_account_id: "…"` under `sender`: the id of the WhatsApp
        business account (digits), from WhatsApp Manager under API setup

    1 problem; nothing was sent
    "#);
}

#[test]
fn an_account_that_is_not_known_is_a_problem_of_the_campaign_file() {
    let body = json!({ "error": {
        "message": "Unsupported get request", "code": 100, "error_subcode": 33, "type": "GraphMethodException", "fbtrace_id": "A"
    } });
    let lister = Lister::new(move |_, _| ("400 Bad Request", body.to_string().into_bytes()));
    let ran = pull(&project(), &lister.url);
    ran.code(2).stderr_has("WhatsApp knows no account 102290129340398").stderr_has("campaign.yaml:4:25");
}

#[test]
fn a_token_that_is_missing_refused_or_not_allowed_ends_with_77_and_writes_nothing() {
    let strict = Server::start(&["--token", "another-token-than-that"]);
    let not_allowed = Server::with_faults(&["200=100%"]);
    for (project, url, words) in [
        (project(), &strict.url, "code 190"),
        (project(), &not_allowed.url, "whatsapp_business_management"),
        (project().env("WHATSAPP_ACCESS_TOKEN", ""), &strict.url, "WHATSAPP_ACCESS_TOKEN is not set"),
    ] {
        let ran = pull(&project, url);
        ran.code(77).stderr_has(words);
        assert!(!ran.stderr.contains(TOKEN), "{}", ran.stderr);
        assert!(!project.path("templates.lock.json").exists());
    }
}

#[test]
fn what_is_not_whatsapp_and_what_cannot_be_reached_are_told_apart() {
    let garbage = Server::with_faults(&["garbage=100%"]);
    pull(&project(), &garbage.url).code(2).stderr_has("is not WhatsApp's list of templates");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    pull(&project(), &format!("http://{nobody}")).code(5).stderr_has("WhatsApp cannot be reached");
    let throttled = Lister::new(|_, _| ("429 Too Many Requests\r\nRetry-After: 3600", Vec::new()));
    pull(&project(), &throttled.url).code(5).stderr_has("asks to slow down");
    pull(&project(), "http://graph.example.com").code(2).stderr_has("is not an address tidings sends to");
}

#[test]
fn the_list_is_a_table_that_fits_a_screen() {
    let project = Project::new();
    project.tidings(["templates", "pull", "campaign.yaml", "--sandbox"]).code(0);
    let ran = project.tidings(["templates", "list"]);
    insta::assert_snapshot!(ran.code(0).stdout.lines().skip(10).collect::<Vec<_>>().join("\n"), @"
    login_code      en_US            APPROVED  AUTHENTICATION  GREEN
    new_arrivals    en_US            APPROVED  MARKETING       GREEN
    order_shipped   en_US            APPROVED  UTILITY         GREEN
    order_shipped   es_ES            PENDING   UTILITY         UNKNOWN
    points_expire   en_US            APPROVED  MARKETING       YELLOW
    prize_draw      en_US            REJECTED  MARKETING       UNKNOWN
    shop_tour       en_US            APPROVED  MARKETING       UNKNOWN
    spring_sale     en_US, es_ES,    APPROVED  MARKETING       GREEN
                    pt_BR
    visit_us        en_US            APPROVED  UTILITY         GREEN
    ");
    fits_a_screen(&ran);
    let same = |place: &str| project.tidings(["templates", "list", place]).code(0).stdout.clone();
    for place in ["campaign.yaml", "templates.lock.json", "."] {
        assert_eq!(same(place), ran.stdout, "{place}");
    }
    let listed: Value =
        serde_json::from_str(&project.tidings(["templates", "list", "--json"]).code(0).stdout).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(20));
    assert_eq!(listed[0]["name"], "book_a_fitting");
}

#[test]
fn the_widest_template_fits_a_screen_and_moves_no_cursor() {
    let mut wide =
        body(&"long_name_".repeat(50), "pt_BR_of_a_length_that_meta_never_had", &"word\u{1b}[31m ".repeat(60));
    wide["status"] = json!("SOMETHING_THAT_META_HAS_ADDED_SINCE");
    wide["category"] = json!("\u{1b}[31mRED");
    let project = with_lock("1", vec![read(wide.clone())]);
    let name = wide["name"].as_str().expect("a name");
    for arguments in [&["templates", "list"][..], &["templates", "show", name]] {
        let ran = project.tidings(arguments.iter().copied());
        fits_a_screen(ran.code(0));
        assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    }
    project.tidings(["templates", "list"]).stdout_has("SOMETHING_");
}

#[test]
fn without_a_lock_file_the_remedy_is_named() {
    let ran = Project::new().tidings(["templates", "list"]);
    insta::assert_snapshot!(ran.code(2).stderr, @"
    error: there is no such file
    --> ./templates.lock.json
     = read the account's templates into it with `tidings templates pull FILE`

    1 problem; nothing was sent
    ");
}

#[test]
fn a_template_is_shown_in_each_language_with_what_it_leaves_open() {
    let project = Project::new();
    project.tidings(["templates", "pull", "campaign.yaml", "--sandbox"]).code(0);
    let ran = project.tidings(["templates", "show", "order_shipped"]);
    fits_a_screen(ran.code(0));
    insta::assert_snapshot!(ran.stdout, @"
    ╭─ order_shipped · en_US ─────────────────────────────────────────────────────╮
    │ header                 Order {{1}}                                          │
    │ body                   Hello {{1}}, your order left our warehouse today. It │
    │                        should arrive on {{2}}.                              │
    │ button 0 url           Track it → https://shop.example.com/track/{{1}}      │
    │ button 1 phone number  Call us                                              │
    ╰─────────────────────────────────────────────────────────────────────────────╯
    APPROVED, UTILITY, quality GREEN, POSITIONAL parameters
    a message fills in: header 1, body 1, body 2, button 0 url

    ╭─ order_shipped · es_ES ────────────────────────────────────────────────────╮
    │ header                 Pedido {{1}}                                        │
    │ body                   Hola {{1}}, tu pedido salió hoy de nuestro almacén. │
    │                        Debería llegar el {{2}}.                            │
    │ button 0 url           Seguir el envío →                                   │
    │                        https://shop.example.com/track/{{1}}                │
    │ button 1 phone number  Llámanos                                            │
    ╰────────────────────────────────────────────────────────────────────────────╯
    PENDING, UTILITY, quality UNKNOWN, POSITIONAL parameters; cannot be sent now
    a message fills in: header 1, body 1, body 2, button 0 url
    ");
    let last_days = project.tidings(["templates", "show", "last_days"]);
    last_days.code(0).stdout_has("limited time offer").stdout_has("end of the offer, body 1, button 0 copy code");
    project.tidings(["templates", "show", "feedback"]).stdout_has("WhatsApp announces\nMARKETING, which costs more");
    project.tidings(["templates", "show", "points_expire"]).stdout_has("MARKETING (was UTILITY)");
    project.tidings(["templates", "show", "spring_sail"]).code(2).stderr_has("did you mean `spring_sale`?");
    let shown: Value =
        serde_json::from_str(&project.tidings(["templates", "show", "invoice", "--json"]).code(0).stdout)
            .expect("JSON");
    assert_eq!(shown[0]["components"][0]["format"], "DOCUMENT");
}

/// Before and after, with one template for each kind of change.
fn before_and_after() -> (Vec<TemplateDefinition>, Vec<Value>) {
    let with = |mut json: Value, key: &str, value: &str| {
        json[key] = json!(value);
        json
    };
    let price = || body("price", "en", "Hello");
    let soon = || body("soon", "en", "Hello");
    let buttons = |label: &str| json!([{ "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": label }] }]);
    let sample =
        |value: &str| json!([{ "type": "BODY", "text": "Hello {{1}}", "example": { "body_text": [[value]] } }]);
    let mut red = body("red", "en", "Hello");
    red["quality_score"] = json!({ "score": "RED" });
    let before = vec![
        body("gone", "pt_BR", "Hello"),
        body("paused", "en", "Hello"),
        price(),
        soon(),
        body("red", "en", "Hello"),
        body("same", "en", "Hello"),
        body("words", "en", "Hello {{1}}\n\nCome today.\nBye"),
        template("label", "en", buttons("Stop")),
        template("header", "en", json!([{ "type": "BODY", "text": "Hello" }])),
        template("sample", "en", sample("Quillan")),
    ];
    let after = vec![
        body("same", "en", "Hello"),
        body("fresh", "es", "Hola"),
        with(body("paused", "en", "Hello"), "status", "PAUSED"),
        with(price(), "category", "MARKETING"),
        with(soon(), "correct_category", "MARKETING"),
        red,
        body("words", "en", "Hello {{1}}\n\nCome tomorrow.\nBye"),
        template("label", "en", buttons("Stop offers")),
        template("header", "en", json!([{ "type": "HEADER", "format": "IMAGE" }, { "type": "BODY", "text": "Hello" }])),
        template("sample", "en", sample("Orvalda")),
    ];
    (before.into_iter().map(read).collect(), after)
}

#[test]
fn a_diff_shows_every_kind_of_change_and_ends_with_2() {
    let (before, after) = before_and_after();
    let project = with_lock("102290129340398", before);
    let lister = lister(&after);
    let ran = diff(&project, &lister.url);
    fits_a_screen(ran.code(2));
    insta::assert_snapshot!(ran.stdout, @"
    + fresh (es): new
    - gone (pt_BR): gone
    ~ header (en)
        header image: new
    ~ label (en)
        button 0 quick reply:
          - Stop
          + Stop offers
    ~ paused (en)
        status: APPROVED → PAUSED
    ~ price (en)
        category: UTILITY → MARKETING
    ~ red (en)
        quality_score: nothing → RED
    ~ sample (en)
        components: other sample values, or another order
    ~ soon (en)
        correct_category: nothing → MARKETING
    ~ words (en)
        body:
          - Come today.
          + Come tomorrow.
    ");
    let told: Vec<_> = ran.stderr.lines().skip(1).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    price (en) is a marketing template now, no longer utility: each message costs more
    soon (en) is going to be a marketing template: each message will cost more
    take them over: tidings templates pull campaign.yaml
    ");
    let ran = pull(&project, &lister.url);
    ran.code(0).stdout_has("templates.lock.json: 10 templates in 2 languages: 1 new, 8 changed, 1 gone");
    ran.stderr_has("price (en) is a marketing template now");
    diff(&project, &lister.url).code(0);
}

#[test]
fn a_diff_for_programs_is_json() {
    let before = vec![read(body("words", "en", "Hello")), read(body("gone", "en", "Hello"))];
    let project = with_lock("102290129340398", before);
    let lister = lister(&[body("words", "en", "Hi")]);
    let ran = project.tidings(["templates", "diff", "campaign.yaml", "--json", "--api-url", &lister.url]);
    let told: Value = serde_json::from_str(&ran.code(2).stdout).expect("JSON");
    let expected = json!({
        "new": [],
        "gone": [{ "name": "gone", "language": "en" }],
        "changed": [{
            "name": "words", "language": "en", "dearer": false, "dearer_soon": false,
            "changes": [{ "part": "body", "before": "Hello", "after": "Hi" }]
        }]
    });
    assert_eq!(told, expected);
}

#[test]
fn the_sandbox_serves_the_templates_of_a_lock_file() {
    let (before, _) = before_and_after();
    let project = with_lock("102290129340398", before);
    let path = project.path("templates.lock.json");
    let server = Server::start(&["--templates", path.to_str().expect("a path")]);
    diff(&project, &server.url).code(0);
    project.tidings(["sandbox", "--port", "0", "--templates", "people.csv"]).code(2).stderr_has("people.csv:1:1");
}
