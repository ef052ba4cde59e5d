//! A no in Meta's words: the envelope, the titles and the HTTP statuses.
//!
//! Source: Meta's Cloud API error table (2025 and 2026 editions) and the Graph API's generic errors.

use std::borrow::Cow;
use std::fmt;
use std::io::Write;

use super::draw;
use crate::cloud::fault;

/// Meta's no to a request.
#[derive(Debug)]
pub(super) struct Refusal {
    code: i64,
    subcode: Option<i64>,
    /// Meta's message where it is not `(#code) title`.
    message: Option<String>,
    /// What is wrong, and in which field. Graph's own errors have none.
    details: Option<String>,
}

impl Refusal {
    pub(super) fn new(code: i64, details: impl fmt::Display) -> Self {
        Self { code, subcode: None, message: None, details: Some(details.to_string()) }
    }

    /// The request does not have the form that Meta expects.
    pub(super) fn invalid(field: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::new(100, format_args!("{field}: {what}"))
    }

    /// A field that must be there is not.
    pub(super) fn missing(field: impl fmt::Display) -> Self {
        Self::new(131_008, format_args!("{field}: required and missing"))
    }

    /// A value that cannot be used.
    pub(super) fn bad_value(field: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::new(131_009, format_args!("{field}: {what}"))
    }

    pub(super) fn token(message: &str) -> Self {
        Self { code: 190, subcode: None, message: Some(message.to_owned()), details: None }
    }

    /// A no with a message of its own and a subcode.
    pub(super) fn worded(code: i64, subcode: Option<i64>, message: impl Into<String>) -> Self {
        Self { code, subcode, message: Some(message.into()), details: None }
    }

    /// The address names an object that is not there, or that does not take this method.
    pub(super) fn unknown_object(method: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
             or does not support this operation",
            method.to_ascii_lowercase()
        );
        Self { code: 100, subcode: Some(33), message: Some(message), details: None }
    }

    /// The address is none of the Graph API's.
    pub(super) fn unknown_path(path: &str) -> Self {
        Self { code: 2500, subcode: None, message: Some(format!("Unknown path components: {path}")), details: None }
    }

    /// The HTTP status that goes with it. It does not follow from the meaning: throttles are 400, some permissions 500.
    pub(super) fn status(&self) -> u16 {
        match self.code {
            0 | 190 => 401,
            10 | 200..=299 | 368 | 130_497 | 131_005 | 131_031 => 403,
            132_001 => 404,
            3 | 131_000 | 131_016 | 131_045 | 131_057 => 500,
            2 | 133_004 => 503,
            _ => 400,
        }
    }

    /// The JSON body. `serial` makes its trace id differ from every other's.
    pub(super) fn body(&self, seed: u64, serial: u64) -> Vec<u8> {
        let mut body = Vec::with_capacity(384);
        let message = match &self.message {
            Some(message) => Cow::Borrowed(message.as_str()),
            None => Cow::Owned(format!("(#{}) {}", self.code, title(self.code))),
        };
        body.extend_from_slice(br#"{"error":{"message":"#);
        push_json(&mut body, &message);
        let _ = write!(body, r#","type":"OAuthException","code":{}"#, self.code);
        if let Some(subcode) = self.subcode {
            let _ = write!(body, r#","error_subcode":{subcode}"#);
        }
        if let Some(details) = &self.details {
            body.extend_from_slice(br#","error_data":{"messaging_product":"whatsapp","details":"#);
            push_json(&mut body, details);
            body.push(b'}');
        }
        let _ = write!(body, r#","fbtrace_id":"A{:016x}"}}}}"#, draw::mix(seed ^ serial));
        body
    }
}

/// Adds a JSON string. Writing into memory does not fail.
fn push_json(body: &mut Vec<u8>, text: &str) {
    let _ = serde_json::to_writer(body, text);
}

/// Meta's title of a code; where it is not known, its meaning.
fn title(code: i64) -> &'static str {
    match code {
        100 => "Invalid parameter",
        130_429 => "Rate limit hit",
        131_000 => "Something went wrong",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_026 => "Message Undeliverable",
        131_051 => "Unsupported message type",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_005 => "Translated text too long",
        132_012 => "Parameter format does not match format in the created template",
        132_018 => "There is an issue with the parameters in your template",
        _ => fault::lookup(code).map_or("Unknown error", |fault| fault.meaning),
    }
}
