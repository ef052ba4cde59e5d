//! Every way a request can end, played by a hostile server against the real client. Each test names the outcome it
//! expects, and how many requests came whole: never more than one.

mod connection;
mod cut;
mod pooled;
mod redirect;
mod reply;
mod run;
mod saboteur;
mod server;
mod stage;
mod tls;

use std::time::Duration;

use tidings::cloud::Endpoint;
use tidings::cloud::client::{Client, Request, Sender, Timeouts};
use tidings::cloud::outcome::Outcome;
use tidings::secret::Token;

use server::{Hostile, Seen, soon};

const BODY: &str = r#"{"messaging_product":"whatsapp","to":"+12025550123"}"#;

/// Patience for those tests in which it must never run out.
const PATIENT: Timeouts =
    Timeouts { connect: Duration::from_secs(5), request: Duration::from_secs(10), idle: Duration::from_secs(15) };

/// A connection of its own for each request, so that no test meets the race of row 12 by accident.
const UNPOOLED: Timeouts = Timeouts { idle: Duration::ZERO, ..PATIENT };

/// Patience that is to run out.
const HASTY: Timeouts = Timeouts { request: Duration::from_millis(150), ..PATIENT };

fn client(api: &str, timeouts: Timeouts) -> Client {
    Client::with_timeouts(api, "v25.0", "106540352242922", &Token::for_sandbox("canary-token"), timeouts)
        .expect("a client")
}

fn message(body: &str) -> Request {
    Request { endpoint: Endpoint::Messages, body: body.to_owned().into() }
}

/// Sends one message to a server and tells what came of it and what the server saw.
async fn send(server: Hostile) -> (Outcome, Seen) {
    let outcome = soon(client(&server.url(), PATIENT).send(message(BODY))).await;
    (outcome, server.seen().await)
}

/// A reply with a length and nothing special.
fn http(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut reply = format!("HTTP/1.1 {status} Reply\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    reply.extend_from_slice(body);
    reply
}

fn yes(wamid: &str) -> Vec<u8> {
    http(200, "", format!(r#"{{"messaging_product":"whatsapp","messages":[{{"id":"{wamid}"}}]}}"#))
}

fn no(status: u16, code: i64) -> Vec<u8> {
    http(status, "", format!(r#"{{"error":{{"message":"(#{code}) no","code":{code},"fbtrace_id":"A1"}}}}"#))
}

/// An outcome in a word.
fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { wamid, .. } => format!("accepted {wamid}"),
        Outcome::Refused(refusal) => format!("refused {}", refusal.code),
        Outcome::NotSent { .. } => "not sent".to_owned(),
        Outcome::InDoubt { .. } => "in doubt".to_owned(),
    }
}

/// Why an outcome is no verdict.
#[track_caller]
fn why(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::NotSent { why } | Outcome::InDoubt { why, .. } => why,
        other => panic!("a verdict: {other:?}"),
    }
}
