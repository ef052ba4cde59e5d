//! A campaign against the templates of its lock file: what is found, in which language, and what is left alone. What is
//! said of each mistake stands in `golden`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::project::Project;
use crate::templates::template;

/// A lock file of the simulator's account.
fn lock(templates: &[Value]) -> String {
    lock_of("sandbox", templates)
}

fn lock_of(account: &str, templates: &[Value]) -> String {
    json!({ "account": account, "lock_version": 1, "templates": templates }).to_string()
}

fn body(text: &str) -> Value {
    json!({ "type": "BODY", "text": text })
}

/// A campaign whose entry has these lines, and a lock file with these templates.
fn project(entry: &str, templates: &[Value]) -> Project {
    Project::new()
        .campaign_with("  - name: hello_world\n    languages: [en_US]\n", entry)
        .file("templates.lock.json", lock(templates))
}

/// The codes that `check` finds.
#[track_caller]
fn codes(project: &Project) -> Vec<String> {
    let told: Value =
        serde_json::from_str(&project.tidings(["check", "campaign.yaml", "--json"]).stdout).expect("JSON");
    assert_eq!(told["campaigns"][0]["templates_checked"], true);
    let problems = told["problems"].as_array().expect("a list");
    problems.iter().map(|problem| problem["code"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn the_campaigns_that_come_with_tidings_fit_their_lock_file() {
    let campaigns = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
    let mut project = Project::empty();
    let entries = fs::read_dir(campaigns).expect("campaigns").map(|entry| entry.expect("an entry").path());
    // Where somebody has run them, reports lie beside them.
    for entry in entries.filter(|entry| entry.is_file()) {
        let name = entry.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        project = project.file(&name, fs::read(&entry).expect("a file"));
    }
    let ran = project.tidings(["check", "hello_world.yaml", "spring_sale.yaml"]);
    ran.code(0).stdout_has("hello_world_2026: 3 rows").stdout_has("spring_sale_2026: 30 rows, 20 messages");
    let odd = "worth a look in row 9: column `first_name` is empty, so something else is said\n";
    assert_eq!(ran.stderr, odd);
    assert_eq!(project.tidings(["preview", "spring_sale.yaml"]).code(0).stderr, "");
    project.tidings(["run", "spring_sale.yaml", "--sandbox", "--yes"]).code(0).stdout_has("20 accepted");
}

#[test]
fn real_people_get_nothing_that_was_checked_with_the_simulators_templates_only() {
    let hello = template("hello_world", "en_US", json!([body("Hello")]));
    let project = Project::new().with_token().file("templates.lock.json", lock(std::slice::from_ref(&hello)));
    for command in [
        &["run", "campaign.yaml", "--yes"] as &[&str],
        &["seed", "campaign.yaml", "--to", "+12025550190"],
        &["run", "campaign.yaml", "--yes", "--api-url", "https://graph.example.com"],
    ] {
        let ran = project.tidings(command.iter().copied());
        ran.code(2).stderr_has("the simulator's templates").stderr_has("tidings templates pull campaign.yaml");
        assert!(ran.stderr.contains("nothing was sent"), "{}", ran.stderr);
    }
    assert!(!project.path(".tidings").exists(), "a ledger was made");
    project.run(["--sandbox", "--yes"]).code(0);
}

#[test]
fn a_row_is_turned_away_for_the_length_that_its_own_language_makes() {
    let entry = "  - name: spring\n    languages: [en_US, es]\n    body: [\"{{ name }}\"]\n";
    let long = format!("{} {{{{1}}}}, {{{{1}}}}", "é".repeat(1013));
    let templates =
        [template("spring", "en_US", json!([body("Hi {{1}}")])), template("spring", "es", json!([body(&long)]))];
    let project = project(entry, &templates)
        .campaign_with("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }")
        .recipients("phone,name,language\n+12025550101,Quill,en_US\n+12025550102,Quil,es\n+12025550103,Quill,es\n");
    let ran = project.preview([]);
    ran.code(0).stdout_has("3 rows, 2 messages, 1 turned away");
    ran.stdout_has("row 4: the body is 1026 characters long with everything filled in; at most");
}

#[test]
fn marketing_that_nobody_can_leave_is_a_word_of_advice_and_stops_nothing() {
    let entry = "  - name: spring\n    languages: [en_US]\n";
    let mut marketing = template("spring", "en_US", json!([body("Half price")]));
    marketing["category"] = json!("MARKETING");
    let project = project(entry, &[marketing.clone()]);
    for command in ["check", "preview"] {
        let ran = project.tidings([command, "campaign.yaml"]);
        ran.code(0).stderr_has("`spring` (en_US) is marketing and has neither a footer nor a quick reply");
        assert_eq!(project.tidings([command, "campaign.yaml", "--quiet"]).code(0).stderr, "");
    }
    let told = project.tidings(["check", "campaign.yaml", "--json"]);
    let told: Value = serde_json::from_str(&told.code(0).stdout).expect("JSON");
    assert_eq!(told["campaigns"][0]["advice"].as_array().map(Vec::len), Some(1));
    marketing["components"] = json!([body("Half price"), { "type": "FOOTER", "text": "Answer STOP to get no more" }]);
    let project = project.file("templates.lock.json", lock(&[marketing]));
    assert_eq!(project.preview([]).code(0).stderr, "");
}

#[test]
fn a_damaged_lock_file_stops_what_relies_on_it_and_can_be_read_anew() {
    let project = Project::new().file("templates.lock.json", "{");
    for command in [&["check"] as &[&str], &["preview"], &["run", "--sandbox", "--yes"]] {
        let ran = project.tidings([command, &["campaign.yaml"]].concat());
        ran.code(2).stderr_has("this is no lock file of templates").stderr_has("templates.lock.json:1:");
    }
    project.tidings(["templates", "pull", "campaign.yaml", "--sandbox"]).code(0);
    project.tidings(["check", "campaign.yaml"]).code(0);
}

#[test]
fn components_that_are_sent_as_they_are_fill_what_they_say() {
    let url = json!({ "type": "URL", "text": "Shop", "url": "https://shop.example.com/{{1}}" });
    let components =
        json!([{ "type": "HEADER", "format": "GIF" }, body("Hi {{1}}"), { "type": "BUTTONS", "buttons": [url] }]);
    let entry = "  - name: spring\n    languages: [en_US]\n    raw_components:\n";
    let mut project = project(entry, &[template("spring", "en_US", components)]);
    let mut left = vec!["missing-header", "missing-parameter", "missing-button"];
    for (kind, code) in ["header", "BODY", "button"].into_iter().zip(left.clone()) {
        let item = format!("    raw_components:\n      - {{ type: {kind}, parameters: [] }}\n");
        project = project.campaign_with("    raw_components:\n", &item);
        left.retain(|known| *known != code);
        assert_eq!(codes(&project), left, "{kind}");
    }
}

#[test]
fn the_code_of_an_authentication_template_may_be_written_out() {
    let components = json!([
        body("*{{1}}* is your code"),
        { "type": "BUTTONS", "buttons": [{ "type": "OTP", "text": "Copy", "otp_type": "COPY_CODE" }] },
    ]);
    let mut code = template("code", "en_US", components);
    code["category"] = json!("AUTHENTICATION");
    for filling in ["    otp: \"123456\"\n", "    body: [\"123456\"]\n    buttons: { 0: { url: \"123456\" } }\n"] {
        let entry = format!("  - name: code\n    languages: [en_US]\n{filling}");
        assert!(codes(&project(&entry, std::slice::from_ref(&code))).is_empty(), "{filling}");
    }
}

#[test]
fn a_carousel_of_products_may_have_more_cards_than_its_template() {
    let carousel = |format: &str, cards: usize| {
        let card = json!({ "components": [{ "type": "HEADER", "format": format }] });
        template("cards", "en_US", json!([body("New"), { "type": "CAROUSEL", "cards": vec![card; cards] }]))
    };
    let entry = |header: &str, cards: usize| {
        let card = format!("      - header: {{ {header} }}\n");
        format!("  - name: cards\n    languages: [en_US]\n    carousel:\n{}", card.repeat(cards))
    };
    let product = "product: { catalog: \"1\", id: \"a\" }";
    let image = "image: \"https://cdn.example.com/a.jpg\"";
    assert!(codes(&project(&entry(product, 3), &[carousel("PRODUCT", 2)])).is_empty());
    assert!(codes(&project(&entry(image, 2), &[carousel("IMAGE", 2)])).is_empty());
    assert_eq!(codes(&project(&entry(image, 3), &[carousel("IMAGE", 2)])), ["card-count"]);
}

#[test]
fn what_this_version_does_not_know_is_not_judged() {
    let components = json!([
        { "type": "HEADER", "format": "HOLOGRAM" },
        body("Hello"),
        { "type": "BUTTONS", "buttons": [{ "type": "TELEPORT", "text": "Go" }] },
    ]);
    let entry = "  - name: spring\n    languages: [en_US]\n    header: { image: \"https://cdn.example.com/a.jpg\" }\n    \
                 buttons: { 0: { url: \"a\" } }\n";
    assert!(codes(&project(entry, &[template("spring", "en_US", components)])).is_empty());
}

#[test]
fn another_account_is_told_and_the_own_one_is_not() {
    let sender = "  phone_number_id: \"106540352242922\"\n";
    let hello = template("hello_world", "en_US", json!([body("Hello")]));
    for (account, expected) in [("102290129340398", &[] as &[&str]), ("7", &["another-account"])] {
        let project = Project::new()
            .campaign_with(sender, &format!("{sender}  business_account_id: \"102290129340398\"\n"))
            .file("templates.lock.json", lock_of(account, std::slice::from_ref(&hello)));
        assert_eq!(codes(&project), expected, "{account}");
    }
}

#[test]
fn a_broken_campaign_is_told_together_with_what_does_not_fit() {
    let entry = "  - name: spring\n    languages: [en_US]\n    body: [\"{{ phone }}\"]\n";
    let project = project(entry, &[template("spring", "en_US", json!([body("Hi")]))])
        .campaign_with("send: { rate: 1000/s }", "send: { rate: fast }")
        .recipients("phone\nnobody\n");
    let mut found = codes(&project);
    found.sort();
    assert_eq!(found, ["phone-without-digits", "rate", "unknown-parameter"]);
}
