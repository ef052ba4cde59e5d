//! The sandbox without a socket: what it takes and remembers. Its checks, its script and its socket have their own files.

mod checks;
mod script;
mod templates;
mod wire;

use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Value, json};
use tidings::sandbox::faults::{FaultShare, Faults, Script};
use tidings::sandbox::world::{Answer, Asked, Reply, World};

const PATH: &str = "/v25.0/106540352242922/messages";
const MARKETING_PATH: &str = "/v25.0/106540352242922/marketing_messages";

fn asked<'a>(path: &'a str, body: &'a [u8]) -> Asked<'a> {
    Asked {
        method: "POST",
        path,
        query: None,
        authorization: Some(b"Bearer sandbox"),
        content_type: Some(b"application/json"),
        body,
    }
}

/// Status and JSON of an answer that has both.
#[track_caller]
fn json_of(answer: Answer) -> (u16, Value) {
    let Reply::Http(response) = answer.reply else { panic!("no HTTP response") };
    (response.status, serde_json::from_slice(&response.body).expect("JSON"))
}

#[track_caller]
fn send(world: &mut World, path: &str, body: &Value) -> (u16, Value) {
    json_of(world.answer(&asked(path, body.to_string().as_bytes()), Duration::ZERO))
}

fn quiet() -> World {
    World::new(Script::default())
}

fn message_to(to: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "template",
        "template": { "name": "hello_world", "language": { "policy": "deterministic", "code": "en_US" } },
        "biz_opaque_callback_data": format!("attempt of {to}")
    })
}

fn message_with(components: Value) -> Value {
    let mut message = message_to("+12025550100");
    message["template"]["components"] = components;
    message
}

/// The code and the details of a refusal, whose envelope must be Meta's.
#[track_caller]
fn refusal((status, body): (u16, Value)) -> (u16, i64, String) {
    let error = &body["error"];
    let code = error["code"].as_i64().unwrap_or_else(|| panic!("no refusal: {body}"));
    assert_eq!(error["type"], "OAuthException", "{body}");
    assert!(error["message"].as_str().is_some_and(|text| text.starts_with(&format!("(#{code}) "))), "{body}");
    assert_eq!(error["error_data"]["messaging_product"], "whatsapp", "{body}");
    assert!(error["fbtrace_id"].as_str().is_some_and(|id| id.len() > 8), "{body}");
    (status, code, error["error_data"]["details"].as_str().unwrap_or_default().to_owned())
}

fn faults(texts: &[&str]) -> Faults {
    Faults::new(texts.iter().map(|text| text.parse::<FaultShare>().expect("a fault")).collect()).expect("faults")
}

#[test]
fn a_good_message_is_accepted_in_metas_words() {
    let mut world = quiet();
    let (status, body) = send(&mut world, PATH, &message_to("+12025550100"));
    let wamid = body["messages"][0]["id"].as_str().expect("an id").to_owned();
    assert!(wamid.starts_with("wamid."), "{wamid}");
    let expected = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": "+12025550100", "wa_id": "12025550100" }],
        "messages": [{ "id": wamid, "message_status": "accepted" }]
    });
    assert_eq!((status, body), (200, expected));
}

#[test]
fn a_user_id_stands_in_recipient_and_comes_back_as_user_id() {
    let mut world = quiet();
    let mut message = message_to("+12025550100");
    message.as_object_mut().expect("an object").remove("to");
    message["recipient"] = json!("US.ENT.11815799212886844830");
    let (status, body) = send(&mut world, PATH, &message);
    assert_eq!(status, 200);
    let contact = json!([{ "input": "US.ENT.11815799212886844830", "user_id": "US.ENT.11815799212886844830" }]);
    assert_eq!(body["contacts"], contact);
    assert_eq!(world.messages(0, 1)[0].recipient, "US.ENT.11815799212886844830");
}

#[test]
fn the_rate_limit_holds_in_every_second_and_forgets_after_one() {
    let script = Script { rate_limit: NonZeroU32::new(2), ..Script::default() };
    let mut world = World::new(script);
    let body = message_to("+12025550100").to_string();
    let mut status_at = |ms: u64| json_of(world.answer(&asked(PATH, body.as_bytes()), Duration::from_millis(ms)));
    assert_eq!(status_at(0).0, 200);
    assert_eq!(status_at(900).0, 200);
    assert_eq!(refusal(status_at(999)), (400, 130_429, "the sandbox's rate limit is reached".to_owned()));
    assert_eq!(status_at(1_000).0, 200);
    assert_eq!(status_at(1_899).0, 400);
    assert_eq!(status_at(1_900).0, 200);
}

#[test]
fn the_book_finds_a_recipient_who_was_accepted_twice() {
    let mut world = quiet();
    for to in ["+12025550100", "+12025550101", "+12025550100"] {
        send(&mut world, PATH, &message_to(to));
    }
    let request = Asked { method: "GET", query: Some("limit=2&offset=1"), ..asked("/_sandbox/messages", b"") };
    let (status, mut book) = json_of(world.answer(&request, Duration::ZERO));
    for message in book["messages"].as_array_mut().expect("messages") {
        message["wamid"] = json!("…");
    }
    let said = |order: u64, to: &str| {
        json!({ "order": order, "wamid": "…", "recipient": to, "template": "hello_world", "language": "en_US",
                "endpoint": "messages", "callback": format!("attempt of {to}") })
    };
    let expected = json!({
        "accepted": 3, "recipients": 2, "requests": 3, "recipients_twice": 1,
        "twice": [{ "recipient": "+12025550100", "times": 2 }],
        "by_template": [{ "template": "hello_world", "language": "en_US", "endpoint": "messages", "accepted": 3 }],
        "offset": 1, "limit": 2,
        "messages": [said(2, "+12025550101"), said(3, "+12025550100")]
    });
    assert_eq!((status, book), (200, expected));
}

#[test]
fn the_ids_in_the_book_are_the_ids_that_were_told_and_never_repeat() {
    let mut world = quiet();
    let mut told = Vec::new();
    for round in 0..3 {
        for _ in 0..50 {
            let (_, body) = send(&mut world, PATH, &message_to("+12025550100"));
            told.push(body["messages"][0]["id"].as_str().expect("an id").to_owned());
        }
        let kept: Vec<_> = world.messages(0, 1_000).into_iter().map(|message| message.wamid).collect();
        assert_eq!(kept, told[round * 50..]);
        json_of(world.answer(&Asked { method: "DELETE", ..asked("/_sandbox/messages", b"") }, Duration::ZERO));
        assert_eq!((world.book().accepted, world.book().requests, world.book().recipients), (0, 0, 0));
    }
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 150);
}

#[test]
fn a_page_of_the_book_must_be_asked_for_rightly() {
    for query in ["limit=many", "limit=-1", "offset", "page=2"] {
        let request = Asked { method: "GET", query: Some(query), ..asked("/_sandbox/messages", b"") };
        let (status, code, _) = refusal(json_of(quiet().answer(&request, Duration::ZERO)));
        assert_eq!((status, code), (400, 100), "{query}");
    }
    let beyond = Asked { method: "GET", query: Some("offset=99999999999"), ..asked("/_sandbox/messages", b"") };
    assert_eq!(json_of(quiet().answer(&beyond, Duration::ZERO)).1["messages"], json!([]));
}
