//! What came of one attempt: accepted, refused, not sent, or in doubt.
//!
//! The send call has no idempotency key, so the line between "not sent" and "in doubt" is the one that keeps people from
//! being messaged twice. It is drawn by proof: a verdict counts only as Meta's own JSON, and "not sent" only when the
//! transport shows that it never took the body.

use serde::Deserialize;

use super::fault::{self, Effect};

/// The one status that is a verdict by itself: whoever says it did not pass the request on.
const TOO_MANY_REQUESTS: u16 = 429;

/// The status of a request whose token is not accepted; stands in for a code where Meta's own is in no table.
const UNAUTHORIZED: u16 = 401;

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Meta took the message.
    Accepted {
        /// Meta's id of the message.
        wamid: String,
        /// Set when the message is not simply on its way: `held_for_quality_assessment` or `paused`.
        message_status: Option<String>,
    },
    /// Meta said no, with a code.
    Refused(Refusal),
    /// Proof that nothing left this machine.
    NotSent {
        /// What failed.
        why: String,
    },
    /// The request may have left and no verdict came back.
    InDoubt {
        /// What stands between the request and a verdict.
        cause: Cause,
        /// What is known.
        why: String,
    },
}

/// What stands between a request and a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// No complete answer came.
    Lost,
    /// An answer came that does not say whether the message was taken.
    Unclear,
    /// Something else than WhatsApp answered: a proxy, a portal that wants a login.
    Stranger,
    /// The request was sent elsewhere: the address is wrong.
    Redirect,
}

/// Meta's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Meta's error code; 429 where a throttle came without one, 401 where a refused token came without a known one.
    pub code: i64,
    /// Meta's error subcode.
    pub subcode: Option<i64>,
    /// Meta's words.
    pub detail: String,
    /// Meta's trace id, for its support.
    pub trace: Option<String>,
    /// How long Meta asks to wait, in seconds.
    pub retry_after_s: Option<u64>,
}

impl Refusal {
    /// Whether the object in the address is unknown, or not accessible with this token (code 100, subcode 33).
    pub fn is_unknown_object(&self) -> bool {
        self.code == 100 && self.subcode == Some(33)
    }

    /// Whether this version of the API has ended (code 2635).
    pub fn is_version_gone(&self) -> bool {
        self.code == 2635
    }

    /// Whether the app demands a proof of its secret, and it is missing or wrong. Graph says so with codes that mean other
    /// things too (100 and 104), so its words have to tell.
    pub fn is_about_proof(&self) -> bool {
        matches!(self.code, 100 | 104) && self.detail.contains("appsecret_proof")
    }

    /// Whom it concerns.
    pub fn effect(&self) -> Effect {
        match self.code {
            code if code == i64::from(TOO_MANY_REQUESTS) => Effect::Throttle,
            code if code == i64::from(UNAUTHORIZED) => Effect::Token,
            _ if self.is_about_proof() => Effect::Token,
            code => fault::effect(code, self.subcode),
        }
    }
}

#[derive(Deserialize)]
struct AcceptedBody {
    messages: Vec<AcceptedMessage>,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: String,
    message_status: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: GraphError,
    /// What was also accepted was not simply refused.
    messages: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct GraphError {
    code: serde_json::Value,
    error_subcode: Option<serde_json::Value>,
    message: Option<String>,
    error_data: Option<serde_json::Value>,
    fbtrace_id: Option<String>,
}

impl GraphError {
    fn subcode(&self) -> Option<i64> {
        number(self.error_subcode.as_ref()?)
    }

    /// Whether Meta speaks. Gateways write JSON with `error.code` too, and their small numbers mean something else: gRPC's
    /// 4 is "deadline exceeded", which says nothing of the message. So those count only with Meta's trace id.
    fn is_metas(&self, code: i64) -> bool {
        let traced = self.fbtrace_id.as_ref().is_some_and(|trace| !trace.is_empty());
        traced || fault::lookup(code).is_some_and(|fault| fault.is_metas_alone())
    }

    /// `error_data` comes as an object with `details`, as a plain string, or not at all.
    fn detail(&self) -> String {
        let data = self.error_data.as_ref();
        let details = data.and_then(|data| data.get("details").unwrap_or(data).as_str());
        match (self.message.as_deref(), details) {
            (Some(message), Some(details)) => format!("{message}: {details}"),
            (Some(text), None) | (None, Some(text)) => text.to_owned(),
            (None, None) => String::new(),
        }
    }

    fn refusal(&self, code: i64, retry_after_s: Option<u64>) -> Outcome {
        Outcome::Refused(Refusal {
            code,
            subcode: self.subcode(),
            detail: self.detail(),
            trace: self.fbtrace_id.clone(),
            retry_after_s,
        })
    }
}

/// Relays are seen to send codes as strings.
fn number(value: &serde_json::Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Reads a complete reply.
///
/// `retry_after_s` is the pause the reply asks for, see [`super::pause::seconds`]. What counts is Meta's own JSON: its code
/// where there is one, whatever the status, as Meta documents throttles as 400 and permissions as 500. A code that is in
/// no table is a refusal only with a 4xx; without Meta's JSON a reply comes from something in between, which may have
/// passed the request on. Never [`Outcome::NotSent`]: what is answered was sent.
pub fn classify(status: u16, retry_after_s: Option<u64>, body: &[u8]) -> Outcome {
    match status {
        200..=299 => classify_success(status, retry_after_s, body),
        300..=399 => in_doubt(Cause::Redirect, format!("HTTP {status}: a redirect, which is never followed")),
        400..=599 => match graph_error(body) {
            Some((code, error)) => classify_error(status, code, &error, retry_after_s),
            None if status == TOO_MANY_REQUESTS => throttled("too many requests".to_owned(), retry_after_s),
            None if status < 500 => in_doubt(Cause::Stranger, format!("HTTP {status} without an answer from WhatsApp")),
            None => in_doubt(Cause::Unclear, format!("HTTP {status} without an answer from WhatsApp")),
        },
        _ => in_doubt(Cause::Unclear, format!("HTTP {status}: not a status that ends a request")),
    }
}

fn classify_success(status: u16, retry_after_s: Option<u64>, body: &[u8]) -> Outcome {
    match serde_json::from_slice::<AcceptedBody>(body) {
        Ok(AcceptedBody { messages }) => match messages.into_iter().next() {
            Some(AcceptedMessage { id, message_status }) if !id.is_empty() => {
                Outcome::Accepted { wamid: id, message_status: message_status.filter(|status| status != "accepted") }
            }
            _ => in_doubt(Cause::Unclear, format!("HTTP {status} without a message id")),
        },
        Err(_) => match graph_error(body) {
            Some((code, error)) => classify_error(status, code, &error, retry_after_s),
            None => in_doubt(Cause::Unclear, format!("HTTP {status} with an answer that cannot be read")),
        },
    }
}

fn classify_error(status: u16, code: i64, error: &GraphError, retry_after_s: Option<u64>) -> Outcome {
    match fault::lookup(code).map(|fault| fault.effect) {
        Some(effect) if effect != Effect::Ambiguous => error.refusal(code, retry_after_s),
        None if status == TOO_MANY_REQUESTS => throttled(format!("code {code}: {}", error.detail()), retry_after_s),
        None if status == UNAUTHORIZED => by_status(status, format!("code {code}: {}", error.detail()), None),
        None if (400..=499).contains(&status) => error.refusal(code, retry_after_s),
        _ => in_doubt(Cause::Unclear, format!("HTTP {status}, code {code}: {}", error.detail())),
    }
}

/// A throttle without a code that says so.
fn throttled(detail: String, retry_after_s: Option<u64>) -> Outcome {
    by_status(TOO_MANY_REQUESTS, detail, retry_after_s)
}

/// A refusal whose status tells what its code does not.
fn by_status(status: u16, detail: String, retry_after_s: Option<u64>) -> Outcome {
    Outcome::Refused(Refusal { code: i64::from(status), subcode: None, detail, trace: None, retry_after_s })
}

/// Meta's error, where the reply holds one and nothing else.
fn graph_error(body: &[u8]) -> Option<(i64, GraphError)> {
    let ErrorBody { error, messages } = serde_json::from_slice(body).ok()?;
    let code = number(&error.code)?;
    (messages.is_none() && error.is_metas(code)).then_some((code, error))
}

fn in_doubt(cause: Cause, why: String) -> Outcome {
    Outcome::InDoubt { cause, why }
}
