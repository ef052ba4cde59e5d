//! Reading an account's templates: page by page, patiently, and never to a bad end.

use std::time::Duration;

use serde_json::{Value, json};
use tidings::cloud::ReadError;
use tidings::cloud::templates::{Patience, TemplateDefinition, TemplateReader};
use tidings::sandbox::embedded::Embedded;
use tidings::sandbox::faults::{FaultShare, Faults, Script};
use tidings::secret::Token;

use crate::harness::lister::{Lister, Reply};
use crate::templates::template;

const TOKEN: &str = "EAAGnotARealTokenButAsLongAsOne0123456789";

const SHORT: Duration = Duration::from_millis(1);

async fn read(url: &str) -> Result<Vec<TemplateDefinition>, ReadError> {
    let patience = Patience { pause: SHORT, ..Patience::default() };
    let token = Token::for_sandbox(TOKEN);
    TemplateReader::new(url, "v25.0", "102290129340398", &token, patience).expect("a reader").read().await
}

fn ok(body: &Value) -> Reply {
    ("200 OK", body.to_string().into_bytes())
}

/// A page with one template, and the way to the next one.
fn page(name: &str, after: Option<&str>) -> Value {
    let mut page =
        json!({ "data": [template(name, "en_US", json!([]))], "paging": { "cursors": { "after": "last" } } });
    if let Some(after) = after {
        page["paging"] = json!({
            "cursors": { "before": "x", "after": after },
            "next": "http://127.0.0.1:9/stolen?access_token=other"
        });
    }
    page
}

fn names(templates: &[TemplateDefinition]) -> Vec<&str> {
    templates.iter().map(|template| template.name.as_str()).collect()
}

#[track_caller]
fn unreadable(read: Result<Vec<TemplateDefinition>, ReadError>) -> String {
    match read {
        Err(ReadError::Unreadable(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn pages_follow_the_cursor_and_the_address_is_never_taken_from_the_answer() {
    let lister = Lister::new(|path, _| match path.split("after=").nth(1) {
        None => ok(&page("b", Some("one & two"))),
        Some("one+%26+two") => ok(&page("a", Some("three"))),
        Some("three") => ok(&page("c", None)),
        Some(other) => panic!("{other}"),
    });
    assert_eq!(names(&read(&lister.url).await.expect("templates")), ["a", "b", "c"]);
    let heads = lister.heads();
    assert_eq!(heads.len(), 3);
    for head in heads {
        let (line, headers) = head.split_once("\r\n").expect("headers");
        assert!(line.starts_with("GET /v25.0/102290129340398/message_templates?fields=id%2Cname%2C"), "{line}");
        assert!(!line.contains(TOKEN), "{line}");
        assert!(headers.to_ascii_lowercase().contains("authorization: bearer eaa"), "{headers}");
    }
}

#[tokio::test]
async fn the_sandbox_lists_what_it_has_whatever_the_page() {
    let sandbox = Embedded::start(Script::default()).expect("a sandbox");
    let templates = read(&sandbox.base_url()).await.expect("templates");
    assert_eq!(templates.len(), 20);
    assert!(templates.iter().any(|template| template.name == "hello_world"));
}

#[tokio::test]
async fn a_page_is_asked_for_again_when_the_connection_or_the_server_fails() {
    for fault in ["500=40%", "reset=40%", "close-early=40%", "130429=40%", "4=40%"] {
        let faults = Faults::new(vec![fault.parse::<FaultShare>().expect("a fault")]).expect("faults");
        let sandbox = Embedded::start(Script { seed: 3, faults, ..Script::default() }).expect("a sandbox");
        for _ in 0..5 {
            match read(&sandbox.base_url()).await {
                Ok(templates) => assert_eq!(templates.len(), 20, "{fault}"),
                // Four times in a row, now and then.
                Err(ReadError::Refused(_) | ReadError::Unanswered(_)) => {}
                Err(error) => panic!("{fault}: {error:?}"),
            }
        }
    }
    let lister = Lister::new(|_, count| match count {
        0..3 => ("500 Internal Server Error", Vec::new()),
        _ => ok(&page("a", None)),
    });
    assert_eq!(names(&read(&lister.url).await.expect("templates")), ["a"]);
}

#[tokio::test]
async fn after_four_tries_it_gives_up() {
    let lister = Lister::new(|_, _| ("500 Internal Server Error", Vec::new()));
    assert!(matches!(read(&lister.url).await, Err(ReadError::Unanswered(_))));
    assert_eq!(lister.heads().len(), 4);
}

#[tokio::test]
async fn a_no_is_not_asked_again() {
    for code in [190, 200, 100, 131_059] {
        let body = json!({ "error": { "message": "no", "code": code, "fbtrace_id": "A1" } }).to_string();
        let lister = Lister::new(move |_, _| ("400 Bad Request", body.clone().into_bytes()));
        match read(&lister.url).await {
            Err(ReadError::Refused(refusal)) => assert_eq!(refusal.code, code),
            other => panic!("{other:?}"),
        }
        assert_eq!(lister.heads().len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_list_is_told_as_such() {
    let web_page = b"<!DOCTYPE html><html></html>".to_vec();
    for body in [
        web_page,
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"{\"data\":5}".to_vec(),
        b"{\"data\":{}}".to_vec(),
        b"{\"data\":[],\"paging\":5}".to_vec(),
        b"{\"data\":[5]}".to_vec(),
        b"{\"data\":[{\"name\":\"a\"}]}".to_vec(),
        b"{\"data\":[{\"name\":{},\"language\":[],\"status\":1,\"category\":null}]}".to_vec(),
        [b"{\"data\":".to_vec(), vec![b'['; 100_000]].concat(),
        vec![0xff; 100],
        Vec::new(),
    ] {
        let lister = Lister::new(move |_, _| ("200 OK", body.clone()));
        unreadable(read(&lister.url).await);
    }
    let stranger = Lister::new(|_, _| ("404 Not Found", b"nothing here".to_vec()));
    unreadable(read(&stranger.url).await);
}

#[tokio::test]
async fn a_list_that_leads_in_a_circle_ends() {
    let lister = Lister::new(|_, count| ok(&page("a", Some(["one", "two", "one"][count.min(2)]))));
    let why = unreadable(read(&lister.url).await);
    assert!(why.contains("leads back"), "{why}");
    assert_eq!(lister.heads().len(), 3);
}

#[tokio::test]
async fn a_list_without_an_end_ends() {
    let lister = Lister::new(|_, count| {
        ok(&json!({
            "data": [], "paging": { "cursors": { "after": format!("c{count}") }, "next": "x" }
        }))
    });
    assert!(unreadable(read(&lister.url).await).contains("2000 pages"));
}

#[tokio::test]
async fn a_million_templates_are_too_many() {
    let lister = Lister::new(|_, count| {
        let data: Vec<_> = (0..10_000)
            .map(|n| json!({ "name": format!("t{count}_{n}"), "language": "en", "status": "APPROVED", "category": "UTILITY" }))
            .collect();
        ok(&json!({ "data": data, "paging": { "cursors": { "after": format!("c{count}") }, "next": "x" } }))
    });
    assert!(unreadable(read(&lister.url).await).contains("50000 templates"));
    assert_eq!(lister.heads().len(), 6);
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_into_memory() {
    let lister = Lister::new(|_, _| ("200 OK", vec![b' '; 9 * 1024 * 1024]));
    assert!(unreadable(read(&lister.url).await).contains("8388608 bytes"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let lister = Lister::new(|_, _| ("302 Found\r\nLocation: /elsewhere", Vec::new()));
    unreadable(read(&lister.url).await);
    assert_eq!(lister.heads().len(), 1);
}

#[tokio::test]
async fn a_token_that_comes_back_goes_no_further() {
    let escaped = TOKEN.replace('E', "\\u0045");
    for token in [TOKEN.to_owned(), escaped] {
        let body = format!(
            "{{\"data\":[{{\"name\":\"a\",\"language\":\"en\",\"status\":\"APPROVED\",\"category\":\"UTILITY\",\"components\":\
             [{{\"type\":\"BODY\",\"text\":\"Bearer {token}\",\"{token}\":1}}]}}]}}"
        );
        let lister = Lister::new(move |_, _| ("200 OK", body.clone().into_bytes()));
        let templates = read(&lister.url).await.expect("templates");
        let told = format!("{templates:?}{}", templates[0].as_json());
        assert!(told.contains("[token]") && !told.contains(TOKEN), "{told}");
    }
    for status in ["401 Unauthorized", "500 Internal Server Error"] {
        let body = json!({ "error": { "message": format!("bad {TOKEN}"), "code": 1, "fbtrace_id": "A" } }).to_string();
        let lister = Lister::new(move |_, _| (status, body.clone().into_bytes()));
        let told = format!("{:?}", read(&lister.url).await);
        assert!(!told.contains(TOKEN), "{told}");
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_told_at_once() {
    let lister = Lister::new(|_, _| ("429 Too Many Requests\r\nRetry-After: 3600", Vec::new()));
    assert!(matches!(read(&lister.url).await, Err(ReadError::Refused(refusal)) if refusal.retry_after_s == Some(3600)));
    assert_eq!(lister.heads().len(), 1);
}
