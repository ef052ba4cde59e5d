//! What a campaign costs: told before it is sent, and never more than the campaign says.

use std::fs;

use serde_json::Value;

use crate::harness::project::Project;
use crate::harness::server::Server;

const CAMPAIGN: &str = "\
campaign: spring
sender: { phone_number_id: \"106540352242922\" }
recipients: { file: people.csv, on_invalid: skip }
templates:
  - name: hello
    languages: [en_US]
    body: [\"{{ first_name }}\"]
budget: { max_cost: MOST, rates: rates.csv }
send: { rate: 1000/s }
";

const PEOPLE: &str = "\
phone,first_name
+12025550101,ada
+12025550102,bob
+18095550103,cleo
BR.13491208655302741918,dan
nobody,eve
";

/// Invented prices.
const RATES: &str = "\
effective_from,currency,market,category,rate
2026-01-01,EUR,North America,marketing,0.10
2026-01-01,EUR,Rest of Latin America,marketing,0.05
2026-01-01,EUR,Brazil,marketing,0.0625
2026-01-01,EUR,North America,utility,0.01
2999-01-01,EUR,North America,marketing,9
2026-01-01,USD,North America,marketing,5
";

pub const LOCK: &str = r#"{ "account": "1", "lock_version": 1, "templates": [
  { "name": "hello", "language": "en_US", "status": "APPROVED", "category": "MARKETING",
    "components": [{ "type": "BODY", "text": "Hello {{1}}" }, { "type": "FOOTER", "text": "Bye" }] } ] }"#;

/// A campaign to four people that costs 0.3125 EUR at most, with invented prices.
pub fn project(max_cost: &str) -> Project {
    Project::empty()
        .campaign(&CAMPAIGN.replace("MOST", max_cost))
        .recipients(PEOPLE)
        .file("rates.csv", RATES)
        .file("templates.lock.json", LOCK)
        .with_token()
}

/// The prices without those in another currency.
fn euros() -> String {
    RATES.lines().filter(|line| !line.contains("USD")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_preview_says_what_the_plan_costs_at_most() {
    let shown = project("500 EUR").preview([]).code(0).stdout.clone();
    let (numbers, _) = shown.split_once("\nturned away").expect("a part");
    insta::assert_snapshot!(numbers, @"
    spring: 5 rows, 4 messages, 1 turned away
    from number 106540352242922, at most 1000 a second: about 1 s
    costs at most 0.3125 EUR: list prices, if every message is delivered

    messages
              4  hello  en_US

    cost
           0.20  2 marketing messages to North America at 0.10
         0.0625  1 marketing message to Brazil at 0.0625
           0.05  1 marketing message to Rest of Latin America at 0.05
    ");
}

#[test]
fn programs_and_pages_get_the_cost_too() {
    let project = project("500 EUR");
    let numbers: Value =
        serde_json::from_str(&project.preview(["--json", "--html", "page.html"]).code(0).stdout).expect("JSON");
    assert_eq!((&numbers["cost"]["currency"], &numbers["cost"]["at_most"]), (&"EUR".into(), &"0.3125".into()));
    let dearest = serde_json::json!({
        "market": "North America", "category": "marketing", "messages": 2, "rate": "0.10", "at_most": "0.20",
    });
    assert_eq!(numbers["cost"]["by_market"][0], dearest);
    let page = fs::read_to_string(project.path("page.html")).expect("a page");
    for part in
        ["<dt>Costs at most</dt><dd><a href=\"#cost\">0.3125 EUR</a>", "<td>Rest of Latin America</td>", "list prices"]
    {
        assert!(page.contains(part), "{part}");
    }
    let without = project.campaign_with("budget: { max_cost: 500 EUR, rates: rates.csv }\n", "");
    assert!(!without.preview(["--html", "page.html"]).code(0).stdout.contains("cost"));
    assert!(!fs::read_to_string(without.path("page.html")).expect("a page").contains("id=\"cost\""));
}

#[test]
fn a_screen_has_the_dearest_markets_and_says_how_many_more_there_are() {
    let phones = [
        "5511987654321",
        "351912345678",
        "447400123456",
        "4915112345678",
        "33612345678",
        "34612345678",
        "393123456789",
        "31612345678",
        "48512345678",
        "36201234567",
        "40712345678",
        "905012345678",
        "27821234567",
        "2348012345678",
    ];
    let people: String = phones.map(|phone| format!("+{phone},ada\n")).concat();
    let rates: String = tidings::policy::price::Market::all()
        .map(|market| format!("2026-01-01,EUR,{market},marketing,0.10\n"))
        .collect();
    let project = project("500 EUR").recipients(format!("phone,first_name\n{people}"));
    let project = project.file("rates.csv", format!("effective_from,currency,market,category,rate\n{rates}"));
    project.preview([]).code(0).stdout_has("costs at most 1.40 EUR").stdout_has("and 2 more, each less than these");
}

#[test]
fn a_plan_that_may_cost_more_than_it_may_is_not_sent() {
    let (project, server) = (project("0.3124 EUR"), Server::start(&[]));
    for arguments in [
        &["check", "campaign.yaml"][..],
        &["preview", "campaign.yaml"],
        &["preview", "campaign.yaml", "--out", "spring.plan"],
    ] {
        project
            .tidings(arguments.iter().copied())
            .code(2)
            .stderr_has("the plan may cost 0.3125 EUR, which is 0.0001 EUR more than this");
    }
    project.send(&server).code(2).stderr_has("0.0001 EUR more").stderr_has("nothing was sent");
    project.run(["--sandbox", "--yes"]).code(2).stderr_has("0.0001 EUR more");
    assert_eq!(server.book().requests, 0);
    assert!(!project.path("spring.plan").exists());
    project.campaign(&CAMPAIGN.replace("MOST", "0.3125 EUR")).send(&server).code(0).stdout_has("4 accepted");
}

#[test]
fn what_an_earlier_run_left_is_not_sent_when_prices_rose_above_what_it_may_cost() {
    let project = project("0.3125 EUR");
    project.send(&Server::with_faults(&["132001=100"])).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let (project, server) = (project.file("rates.csv", RATES.replace("0.10", "0.20")), Server::start(&[]));
    project.send(&server).code(2).stderr_has("0.20 EUR more than this");
    assert_eq!(server.book().requests, 0);
    let project = project.file("rates.csv", RATES);
    project.send(&server).code(0).stdout_has("4 accepted");
    // Whoever has it already costs nothing more.
    project.file("rates.csv", RATES.replace("0.10", "0.20")).send(&server).stdout_has("nothing to send");
}

#[test]
fn where_nobody_knows_the_cost_that_is_said_and_a_limit_sends_nothing_to_real_people() {
    let project = project("500 EUR");
    fs::remove_file(project.path("templates.lock.json")).expect("removed");
    let why = "there is no templates.lock.json";
    project.preview([]).code(0).stdout_has("what it costs is not known").stdout_has(why);
    let numbers: Value = serde_json::from_str(&project.preview(["--json"]).stdout).expect("JSON");
    assert!(numbers["cost"].is_null() && numbers["cost_unknown"].as_str().expect("words").contains(why), "{numbers}");
    project.tidings(["check", "campaign.yaml"]).code(0).stderr_has("what it costs is not known");
    project
        .run(["--yes"])
        .code(2)
        .stderr_has("the campaign has a `max_cost`, and what it costs is not known")
        .stderr_has(why);
    project.run(["--yes", "--sandbox"]).code(0);
    let project = project.file("templates.lock.json", LOCK.replace("MARKETING", "GREETINGS"));
    project.preview([]).code(0).stdout_has("charged, a GREETINGS template");
    // Without a limit there is nothing to keep to.
    let project = project.campaign_with("max_cost: 500 EUR, ", "").file("rates.csv", euros());
    project.send(&Server::start(&[])).code(0).stdout_has("4 accepted");
}

#[test]
fn a_template_that_meta_is_going_to_move_costs_what_is_dearer() {
    let moved = LOCK.replace("\"MARKETING\"", "\"UTILITY\"");
    let people = "phone,first_name\n+12025550101,ada\n";
    let project = project("500 EUR").recipients(people).file("templates.lock.json", &moved);
    project.preview([]).code(0).stdout_has("1 utility message to North America at 0.01");
    let project = project
        .file("templates.lock.json", moved.replace("\"UTILITY\"", "\"UTILITY\", \"correct_category\": \"MARKETING\""));
    project.preview([]).code(0).stdout_has("1 marketing message to North America at 0.10");
}

#[test]
fn without_a_limit_the_one_currency_of_the_file_counts() {
    let project = project("500 EUR").campaign_with("max_cost: 500 EUR, ", "");
    project.tidings(["check", "campaign.yaml"]).code(2).stderr_has("several currencies: EUR, USD");
    project.file("rates.csv", euros()).preview([]).code(0).stdout_has("costs at most 0.3125 EUR");
}
