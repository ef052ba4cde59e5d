//! The JSON Schemas: they are the types', they explain every key, and they refuse nothing that is right.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tidings::{campaign, plan, report};

use crate::campaign_file::{EVERYTHING, SMALLEST};
use crate::harness::project::Project;

static CAMPAIGN: LazyLock<Validator> = LazyLock::new(|| validator(&campaign::schema()));

fn validator(schema: &Value) -> Validator {
    jsonschema::draft7::new(schema).expect("a schema")
}

/// What an editor makes of a YAML value.
fn json(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Mapping(map) => map.into_iter().map(|(key, value)| (word(key), json(value))).collect(),
        serde_yaml::Value::Sequence(items) => items.into_iter().map(json).collect(),
        // JSON cannot write what is no number, and an editor takes it for one.
        serde_yaml::Value::Number(number) if number.as_f64().is_some_and(|number| !number.is_finite()) => json!(0),
        other => serde_json::to_value(other).expect("JSON"),
    }
}

fn word(key: serde_yaml::Value) -> String {
    match json(key) {
        Value::String(key) => key,
        other => other.to_string(),
    }
}

/// What the schema has against a campaign file.
fn complaints(yaml: &str) -> Vec<String> {
    let yaml = yaml.strip_prefix('\u{feff}').unwrap_or(yaml);
    let file = json(serde_yaml::from_str(yaml).expect("YAML"));
    CAMPAIGN.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The schema has nothing against a file that is right.
pub fn accepts(yaml: &str) {
    assert_eq!(complaints(yaml), Vec::<String>::new(), "{yaml}");
}

/// Every schema inside a schema, the outermost included, each with a path that people can follow.
fn every<'s>(schema: &'s Value, path: &str, look: &mut impl FnMut(&str, &'s Map<String, Value>)) {
    let Value::Object(map) = schema else { return };
    look(path, map);
    for (key, value) in map {
        match (key.as_str(), value) {
            ("properties" | "definitions", Value::Object(schemas)) => {
                schemas.iter().for_each(|(name, schema)| every(schema, &format!("{path}/{name}"), look));
            }
            ("items" | "additionalProperties", schema) => every(schema, &format!("{path}/{key}"), look),
            ("anyOf" | "oneOf" | "allOf", Value::Array(schemas)) => {
                schemas.iter().for_each(|schema| every(schema, path, look));
            }
            _ => {}
        }
    }
}

fn schemas() -> [(&'static str, Value); 5] {
    [
        ("campaign", campaign::schema()),
        ("defaults", campaign::defaults_schema()),
        ("plan", plan::schema::line()),
        ("report", report::schema::line()),
        ("summary", report::schema::summary()),
    ]
}

#[test]
fn the_files_in_schemas_are_what_the_types_give() {
    let project = Project::empty();
    for (name, schema) in schemas() {
        let file = format!("schemas/{}.schema.json", if name == "defaults" { "tidings" } else { name });
        let printed = project.tidings(["schema", name]).code(0).stdout.clone();
        assert_eq!(printed, format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON")));
        let kept = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap_or_default();
        assert!(
            kept == printed,
            "{file} is not what the types give; write it anew: cargo run -- schema {name} > {file}"
        );
    }
    let without_a_word = project.tidings(["schema"]).code(0).stdout.clone();
    assert_eq!(without_a_word, project.tidings(["schema", "campaign"]).stdout);
}

#[test]
fn every_key_is_described_and_shown_by_an_example() {
    for (name, schema) in schemas() {
        every(&schema, name, &mut |path, schema| {
            for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let description = property["description"].as_str().unwrap_or_default();
                assert!(description.ends_with('.') && !description.contains('\n'), "{path}/{key}: `{description}`");
                let shown = property["examples"].as_array().is_some_and(|examples| !examples.is_empty());
                assert!(shown || name == "summary", "{path}/{key} has no example");
            }
            for value in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
                assert!(value.get("const").is_none() || value["description"].is_string(), "{path}: {value}");
            }
        });
    }
}

#[test]
fn every_example_and_every_default_is_right() {
    for (name, whole) in schemas() {
        every(&whole, name, &mut |path, schema| {
            let shown = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
            let shown: Vec<&Value> = shown.chain(schema.get("default")).collect();
            if shown.is_empty() {
                return;
            }
            let mut alone = schema.clone();
            alone.extend(whole.get("definitions").map(|definitions| ("definitions".to_owned(), definitions.clone())));
            let validator = validator(&Value::Object(alone));
            for value in shown {
                let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{path}: {value}: {errors:?}");
            }
        });
    }
}

#[test]
fn a_default_that_is_written_out_changes_nothing() {
    let schema = campaign::schema();
    let default = |definition: &str, key: &str| schema["definitions"][definition]["properties"][key]["default"].clone();
    let keys = |definition: &str, keys: &[&str]| -> Value {
        keys.iter().map(|key| ((*key).to_owned(), default(definition, key))).collect::<Map<_, _>>().into()
    };
    let mut sender = keys("Sender", &["token", "api_version"]);
    sender["phone_number_id"] = "1065".into();
    let mut recipients = keys("Recipients", &["phone", "on_duplicate", "on_invalid"]);
    recipients["file"] = "people.csv".into();
    let mut template = keys("Template", &["endpoint"]);
    template["name"] = "spring".into();
    template["languages"] = json!(["en_US"]);
    let short = json!({
        "campaign": "spring", "sender": { "phone_number_id": "1065" }, "recipients": "people.csv",
        "templates": [{ "name": "spring", "languages": ["en_US"] }],
    });
    let long = json!({
        "campaign": "spring", "sender": sender, "recipients": recipients, "templates": [template],
        "occurrence": schema["properties"]["occurrence"]["default"],
        "send": keys("Send", &["rate"]), "report": keys("Report", &["directory", "formats", "show_phones"]),
    });
    let project = Project::empty();
    let mut shown = [&short, &long].map(|file| {
        let text = serde_json::to_string_pretty(file).expect("JSON");
        assert!(!text.contains("null"), "a default is missing: {text}");
        fs::write(project.path("campaign.yaml"), text).expect("a file");
        let (campaign, problems) = campaign::read(&project.path("campaign.yaml"));
        assert_eq!(problems, []);
        let campaign = campaign.expect("a campaign");
        let pace = campaign.pace_per_second();
        format!("{:?}", tidings::campaign::Campaign { digest: [0; 32], rate_per_second: Some(pace), ..campaign })
    });
    for text in &mut shown {
        let places = text.split("Place { line: ").map(|part| part.split_once(" }").map_or(part, |(_, rest)| rest));
        *text = places.collect();
    }
    assert_eq!(shown[0], shown[1]);
}

#[test]
fn every_line_of_a_saved_plan_keeps_to_its_schema() {
    let line = validator(&plan::schema::line());
    let project = crate::cli_cost::project("500 EUR").recipients("phone,first_name\n+12025550101,ada\n+12025550102,\n");
    project.preview(["--out", "spring.plan"]).code(0);
    let plan = fs::read_to_string(project.path("spring.plan")).expect("a plan");
    let lines: Vec<Value> = plan.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 4, "{plan}");
    for found in &lines {
        let errors: Vec<String> = line.iter_errors(found).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{found}: {errors:?}");
        // The schema can tell: every key that is there must be there, and no other may.
        for key in found.as_object().expect("a map").keys() {
            let mut without = found.clone();
            without.as_object_mut().expect("a map").remove(key);
            assert_eq!(line.is_valid(&without), key == "ceiling", "{key} of {found}");
            let mut beside = found.clone();
            beside[format!("{key}_too")] = json!(1);
            assert!(!line.is_valid(&beside), "{key}_too");
        }
    }
}

#[test]
fn every_example_campaign_names_the_schema_and_keeps_to_it() {
    let campaigns = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
    let mut found = 0;
    for entry in fs::read_dir(&campaigns).expect("the examples") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("an example");
        let line = text.lines().next().unwrap_or_default();
        let schema = line.strip_prefix("# yaml-language-server: $schema=").expect("a schema in the first line");
        assert!(campaigns.join(schema).ends_with("schemas/campaign.schema.json") && campaigns.join(schema).exists());
        accepts(&text);
        found += 1;
    }
    assert!(found >= 2, "{found} examples");
}

#[test]
fn a_report_keeps_to_its_schemas() {
    let (line, summary) = (validator(&report::schema::line()), validator(&report::schema::summary()));
    let people: String = (0..60).map(|number| format!("+1202555{:04}\n", 100 + number)).collect();
    let project = Project::new()
        .campaign_with(
            "recipients: people.csv",
            "recipients: { file: people.csv, on_invalid: skip, on_duplicate: first }",
        )
        .recipients(format!("phone\n{people}+12025550101\nnobody\n"));
    let faults = ["131026=20%", "garbage=10%", "held=20%", "130429=10%"];
    let faults = faults.iter().flat_map(|fault| ["--fault", fault]);
    let ran = project.tidings(["run", "campaign.yaml", "--sandbox", "--yes"].into_iter().chain(faults));
    let lines = ran.jsonl();
    let states: std::collections::BTreeSet<&str> = lines.iter().filter_map(|line| line["state"].as_str()).collect();
    assert!(states.len() > 2, "too little happened: {states:?}");
    for found in lines {
        let found = Value::Object(found.clone());
        let errors: Vec<String> = line.iter_errors(&found).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{found}: {errors:?}");
    }
    let found = ran.summary();
    let errors: Vec<String> = summary.iter_errors(&found).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{found}: {errors:?}");
    // The schemas can tell.
    assert!(!line.is_valid(&json!({ "row": 2 })) && !summary.is_valid(&json!({ "schema_version": "one" })));
}

#[test]
fn what_is_clearly_wrong_is_refused() {
    accepts(EVERYTHING);
    for (right, wrong) in [
        ("campaign: spring_sale_2026", "campaign: Spring Sale"),
        ("campaign: spring_sale_2026", "campaign: ~"),
        ("description: Spring sale", "description: [Spring sale]"),
        ("sender:\n", "sendr:\n"),
        ("phone_number_id: 106540352242922", "phone_number_id: \"+12025550101\""),
        ("token: { command: [op, read, \"op://ops/token\"] }", "token: WHATSAPP_ACCESS_TOKEN"),
        ("api_version: v26.1", "api_version: 26.1"),
        ("default_country: NO", "default_country: Norway"),
        ("on_duplicate: last", "on_duplicate: newest"),
        ("on_invalid: skip", "on_invalid:"),
        ("defaults: { first_name: friend, city: 'Málaga' }", "defaults: friend"),
        ("total: number", "total: nubmer"),
        ("weight: { number: \"1.234,56\" }", "weight: { number: \"12,5\" }"),
        ("weight: { number: \"1.234,56\" }", "weight: { number: \"1.234,56\", date: 31/12/2026 }"),
        ("languages: [pt_BR, en_US]", "languages: pt_BR"),
        ("languages: [pt_BR, en_US]", "languages: [pt-BR, en_US]"),
        ("languages: [pt_BR, en_US]", "languages: [en_US, en_US]"),
        ("fallback: en_US", "fallback: english"),
        ("header: { image: \"https://cdn.example.com/{{ lang }}.jpg\" }", "header: { image: spring.jpg }"),
        ("header: { text: \"{{ a }}\" }", "header: { text: a, image: \"https://example.com\" }"),
        ("header: { text: { who: \"{{ a }}\" } }", "header: { text: { Who: \"{{ a }}\" } }"),
        ("0: { url: \"{{ coupon | urlencode }}\" }", "10: { url: \"{{ coupon | urlencode }}\" }"),
        ("1: { copy_code: \"{{ coupon }}\" }", "1: { copy_code: \"{{ coupon }}\", url: x }"),
        ("total: { currency: BRL, amount: \"{{ total }}\" }", "total: { currency: BRL }"),
        ("total: { currency: BRL, amount: \"{{ total }}\" }", "total: { currency: BRL, date_time: x }"),
        ("{ type: footer, on: true, limit: 5, empty: ~, list: [\"{{ a }}\", 1.5] }", "footer"),
        ("rate: 600/min", "rate: 600"),
        ("above: 5%", "above: 5"),
        ("above: 5%", "above: 100%"),
        ("of_last: 200", "of_last: 0"),
        ("of_last: 200", "of_last: 20%"),
        ("formats: [csv]", "formats: [html]"),
        ("show_phones: full", "show_phones: yes"),
    ] {
        assert!(EVERYTHING.contains(right), "{right}");
        assert!(!complaints(&EVERYTHING.replacen(right, wrong, 1)).is_empty(), "{wrong}");
    }
    for key in ["campaign", "sender", "recipients", "templates"] {
        let file = SMALLEST.replace(&format!("{key}:"), &format!("x{key}:"));
        assert!(!complaints(&file).is_empty(), "without {key}");
    }
}

#[test]
fn defaults_that_are_right_keep_to_their_schema_and_what_is_a_campaigns_own_does_not() {
    let defaults = validator(&campaign::defaults_schema());
    let everything: serde_yaml::Value = serde_yaml::from_str(EVERYTHING).expect("YAML");
    let shared = json!({ "sender": null, "send": null, "stop_when": null, "report": null });
    let mut file = json(everything.clone());
    let file = file.as_object_mut().expect("a map");
    file.retain(|key, _| shared.get(key).is_some());
    assert_eq!(file.len(), 4);
    let file = Value::Object(file.clone());
    let errors: Vec<String> = defaults.iter_errors(&file).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let project = Project::empty().file("tidings.yaml", file.to_string());
    assert_eq!(campaign::check_defaults(&project.path("tidings.yaml")), []);
    assert!(!defaults.is_valid(&json(everything)) && !defaults.is_valid(&json!({ "send": { "rate": "fast" } })));
    accepts("campaign: spring\nrecipients: people.csv\ntemplates: [{ name: a, languages: [en_US] }]\n");
    accepts(&format!("{SMALLEST}stop_when: {{ refused: ~, in_doubt: {{ above: 1% }} }}\n"));
}

/// Texts that YAML may take for something else, and texts that rules are about.
const ODD: [&str; 30] = [
    "no",
    "true",
    "5",
    "1.10",
    "0123",
    "0x1F",
    "1e3",
    ".nan",
    "-.inf",
    "2026-04-01",
    "18:30",
    "~",
    "''",
    "' '",
    "a b",
    "\"{{ a }}\"",
    "once",
    "80/s",
    "' 80 / s '",
    "5%",
    "100%",
    "en_US",
    "env:A",
    "file:a",
    "command:[a]",
    "v25.0",
    "BR",
    "https://example.com",
    "18446744073709551615",
    "'0'",
];

/// Stands where an odd text is to stand.
const MARK: &str = "MARK";

/// The file that says everything, once for each of its values, with a mark in that value's place.
static MARKED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let everything: serde_yaml::Value = serde_yaml::from_str(EVERYTHING).expect("YAML");
    let mut marked = Vec::new();
    loop {
        let mut file = everything.clone();
        let mut before = marked.len();
        if !mark(&mut file, &mut before) {
            return marked;
        }
        marked.push(serde_yaml::to_string(&file).expect("YAML"));
    }
});

/// Marks the value that comes after so many others; whether there is one.
fn mark(value: &mut serde_yaml::Value, before: &mut usize) -> bool {
    match value {
        serde_yaml::Value::Mapping(map) => map.iter_mut().any(|(_, value)| mark(value, before)),
        serde_yaml::Value::Sequence(items) => items.iter_mut().any(|item| mark(item, before)),
        value if *before == 0 => {
            *value = MARK.into();
            true
        }
        _ => {
            *before -= 1;
            false
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_that_is_right_is_refused(
        file in prop::sample::select(&MARKED[..]),
        odd in prop::sample::select(&ODD[..]),
    ) {
        let file = file.replace(MARK, odd);
        let project = Project::empty().campaign(&file);
        if campaign::read(&project.path("campaign.yaml")).1.is_empty() {
            accepts(&file);
        }
    }
}
