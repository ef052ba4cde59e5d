//! The book: what was accepted, in order, and who was accepted twice.
//!
//! Kept small, since a rehearsal may be as large as the campaign: some sixty bytes a message besides its callback data.

use std::collections::HashMap;

use serde::Serialize;

use super::draw;
use super::request::{Addressee, Wanted};
use crate::cloud::Endpoint;

/// How many of those accepted twice are named.
const TWICE_NAMED_MAX: usize = 100;

/// The book in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Requests to send a message, accepted or not.
    pub requests: u64,
    /// Messages accepted.
    pub accepted: u64,
    /// Different recipients among them.
    pub recipients: u64,
    /// Recipients with more than one accepted message.
    pub recipients_twice: u64,
    /// Who they are: the first hundred.
    pub twice: Vec<Twice>,
    /// Accepted messages by what they said.
    pub by_template: Vec<ByTemplate>,
}

/// A recipient who was accepted more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Twice {
    /// A phone number with `+`, or a user id.
    pub recipient: String,
    /// How many messages were accepted.
    pub times: u32,
}

/// The accepted messages of one template in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ByTemplate {
    /// The template's name.
    pub template: String,
    /// The language's code.
    pub language: String,
    /// `messages` or `marketing_messages`.
    pub endpoint: &'static str,
    /// How many were accepted.
    pub accepted: u64,
}

/// One accepted message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Its place among the accepted, from 1.
    pub order: u64,
    /// The id that the sender was told.
    pub wamid: String,
    /// A phone number with `+`, or a user id.
    pub recipient: String,
    /// The template's name.
    pub template: String,
    /// The language's code.
    pub language: String,
    /// `messages` or `marketing_messages`.
    pub endpoint: &'static str,
    /// The callback data, unchanged.
    pub callback: Option<String>,
}

/// A recipient: the digits of a phone number, or, with the highest bit set, the place of a user id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Id(u64);

const USER_ID: u64 = 1 << 63;

/// How often a recipient was asked for, and accepted.
#[derive(Default)]
struct Tally {
    asked: u32,
    accepted: u32,
}

struct Entry {
    recipient: Id,
    serial: u64,
    callback_end: usize,
    wording: u32,
}

/// The book itself.
#[derive(Default)]
pub(super) struct Book {
    entries: Vec<Entry>,
    /// All callback data, one after the other.
    callbacks: String,
    tallies: HashMap<Id, Tally>,
    user_ids: Vec<Box<str>>,
    user_id_places: HashMap<Box<str>, u64>,
    /// A campaign has few: a search from the front is quick.
    wordings: Vec<ByTemplate>,
    recipients: u64,
    twice: Vec<Id>,
}

impl Book {
    /// Notes that a recipient is asked for. Tells who it is, and how many times it was asked for before.
    pub(super) fn ask(&mut self, to: Addressee<'_>) -> (Id, u32) {
        let id = self.id(to);
        let tally = self.tallies.entry(id).or_default();
        let before = tally.asked;
        tally.asked = before.saturating_add(1);
        (id, before)
    }

    /// Notes an accepted message.
    pub(super) fn accept(&mut self, id: Id, serial: u64, endpoint: Endpoint, wanted: &Wanted<'_>) {
        let wording = self.wording(endpoint, wanted);
        self.callbacks.push_str(wanted.callback.unwrap_or_default());
        self.entries.push(Entry { recipient: id, serial, callback_end: self.callbacks.len(), wording });
        let tally = self.tallies.entry(id).or_default();
        tally.accepted = tally.accepted.saturating_add(1);
        match tally.accepted {
            1 => self.recipients += 1,
            2 => self.twice.push(id),
            _ => {}
        }
    }

    /// The figures.
    pub(super) fn summary(&self, requests: u64) -> Summary {
        let times = |id: &Id| self.tallies.get(id).map_or(0, |tally| tally.accepted);
        let twice = self.twice.iter().take(TWICE_NAMED_MAX);
        Summary {
            requests,
            accepted: self.entries.len() as u64,
            recipients: self.recipients,
            recipients_twice: self.twice.len() as u64,
            twice: twice.map(|id| Twice { recipient: self.name(*id), times: times(id) }).collect(),
            by_template: self.wordings.clone(),
        }
    }

    /// Some of the accepted messages, in order.
    pub(super) fn page(&self, seed: u64, offset: usize, limit: usize) -> Vec<Accepted> {
        let places = offset.min(self.entries.len())..offset.saturating_add(limit).min(self.entries.len());
        places.map(|place| self.accepted(seed, place)).collect()
    }

    fn accepted(&self, seed: u64, place: usize) -> Accepted {
        let entry = &self.entries[place];
        let recipient = self.name(entry.recipient);
        let start = place.checked_sub(1).map_or(0, |before| self.entries[before].callback_end);
        let callback = &self.callbacks[start..entry.callback_end];
        let wording = &self.wordings[entry.wording as usize];
        Accepted {
            order: place as u64 + 1,
            wamid: wamid(seed, entry.serial, &recipient, callback),
            recipient,
            template: wording.template.clone(),
            language: wording.language.clone(),
            endpoint: wording.endpoint,
            callback: (!callback.is_empty()).then(|| callback.to_owned()),
        }
    }

    fn id(&mut self, to: Addressee<'_>) -> Id {
        match to {
            // Fifteen digits of which the first is not zero: as a number they stay what they are.
            Addressee::Phone(phone) => {
                Id(phone.bytes().skip(1).fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
            }
            Addressee::UserId(user_id) => Id(USER_ID | self.user_id_place(user_id)),
        }
    }

    fn user_id_place(&mut self, user_id: &str) -> u64 {
        if let Some(place) = self.user_id_places.get(user_id) {
            return *place;
        }
        let place = self.user_ids.len() as u64;
        self.user_ids.push(user_id.into());
        self.user_id_places.insert(user_id.into(), place);
        place
    }

    fn name(&self, Id(id): Id) -> String {
        if id & USER_ID == 0 { format!("+{id}") } else { self.user_ids[(id & !USER_ID) as usize].to_string() }
    }

    fn wording(&mut self, endpoint: Endpoint, wanted: &Wanted<'_>) -> u32 {
        let endpoint = endpoint_name(endpoint);
        let same = |known: &ByTemplate| {
            known.template == wanted.template && known.language == wanted.language && known.endpoint == endpoint
        };
        let place = self.wordings.iter().position(same).unwrap_or_else(|| {
            let (template, language) = (wanted.template.to_owned(), wanted.language.to_owned());
            self.wordings.push(ByTemplate { template, language, endpoint, accepted: 0 });
            self.wordings.len() - 1
        });
        self.wordings[place].accepted += 1;
        place as u32
    }
}

const fn endpoint_name(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Messages => "messages",
        Endpoint::MarketingMessages => "marketing_messages",
    }
}

/// A message id: no two messages of a sandbox share one, since the last part is the serial number in disguise. The
/// other part holds what the message is about, so that a second sandbox with the same seed does not repeat it either.
pub(super) fn wamid(seed: u64, serial: u64, recipient: &str, callback: &str) -> String {
    let about = draw::of_bytes(draw::of_bytes(seed, callback.as_bytes()), recipient.as_bytes());
    let mut id = String::with_capacity(32);
    id.push_str("wamid.HBgL");
    push_base64(&mut id, about);
    push_base64(&mut id, draw::mix(seed ^ serial));
    id
}

/// Eleven characters of the Base64 alphabet hold 64 bits.
fn push_base64(id: &mut String, bits: u64) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    id.extend((0..11).map(|place| char::from(ALPHABET[(bits >> (6 * place)) as usize & 63])));
}
