//! Replies of every kind, byte by byte as they may come over the wire.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tidings::cloud::client::Sender;
use tidings::cloud::outcome::Outcome;

use super::server::{Hostile, Step, soon};
use super::stage::Stage;
use super::{BODY, PATIENT, client, http, message, no, send, why, word, yes};

/// What a verdict may weigh, in bytes.
const CAP: usize = 64 * 1024;

const HTML: &str = "<!doctype html><title>Sign in</title>";

fn after(first: &str, then: &[u8]) -> Vec<u8> {
    [first.as_bytes(), then].concat()
}

#[tokio::test]
async fn a_plain_yes_is_accepted() {
    let mut stage = Stage::new();
    stage.check("yes", yes("wamid.A"), "accepted wamid.A").await;
    stage.end().await;
}

#[tokio::test]
async fn row_16_replies_that_are_not_final_are_passed_over_and_empty_ones_are_in_doubt() {
    let mut stage = Stage::new();
    let go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    stage.check("100", after(go_on, &yes("wamid.A")), "accepted wamid.A").await;
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";
    stage.check("103", after(hints, &yes("wamid.A")), "accepted wamid.A").await;
    stage.check("100, then nothing", go_on, "in doubt").await;
    stage.check("100 a thousand times", go_on.repeat(1_000), "in doubt").await;
    stage
        .check("101", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", "in doubt")
        .await;
    stage.check("204", "HTTP/1.1 204 No Content\r\n\r\n", "in doubt").await;
    stage.check("205", http(205, "", ""), "in doubt").await;
    stage.end().await;
}

#[tokio::test]
async fn row_17_nothing_is_inflated() {
    let mut stage = Stage::new();
    let zipped = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    stage.check("a yes in gzip", http(200, zipped, include_bytes!("../data/yes.json.gz")), "in doubt").await;
    let bomb = include_bytes!("../data/eight-million-zeros.gz");
    let outcome = stage.check("a bomb", http(200, zipped, bomb), "in doubt").await;
    // Inflated, it would be over the cap.
    assert_eq!(why(&outcome), "HTTP 200 with an answer that cannot be read");
    let (_, seen) = send(Hostile::answering(yes("wamid.A"))).await;
    assert!(!seen.whole[0].head.contains("accept-encoding"), "{:?}", seen.whole);
    stage.end().await;
}

#[tokio::test]
async fn row_18_a_body_of_a_gigabyte_is_let_go_after_a_few_buffers() {
    let gigabyte = 1 << 30;
    let length = format!("Content-Length: {gigabyte}\r\n");
    for (status, framing) in [(200, length.as_str()), (200, "Connection: close\r\n"), (400, length.as_str())] {
        let head = format!("HTTP/1.1 {status} Reply\r\n{framing}\r\n").into_bytes();
        let server = Hostile::new(vec![vec![Step::Read, Step::Send(head), Step::Flood(gigabyte)]]);
        let (outcome, seen) = send(server).await;
        assert_eq!(why(&outcome), format!("HTTP {status} with an answer over {CAP} bytes"));
        assert_eq!(seen.times(BODY), 1);
        // What the kernel's buffers hold, and no more.
        assert!(seen.flooded < 64 << 20, "{}", seen.flooded);
    }
}

#[tokio::test]
async fn a_body_exactly_at_the_cap_is_read_and_one_byte_more_is_not() {
    let mut stage = Stage::new();
    let yes = r#"{"messages":[{"id":"wamid.A"}]}"#;
    let padded = |length: usize| [yes, &" ".repeat(length - yes.len())].concat();
    stage.check("at the cap", http(200, "", padded(CAP)), "accepted wamid.A").await;
    let outcome = stage.check("over it", http(200, "", padded(CAP + 1)), "in doubt").await;
    assert_eq!(why(&outcome), format!("HTTP 200 with an answer over {CAP} bytes"));
    stage.check("a head without an end", format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(2 << 20)), "in doubt").await;
    stage.check("a thousand headers", http(200, &"X: y\r\n".repeat(1_000), ""), "in doubt").await;
    stage.end().await;
}

#[tokio::test]
async fn row_19_bytes_that_are_no_text_are_in_doubt_in_a_body_and_harmless_in_a_header() {
    let mut stage = Stage::new();
    stage.check("in the id", http(200, "", b"{\"messages\":[{\"id\":\"wamid.\xff\"}]}"), "in doubt").await;
    stage
        .check("in the code", http(400, "", b"{\"error\":{\"code\":\"4\xff\",\"fbtrace_id\":\"A1\"}}"), "in doubt")
        .await;
    let reply = b"HTTP/1.1 429 Slow\r\nRetry-After: \xff\r\nContent-Length: 0\r\n\r\n";
    let outcome = stage.check("in Retry-After", reply, "refused 429").await;
    assert!(matches!(outcome, Outcome::Refused(refusal) if refusal.retry_after_s.is_none()));
    stage.end().await;
}

#[tokio::test]
async fn row_20_lengths_and_chunks_that_are_wrong_are_in_doubt() {
    let mut stage = Stage::new();
    let yes = r#"{"messages":[{"id":"wamid.A"}]}"#;
    let sized = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{yes}");
    stage.check("too long", sized(yes.len() + 1), "in doubt").await;
    stage.check("too short", sized(yes.len() - 1), "in doubt").await;
    stage.check("zero", sized(0), "in doubt").await;
    stage.check("negative", format!("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{yes}"), "in doubt").await;
    stage
        .check(
            "two of them",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{yes}"),
            "in doubt",
        )
        .await;
    let chunked = |chunks: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
    let chunk = format!("{:x}\r\n{yes}\r\n", yes.len());
    stage.check("in order", chunked(&format!("{chunk}0\r\n\r\n")), "accepted wamid.A").await;
    stage.check("no last chunk", chunked(&chunk), "in doubt").await;
    stage.check("a size that is none", chunked(&format!("{chunk}zz\r\n\r\n")), "in doubt").await;
    stage.check("a size beyond all", chunked("ffffffffffffffffff\r\nx"), "in doubt").await;
    stage.check("a chunk that runs over", chunked(&format!("5\r\n{yes}\r\n0\r\n\r\n")), "in doubt").await;
    stage.end().await;
}

#[tokio::test]
async fn row_21_a_web_page_is_in_doubt_with_any_status() {
    let mut stage = Stage::new();
    for status in [200, 201, 301, 400, 401, 403, 404, 407, 408, 409, 421, 425, 451, 500, 502, 503, 504, 511, 599] {
        stage.check("a page", http(status, "Content-Type: text/html\r\n", HTML), "in doubt").await;
        stage.check("nothing", http(status, "", ""), "in doubt").await;
    }
    stage.end().await;
}

#[tokio::test]
async fn row_22_too_many_requests_is_a_throttle_with_any_retry_after() {
    let mut stage = Stage::new();
    let noon = "Date: Wed, 01 Apr 2026 12:00:00 GMT\r\n";
    let table = [
        ("", None),
        ("Retry-After: 7\r\n", Some(7)),
        ("Retry-After: Wed, 01 Apr 2026 12:01:30 GMT\r\n", Some(90)),
        ("Retry-After: Wed, 01 Apr 2026 11:59:00 GMT\r\n", Some(0)),
        ("Retry-After: -5\r\n", None),
        ("Retry-After: 1000000000\r\n", Some(1_000_000_000)),
        ("Retry-After: soon\r\n", None),
        ("Retry-After: 7\r\nRetry-After: 9\r\n", Some(7)),
    ];
    for (header, expected) in table {
        for reply in [http(429, &format!("{noon}{header}"), HTML), with_headers(&no(429, 4), noon, header)] {
            let outcome = stage.play(reply).await;
            let Outcome::Refused(refusal) = outcome else { panic!("{header}: {outcome:?}") };
            assert_eq!(refusal.retry_after_s, expected, "{header}");
        }
    }
    stage.end().await;
}

/// A reply with more headers.
fn with_headers(reply: &[u8], date: &str, header: &str) -> Vec<u8> {
    let line = reply.windows(2).position(|window| window == b"\r\n").expect("a first line") + 2;
    [&reply[..line], date.as_bytes(), header.as_bytes(), &reply[line..]].concat()
}

#[tokio::test]
async fn row_23_a_server_error_is_in_doubt_whether_or_not_the_message_was_processed() {
    let mut stage = Stage::new();
    // The same bytes come in both cases: nothing in them may decide.
    for status in [500, 502, 503, 504] {
        stage.check("a page", http(status, "", HTML), "in doubt").await;
        for code in [1, 2, 131_000, 131_016, 133_004, 999_999] {
            stage.check("a code that leaves doubt", no(status, code), "in doubt").await;
        }
        for code in [3, 130_429, 131_045, 131_057] {
            stage.check("a code that is a no", no(status, code), &format!("refused {code}")).await;
        }
    }
    stage.end().await;
}

#[tokio::test]
async fn row_24_a_token_that_is_refused_is_known_by_metas_code_and_not_by_the_status() {
    let mut stage = Stage::new();
    stage.check("190", no(401, 190), "refused 190").await;
    stage.check("0", no(401, 0), "refused 0").await;
    stage
        .check("somebody else's 401", http(401, "", r#"{"error":{"code":401,"message":"who are you"}}"#), "in doubt")
        .await;
    stage.end().await;
}

#[tokio::test]
async fn row_27_a_yes_without_an_id_is_in_doubt() {
    let mut stage = Stage::new();
    let bodies = [
        "{}",
        "[]",
        "null",
        r#"{"messages":null}"#,
        r#"{"messages":[]}"#,
        r#"{"messages":[{}]}"#,
        r#"{"messages":[{"id":null}]}"#,
        r#"{"messages":[{"id":""}]}"#,
        r#"{"messages":[{"id":7}]}"#,
        r#"{"messages":{"id":"wamid.A"}}"#,
        r#"{"messages":[{"message_id":"wamid.A"}]}"#,
        r#"{"id":"wamid.A","success":true}"#,
        r#"{"messages":[{"id":"wamid.A"}]"#,
    ];
    for body in bodies {
        stage.check(body, http(200, "", body), "in doubt").await;
    }
    stage.end().await;
}

#[tokio::test]
async fn an_error_with_http_200_goes_by_its_code() {
    let mut stage = Stage::new();
    stage.check("a no", no(200, 131_026), "refused 131026").await;
    stage.check("a throttle", no(200, 130_429), "refused 130429").await;
    stage.check("a doubt", no(200, 131_000), "in doubt").await;
    stage.end().await;
}

/// Bytes that are no HTTP, nearly HTTP, and HTTP with anything in it.
fn replies() -> impl Strategy<Value = Vec<u8>> {
    let noise = proptest::collection::vec(any::<u8>(), 0..300);
    let headed = (100_u16..=999, ".{0,20}", noise.clone()).prop_map(|(status, header, body)| {
        let header = format!("X-Any: {}\r\n", header.replace(['\r', '\n'], ""));
        http(status, &header, body)
    });
    let scratched =
        (any::<prop::sample::Index>(), any::<u8>(), prop_oneof![Just(yes("wamid.A")), Just(no(400, 131_026))])
            .prop_map(|(at, byte, mut reply)| {
                let at = at.index(reply.len());
                reply[at] = byte;
                reply
            });
    prop_oneof![noise, headed, scratched]
}

#[test]
fn whatever_comes_back_it_was_sent_once_and_only_an_id_is_a_yes() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
    let stage = std::cell::RefCell::new(Stage::new());
    let law = |reply: Vec<u8>| {
        let says_id = reply.windows(9).any(|window| window == br#"essages":"#.as_slice());
        let outcome = runtime.block_on(stage.borrow_mut().play(reply));
        prop_assert!(!matches!(outcome, Outcome::NotSent { .. }), "{:?}", outcome);
        prop_assert!(says_id || !matches!(outcome, Outcome::Accepted { .. }), "{:?}", outcome);
        Ok(())
    };
    TestRunner::new(config).run(&replies(), law).expect("the law");
    runtime.block_on(stage.into_inner().end());
}

#[tokio::test]
async fn a_reply_too_many_is_not_taken_for_the_next_messages() {
    let two = [yes("wamid.1"), no(400, 131_026)].concat();
    let server = Hostile::new(vec![vec![Step::Read, Step::Send(two)], vec![Step::Read, Step::Send(yes("wamid.2"))]]);
    let client = client(&server.url(), PATIENT);
    let first = soon(client.send(message("first"))).await;
    let second = soon(client.send(message("second"))).await;
    drop(client);
    let seen = server.seen().await;
    assert_eq!((word(&first).as_str(), seen.times("first")), ("accepted wamid.1", 1));
    assert!(seen.times("second") <= 1);
    assert_eq!(word(&second), "accepted wamid.2", "{second:?}");
}
