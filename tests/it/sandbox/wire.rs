//! The sandbox on a socket: what a fault looks like on the wire, what the client makes of it, and what the book knows.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tidings::cloud::Endpoint;
use tidings::cloud::client::{Client, Request, Sender};
use tidings::cloud::outcome::Outcome;
use tidings::sandbox::embedded::Embedded;
use tidings::sandbox::faults::{Faults, Script};
use tidings::secret::Token;

const BODY: &str = r#"{"messaging_product":"whatsapp","to":"+12025550100","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}"#;

fn sandbox(fault: Option<&str>) -> Embedded {
    let shares = fault.into_iter().map(|kind| format!("{kind}=100%").parse().expect("a fault")).collect();
    Embedded::start(Script { faults: Faults::new(shares).expect("faults"), ..Script::default() }).expect("a sandbox")
}

fn connect(sandbox: &Embedded) -> TcpStream {
    let address = sandbox.base_url().strip_prefix("http://").expect("an http address").to_owned();
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    stream
}

fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer sandbox\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn post(body: &str) -> String {
    request("POST", "/v25.0/106540352242922/messages", body)
}

/// One response off a connection that stays open.
fn read_response(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(String::from_utf8_lossy(&text).into_owned());
        }
        text.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&text).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    text.extend(body);
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn exchange(sandbox: &Embedded, request: &str) -> std::io::Result<String> {
    let mut stream = connect(sandbox);
    stream.write_all(request.as_bytes())?;
    read_response(&mut stream)
}

#[test]
fn a_connection_carries_one_message_after_the_other() {
    let sandbox = sandbox(None);
    let mut stream = connect(&sandbox);
    for _ in 0..3 {
        stream.write_all(post(BODY).as_bytes()).expect("sent");
        let response = read_response(&mut stream).expect("a response");
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.contains("content-type: application/json") && response.contains("wamid."), "{response}");
    }
    assert_eq!((sandbox.book().accepted, sandbox.book().recipients_twice), (3, 1));
}

#[test]
fn the_book_is_read_and_emptied_over_the_wire() {
    let sandbox = sandbox(None);
    exchange(&sandbox, &post(BODY)).expect("a response");
    let book = exchange(&sandbox, &request("GET", "/_sandbox/messages?limit=1", "")).expect("the book");
    assert!(book.contains(r#""accepted":1,"recipients":1"#), "{book}");
    exchange(&sandbox, &request("DELETE", "/_sandbox/messages", "")).expect("a response");
    assert_eq!(sandbox.book().accepted, 0);
}

#[test]
fn a_body_that_is_too_long_gets_an_answer() {
    let sandbox = sandbox(None);
    let response = exchange(&sandbox, &post(&" ".repeat(300_000))).expect("a response");
    assert!(response.starts_with("HTTP/1.1 400") && response.contains("longer than 65536 bytes"), "{response}");
}

#[test]
fn a_body_in_pieces_is_put_together() {
    let sandbox = sandbox(None);
    let (first, second) = BODY.split_at(40);
    let chunked = format!(
        "POST /v25.0/106540352242922/messages HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer sandbox\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    let response = exchange(&sandbox, &chunked).expect("a response");
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
}

#[test]
fn each_fault_shows_on_the_wire_and_the_book_knows_the_truth() {
    let table: [(&str, Result<&str, ErrorKind>, u64); 11] = [
        ("429", Ok("HTTP/1.1 429 Too Many Requests\r\n"), 0),
        ("130429", Ok("HTTP/1.1 400 Bad Request\r\n"), 0),
        ("190", Ok("HTTP/1.1 401 Unauthorized\r\n"), 0),
        ("500", Ok("HTTP/1.1 500 Internal Server Error\r\n"), 0),
        ("500-accepted", Ok("HTTP/1.1 500 Internal Server Error\r\n"), 1),
        ("garbage", Ok("HTTP/1.1 200 OK\r\n"), 0),
        ("garbage-accepted", Ok("HTTP/1.1 200 OK\r\n"), 1),
        ("held", Ok("HTTP/1.1 200 OK\r\n"), 1),
        ("reset", Err(ErrorKind::ConnectionReset), 0),
        ("reset-accepted", Err(ErrorKind::ConnectionReset), 1),
        // In good order, but nothing.
        ("close-early", Ok(""), 0),
    ];
    for (fault, expected, accepted) in table {
        let sandbox = sandbox(Some(fault));
        match (exchange(&sandbox, &post(BODY)), expected) {
            (Ok(response), Ok("")) => assert_eq!(response, "", "{fault}"),
            (Ok(response), Ok(start)) => assert!(response.starts_with(start), "{fault}: {response}"),
            (Err(error), Err(kind)) => assert_eq!(error.kind(), kind, "{fault}"),
            (response, _) => panic!("{fault}: {response:?}"),
        }
        assert_eq!((sandbox.book().requests, sandbox.book().accepted), (1, accepted), "{fault}");
    }
}

#[test]
fn a_throttle_without_metas_json_says_when_to_come_back() {
    let response = exchange(&sandbox(Some("429")), &post(BODY)).expect("a response");
    assert!(response.contains("retry-after: 1\r\n") && !response.contains('{'), "{response}");
}

#[test]
fn a_stalled_request_is_in_the_book_while_its_client_waits() {
    let sandbox = sandbox(Some("stall-accepted"));
    let mut stream = connect(&sandbox);
    stream.write_all(post(BODY).as_bytes()).expect("sent");
    let seen = (0..100_000_000).any(|_| {
        std::thread::yield_now();
        sandbox.book().accepted == 1
    });
    assert!(seen, "the request was never read");
    // Others are served meanwhile.
    let book = exchange(&sandbox, &request("GET", "/_sandbox/messages", "")).expect("the book");
    assert!(book.contains(r#""accepted":1"#), "{book}");
    stream.set_nonblocking(true).expect("no waiting");
    assert_eq!(stream.read(&mut [0]).expect_err("silence").kind(), ErrorKind::WouldBlock);
}

#[test]
fn an_embedded_sandbox_is_on_loopback_and_ends_when_it_is_dropped() {
    let sandbox = sandbox(None);
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    let mut stream = connect(&sandbox);
    let address = stream.peer_addr().expect("an address");
    drop(sandbox);
    assert!(!matches!(stream.read(&mut [0]), Ok(1..)));
    assert!(TcpStream::connect(address).is_err());
}

/// An outcome in a word.
fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { message_status, .. } => format!("accepted {}", message_status.as_deref().unwrap_or("")),
        Outcome::Refused(refusal) => format!("refused {}", refusal.code),
        Outcome::NotSent { .. } => "not sent".to_owned(),
        Outcome::InDoubt { .. } => "in doubt".to_owned(),
    }
}

fn client(api: &str) -> Client {
    Client::new(api, "v25.0", "106540352242922", &Token::for_sandbox("sandbox")).expect("a client")
}

fn message() -> Request {
    Request { endpoint: Endpoint::Messages, body: BODY.into() }
}

#[tokio::test]
async fn the_client_makes_the_right_thing_of_every_fault() {
    let table = [
        (None, "accepted ", 1),
        (Some("held"), "accepted held_for_quality_assessment", 1),
        (Some("429"), "refused 429", 0),
        (Some("130429"), "refused 130429", 0),
        (Some("131056"), "refused 131056", 0),
        (Some("131026"), "refused 131026", 0),
        (Some("132000"), "refused 132000", 0),
        (Some("132001"), "refused 132001", 0),
        (Some("190"), "refused 190", 0),
        (Some("131045"), "refused 131045", 0),
        (Some("2"), "in doubt", 0),
        (Some("131000"), "in doubt", 0),
        (Some("500"), "in doubt", 0),
        (Some("500-accepted"), "in doubt", 1),
        (Some("reset"), "in doubt", 0),
        (Some("reset-accepted"), "in doubt", 1),
        (Some("close-early"), "in doubt", 0),
        (Some("garbage"), "in doubt", 0),
        (Some("garbage-accepted"), "in doubt", 1),
    ];
    for (fault, expected, accepted) in table {
        let sandbox = sandbox(fault);
        let outcome = client(&sandbox.base_url()).send(message()).await;
        assert_eq!(word(&outcome), expected, "{fault:?}: {outcome:?}");
        assert_eq!((sandbox.book().requests, sandbox.book().accepted), (1, accepted), "{fault:?}");
    }
}

#[tokio::test]
async fn the_client_never_asks_again_by_itself_on_a_connection_that_was_used() {
    for fault in ["reset=50%", "reset-accepted=50%", "close-early=50%"] {
        let faults = Faults::new(vec![fault.parse().expect("a fault")]).expect("faults");
        let sandbox = Embedded::start(Script { faults, ..Script::default() }).expect("a sandbox");
        let client = client(&sandbox.base_url());
        let (mut sent, mut accepted) = (0, 0);
        for _ in 0..40 {
            match word(&client.send(message()).await).as_str() {
                "not sent" => {}
                word => {
                    sent += 1;
                    accepted += u64::from(word.starts_with("accepted"));
                }
            }
        }
        assert_eq!(sandbox.book().requests, sent, "{fault}");
        assert!(sandbox.book().accepted >= accepted && accepted > 0 && accepted < 40, "{fault}");
    }
}

#[tokio::test]
async fn a_sandbox_that_is_gone_is_proof_that_nothing_left() {
    let sandbox = sandbox(None);
    let client = client(&sandbox.base_url());
    drop(sandbox);
    assert_eq!(word(&client.send(message()).await), "not sent");
}
