//! What came of one attempt: accepted, refused, not sent, or in doubt.
//!
//! The send call has no idempotency key, so the line between "not sent" and "in doubt" is the one that keeps people from
//! being messaged twice. It is drawn by proof: a verdict counts only as Meta's own JSON, and "not sent" only when the
//! transport shows that it never took the body.

use serde::Deserialize;

use super::fault::{self, Effect};

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
        /// What is known.
        why: String,
    },
}

/// Meta's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Meta's error code; 429 where a throttle came without one.
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
    /// Whom it concerns.
    pub fn effect(&self) -> Effect {
        if self.code == 429 { Effect::Throttle } else { fault::effect(self.code, self.subcode) }
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
    fn code(&self) -> Option<i64> {
        number(&self.code)
    }

    /// Whether it is Meta's own error: gateways and proxies write much the same shape, with codes of theirs and without a
    /// trace id.
    fn is_metas(&self, code: i64) -> bool {
        fault::lookup(code).is_some() || self.fbtrace_id.is_some()
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
}

/// Reads a complete reply.
///
/// `retry_after` is the header's value. 5xx counts as a refusal only where the code can be nothing else; a 4xx without
/// Meta's JSON comes from something in between, which may have passed the request on.
pub fn classify(status: u16, retry_after: Option<&str>, body: &[u8]) -> Outcome {
    match status {
        200..=299 => classify_success(status, body),
        300..=399 => in_doubt(format!("HTTP {status}: a redirect, which is never followed")),
        _ => match graph_error(body) {
            Some((code, error)) => classify_error(status, code, &error, retry_after),
            None if status == 429 => Outcome::Refused(Refusal {
                code: 429,
                subcode: None,
                detail: "too many requests".to_owned(),
                trace: None,
                retry_after_s: retry_after.and_then(seconds),
            }),
            None => in_doubt(format!("HTTP {status} without an answer from WhatsApp")),
        },
    }
}

fn classify_success(status: u16, body: &[u8]) -> Outcome {
    match serde_json::from_slice::<AcceptedBody>(body) {
        Ok(AcceptedBody { messages }) => match messages.into_iter().next() {
            Some(AcceptedMessage { id, message_status }) if !id.is_empty() => {
                Outcome::Accepted { wamid: id, message_status: message_status.filter(|status| status != "accepted") }
            }
            _ => in_doubt(format!("HTTP {status} without a message id")),
        },
        Err(_) => in_doubt(format!("HTTP {status} with an answer that cannot be read")),
    }
}

fn classify_error(status: u16, code: i64, error: &GraphError, retry_after: Option<&str>) -> Outcome {
    let known = fault::lookup(code).map(|fault| fault.effect);
    let doubtful = match known {
        Some(Effect::Ambiguous) => true,
        Some(_) => false,
        None => status >= 500,
    };
    if doubtful {
        return in_doubt(format!("HTTP {status}, code {code}: {}", error.detail()));
    }
    Outcome::Refused(Refusal {
        code,
        subcode: error.error_subcode.as_ref().and_then(number),
        detail: error.detail(),
        trace: error.fbtrace_id.clone(),
        retry_after_s: retry_after.and_then(seconds),
    })
}

fn graph_error(body: &[u8]) -> Option<(i64, GraphError)> {
    let ErrorBody { error } = serde_json::from_slice(body).ok()?;
    let code = error.code()?;
    error.is_metas(code).then_some((code, error))
}

/// Relays are seen to send codes as strings.
fn number(value: &serde_json::Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Only the form in seconds is taken; a date would need a trusted clock, and the pause is bounded anyway.
fn seconds(retry_after: &str) -> Option<u64> {
    retry_after.trim().parse().ok()
}

fn in_doubt(why: String) -> Outcome {
    Outcome::InDoubt { why }
}
