//! Defaults and a campaign mean what one file means that says both.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tidings::campaign::{self, Campaign};

use crate::harness::project::Project;

/// What a file may say of what campaigns share: any part of it, or nothing.
fn shared() -> impl Strategy<Value = Value> {
    let sender = map([
        ("phone_number_id", one_of(vec![json!("106540352242922"), json!("15")])),
        ("business_account_id", one_of(vec![json!("102290129340398"), json!(7)])),
        (
            "token",
            one_of(vec![
                json!("env:OURS"),
                json!("file:token.txt"),
                json!({ "command": ["op", "read"] }),
                json!({ "command": ["pass"] }),
            ]),
        ),
        ("api_version", one_of(vec![json!("v26.1"), json!("v25.0")])),
    ]);
    let threshold = || {
        map([("above", one_of(vec![json!("5%"), json!("0.5%")])), ("of_last", one_of(vec![json!(200), json!("500")]))])
    };
    let report = map([
        ("directory", one_of(vec![json!("told"), json!("a/b")])),
        ("formats", one_of(vec![json!(["csv"]), json!(["csv", "jsonl"]), json!([])])),
        ("show_phones", one_of(vec![json!("full"), json!("masked")])),
    ]);
    map([
        ("sender", sender),
        ("send", map([("rate", one_of(vec![json!("20/s"), json!("600/min")]))])),
        ("stop_when", map([("refused", threshold()), ("in_doubt", threshold())])),
        ("report", report),
    ])
}

fn one_of(values: Vec<Value>) -> BoxedStrategy<Value> {
    prop::sample::select(values).boxed()
}

/// A map with any of these keys.
fn map<const N: usize>(keys: [(&'static str, BoxedStrategy<Value>); N]) -> BoxedStrategy<Value> {
    let entries: Vec<_> =
        keys.into_iter().map(|(key, value)| prop::option::of(value).prop_map(move |it| (key, it))).collect();
    let collected = |entries: Vec<(&'static str, Option<Value>)>| {
        entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map<_, _>>().into()
    };
    entries.prop_map(collected).boxed()
}

/// Written by hand: what `own` says, and what `defaults` says where it is silent.
fn by_hand(own: &Value, defaults: &Value) -> Value {
    let (Value::Object(own), Value::Object(defaults)) = (own, defaults) else { return own.clone() };
    let mut both = defaults.clone();
    for (key, value) in own {
        let value = defaults.get(key).map_or_else(|| value.clone(), |default| by_hand(value, default));
        both.insert(key.clone(), value);
    }
    Value::Object(both)
}

/// The campaign without what tells its files apart, and what is wrong with it.
fn read(project: &Project) -> (Option<String>, Vec<&'static str>) {
    let (campaign, problems) = campaign::read(&project.path("campaign.yaml"));
    let home = project.home().display().to_string();
    let shown = campaign.map(|campaign| {
        let text = format!("{:?}", Campaign { digest: [0; 32], defaults: None, ..campaign }).replace(&home, "");
        let text = text.replace("/campaign.yaml", "/FILE").replace("/tidings.yaml", "/FILE");
        text.split("Place { line: ").map(|part| part.split_once(" }").map_or(part, |(_, rest)| rest)).collect()
    });
    let mut codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    (shown, codes)
}

fn written(shared: &Value) -> String {
    let mut file = json!({
        "campaign": "spring", "recipients": "people.csv", "templates": [{ "name": "spring", "languages": ["en_US"] }],
    });
    file.as_object_mut().expect("a map").extend(shared.as_object().expect("a map").clone());
    file.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_campaign_with_defaults_means_what_it_means_with_them_written_into_it(own in shared(), defaults in shared()) {
        let two = Project::empty().campaign(&written(&own)).file("tidings.yaml", defaults.to_string());
        let one = Project::empty().campaign(&written(&by_hand(&own, &defaults)));
        prop_assert_eq!(read(&two), read(&one));
    }
}
