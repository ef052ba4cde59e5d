//! The sandbox's list of templates, in Meta's words.

use std::time::Duration;

use serde_json::Value;
use tidings::cloud::templates::TemplateDefinition;
use tidings::sandbox::faults::{Script, TokenDigest};
use tidings::sandbox::world::{Asked, Reply, World};

use super::{asked, faults, json_of, quiet, refusal};

const PATH: &str = "/v25.0/102290129340398/message_templates";

fn get<'a>(query: Option<&'a str>) -> Asked<'a> {
    Asked { method: "GET", query, content_type: None, ..asked(PATH, b"") }
}

#[track_caller]
fn list(world: &mut World, query: Option<&str>) -> (u16, Value) {
    json_of(world.answer(&get(query), Duration::ZERO))
}

#[test]
fn pages_follow_each_other_to_the_last_which_has_no_next() {
    let mut world = quiet();
    let (mut names, mut after) = (Vec::new(), String::new());
    for page in 0.. {
        let query = format!("limit=7{after}");
        let (status, reply) = list(&mut world, Some(&query));
        let data = reply["data"].as_array().expect("a list");
        assert_eq!((status, data.len()), (200, if page < 2 { 7 } else { 6 }));
        names.extend(data.iter().map(|one| (one["name"].to_string(), one["language"].to_string())));
        let cursor = reply["paging"]["cursors"]["after"].as_str().expect("a cursor");
        after = format!("&after={cursor}");
        if reply["paging"]["next"].is_null() {
            assert_eq!(page, 2);
            break;
        }
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 20);
    assert_eq!(list(&mut world, Some(&format!("limit=7{after}"))).1, serde_json::json!({ "data": [] }));
    assert_eq!(world.book().requests, 0);
}

#[test]
fn every_template_is_one_and_shows_only_what_was_asked_for() {
    let mut world = quiet();
    let (_, reply) = list(&mut world, None);
    let templates = reply["data"].as_array().expect("a list");
    for template in templates {
        let read = TemplateDefinition::from_json(template.clone()).expect("a template");
        assert!(read.components.iter().all(|part| !matches!(part, tidings::cloud::templates::Component::Other(_))));
    }
    let (_, reply) = list(&mut world, Some("fields=name%2Cstatus&limit=1"));
    let keys: Vec<_> = reply["data"][0].as_object().expect("a template").keys().map(String::as_str).collect();
    assert_eq!(keys, ["id", "name", "status"]);
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    for (query, code) in [
        ("fields=name,secrets", 100),
        ("limit=0", 100),
        ("limit=many", 100),
        ("after=MjQZD", 131_059),
        ("colour=red", 100),
    ] {
        assert_eq!(refusal(list(&mut quiet(), Some(query))).1, code, "{query}");
    }
    for (method, path) in [("POST", PATH), ("GET", "/v25.0/spring/message_templates")] {
        let request = Asked { method, ..asked(path, b"{}") };
        let (status, reply) = json_of(quiet().answer(&request, Duration::ZERO));
        assert_eq!((status, &reply["error"]["error_subcode"]), (400, &Value::from(33)), "{method} {path}");
    }
}

#[test]
fn reading_goes_wrong_as_the_script_says() {
    let script = |kind: &str| Script { faults: faults(&[&format!("{kind}=100%")]), ..Script::default() };
    let reply = |kind: &str| World::new(script(kind)).answer(&get(None), Duration::ZERO).reply;
    assert_eq!((reply("reset"), reply("close-early"), reply("stall")), (Reply::Reset, Reply::Close, Reply::Silence));
    for (kind, expected) in [("500", 500), ("429", 429), ("190", 401), ("held", 200), ("garbage", 200)] {
        assert!(matches!(reply(kind), Reply::Http(response) if response.status == expected), "{kind}");
    }
    let strict = Script { token: Some(TokenDigest::of("right")), ..Script::default() };
    assert_eq!(list(&mut World::new(strict), None).0, 401);
}
