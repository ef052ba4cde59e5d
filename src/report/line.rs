//! One line of a report: a row of the recipients file and what became of it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::audience::phone::Recipient;
use crate::clock::rfc3339;
use crate::cloud::fault;
use crate::cloud::outcome::Outcome;
use crate::ledger::state::State;
use crate::ledger::{AttemptRow, ReportRow, Settlement, Verdict};

/// What all lines of a report share.
#[derive(Debug, Clone)]
pub struct Style<'a> {
    /// The campaign key, for message keys.
    pub campaign: &'a str,
    /// Whether phone numbers stand there whole.
    pub show_phones: bool,
    /// Why rows that were never tried were not.
    pub untried: &'a str,
}

/// What became of one row of the recipients file.
// Field names and their order are the report's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line<'a> {
    /// Row as a spreadsheet numbers it: the header is row 1.
    #[schemars(range(min = 1), example = 2)]
    pub row: u64,
    /// The recipient, whole or masked.
    #[schemars(example = &"+1202****0101")]
    pub recipient: Cow<'a, str>,
    /// The template's name.
    #[schemars(example = &"spring_sale")]
    pub template: Option<&'a str>,
    /// The template's language.
    #[schemars(example = &"en_US")]
    pub language: Option<&'a str>,
    /// `accepted`, `refused`, `in_doubt`, `turned_away`, `waiting` or `withdrawn`.
    #[schemars(
        extend("enum" = ["accepted", "refused", "in_doubt", "turned_away", "waiting", "withdrawn"]),
        example = &"accepted"
    )]
    pub state: &'static str,
    /// Why, in words for people.
    #[schemars(example = &"this phone number has too few digits; write the whole number, with the area code")]
    pub reason: Option<Cow<'a, str>>,
    /// Meta's error code.
    #[schemars(example = 131026)]
    pub code: Option<i64>,
    /// Meta's id of the message.
    #[schemars(example = &"wamid.HBgLMTIwMjU1NTAxMDEVAgARGBI")]
    pub wamid: Option<&'a str>,
    /// How often it was tried.
    #[schemars(example = 1)]
    pub attempts: u32,
    /// When the first attempt was claimed, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"), example = &"2026-04-01T09:00:00.125Z")]
    pub first_attempt_at: Option<String>,
    /// When its state was written down, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"), example = &"2026-04-01T09:00:00.480Z")]
    pub settled_at: Option<String>,
    /// What webhooks said of it since.
    #[schemars(example = &"delivered")]
    pub delivery: Option<&'a str>,
    /// When they said it, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"), example = &"2026-04-01T09:00:02.000Z")]
    pub delivery_at: Option<String>,
    /// Names the message: the same person in the same campaign and occurrence has the same key.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"), example = &"0f3c5a7e9b1d2f4a6c8e0a2b4d6f8091")]
    pub message_key: Option<String>,
}

impl<'a> Line<'a> {
    /// A line from a row of the ledger.
    pub fn of_row(row: &'a ReportRow, style: &Style<'_>) -> Self {
        let last = row.last.as_ref();
        let settled = row.state.is_some_and(|state| state != State::Planned);
        Self {
            row: row.row,
            recipient: recipient(&row.recipient, style),
            template: row.template.as_ref().map(|(name, _)| name.as_str()),
            language: row.template.as_ref().map(|(_, language)| language.as_str()),
            state: row.state.map_or("turned_away", State::word),
            reason: reason(row, style),
            code: last.and_then(|last| last.code),
            wamid: last.and_then(|last| last.wamid.as_deref()),
            attempts: row.attempts,
            first_attempt_at: row.first_attempt_at.map(rfc3339),
            settled_at: last.and_then(|last| last.settled_at).filter(|_| settled).map(rfc3339),
            delivery: None,
            delivery_at: None,
            message_key: row
                .identity
                .zip(row.occurrence.as_deref())
                .map(|(identity, occurrence)| message_key(style.campaign, occurrence, identity)),
        }
    }

    /// The same line from a settlement that was just committed; none while the message is to be tried again.
    pub fn of_settlement(settlement: &'a Settlement, style: &Style<'_>) -> Option<Self> {
        let Settlement { claimed, outcome, verdict, settled_at } = settlement;
        let state = match verdict {
            Verdict::Accepted => State::Accepted,
            Verdict::Refused => State::Refused,
            Verdict::InDoubt => State::InDoubt,
            Verdict::PutBack { .. } => return None,
        };
        let (code, wamid, reason) = match outcome {
            Outcome::Accepted { wamid, message_status } => {
                (None, Some(wamid.as_str()), message_status.as_deref().map(Cow::Borrowed))
            }
            Outcome::Refused(refusal) => (Some(refusal.code), None, Some(refused(refusal.code, &refusal.detail))),
            Outcome::NotSent { why } | Outcome::InDoubt { why, .. } => (None, None, Some(Cow::Borrowed(why.as_str()))),
        };
        Some(Self {
            row: claimed.row,
            recipient: recipient(&claimed.recipient, style),
            template: Some(&claimed.name),
            language: Some(&claimed.language),
            state: state.word(),
            reason,
            code,
            wamid,
            attempts: claimed.number,
            first_attempt_at: Some(rfc3339(claimed.first_claimed_at)),
            settled_at: Some(rfc3339(*settled_at)),
            delivery: None,
            delivery_at: None,
            message_key: Some(message_key(style.campaign, &claimed.occurrence, claimed.identity)),
        })
    }
}

fn recipient<'a>(whole: &'a str, style: &Style<'_>) -> Cow<'a, str> {
    if style.show_phones { Cow::Borrowed(whole) } else { Cow::Owned(Recipient::mask(whole)) }
}

fn reason<'a>(row: &'a ReportRow, style: &Style<'_>) -> Option<Cow<'a, str>> {
    let last = row.last.as_ref();
    let detail = last.and_then(|last| last.detail.as_deref());
    match row.state {
        None => row.reason.as_deref().map(Cow::Borrowed),
        Some(State::Planned) => Some(waiting(last, style)),
        Some(State::Accepted) => last.and_then(|last| last.message_status.as_deref()).map(Cow::Borrowed),
        Some(State::Refused) => Some(match last.and_then(|last| last.code) {
            Some(code) => refused(code, detail.unwrap_or_default()),
            None => Cow::Borrowed(detail.unwrap_or_default()),
        }),
        Some(State::Withdrawn) => Some(withdrawn(row.reason.as_deref().unwrap_or_default()).into()),
        Some(State::Sending | State::InDoubt) => detail.map(Cow::Borrowed),
    }
}

/// The ledger's word for it, for people.
fn withdrawn(reason: &str) -> &'static str {
    match reason {
        "removed" => "it left the recipients file before its turn",
        "over" => "its occurrence was over before its turn",
        "forgotten" => "forgotten at their request before its turn",
        _ => "given up while in doubt: it may have arrived",
    }
}

fn waiting<'a>(last: Option<&'a AttemptRow>, style: &Style<'_>) -> Cow<'a, str> {
    match last {
        Some(AttemptRow { code: Some(code), detail, .. }) => {
            Cow::Owned(format!("to be tried again: {}", refused(*code, detail.as_deref().unwrap_or_default())))
        }
        _ => Cow::Owned(style.untried.to_owned()),
    }
}

/// Our meaning of the code, then Meta's words.
pub(super) fn refused<'a>(code: i64, detail: &'a str) -> Cow<'a, str> {
    match (fault::lookup(code), detail.is_empty()) {
        (Some(fault), true) => Cow::Borrowed(fault.meaning),
        (Some(fault), false) => Cow::Owned(format!("{} ({detail})", fault.meaning)),
        (None, _) => Cow::Borrowed(detail),
    }
}

/// The key shows no phone number. It is no secret whose it is, though: whoever has a number can make its key and compare.
pub(super) fn message_key(campaign: &str, occurrence: &str, identity: i64) -> String {
    let mut hash = Sha256::new();
    for part in [campaign, occurrence] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(identity.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let half = digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte));
    format!("{half:032x}")
}
