//! A few rows that tell much about a plan, chosen while it streams past. Memory does not grow with the plan.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Planned;
use crate::cloud::Endpoint;
use crate::message::compose::Message;
use crate::message::oddity::Oddity;

/// Messages are filled up to so many, however alike they are.
const FEW: usize = 3;

/// A message that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Row as a spreadsheet numbers it.
    pub row: u64,
    /// E.164 number or business-scoped user id.
    pub recipient: String,
    /// Why it was chosen: `the first`, `the longest`. Empty for one among others.
    pub why: Vec<&'static str>,
    /// What is odd about it.
    pub oddities: Vec<Oddity>,
    endpoint: Endpoint,
    name: String,
    language: String,
    template: String,
    length: usize,
}

impl Sample {
    /// A message, chosen for no reason yet.
    pub fn new(row: u64, recipient: &str, message: &Message<'_>) -> Self {
        let Message { endpoint, name, language, template, oddities } = message;
        Self {
            row,
            recipient: recipient.to_owned(),
            why: Vec::new(),
            oddities: oddities.clone(),
            endpoint: *endpoint,
            name: (*name).to_owned(),
            language: (*language).to_owned(),
            template: template.clone(),
            length: message.length(),
        }
    }

    /// What is said.
    pub fn message(&self) -> Message<'_> {
        let (template, oddities) = (self.template.clone(), self.oddities.clone());
        Message { endpoint: self.endpoint, name: &self.name, language: &self.language, template, oddities }
    }
}

/// A row that was turned away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Away {
    /// Row as a spreadsheet numbers it.
    pub row: u64,
    /// A stable short name of the reason.
    pub code: &'static str,
    /// Why, in words for people.
    pub reason: String,
}

/// Chooses.
pub struct Samples {
    messages_max: usize,
    away_max: usize,
    rows: u64,
    met: u64,
    first: Option<Sample>,
    longest: Option<Sample>,
    shortest: Option<Sample>,
    /// The first of each template and language.
    kinds: Vec<Sample>,
    /// The first of each oddity, and what is odd about those.
    odd: Vec<Sample>,
    oddities: Vec<Oddity>,
    /// As many as there is room for, in equal steps through the file.
    spread: Vec<Sample>,
    away: Vec<Away>,
    codes: BTreeSet<&'static str>,
}

/// What was chosen, in file order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Messages: the first, the longest, the shortest, one of each oddity, one of each template and language.
    pub messages: Vec<Sample>,
    /// Rows that were turned away: the first ones, and one for each reason.
    pub away: Vec<Away>,
}

impl Samples {
    /// Chooses at most `messages_max` messages, and beside one row for each reason at most `away_max` that are turned away, of
    /// a file with so many rows.
    pub fn new(messages_max: usize, away_max: usize, rows: u64) -> Self {
        Self {
            messages_max,
            away_max,
            rows,
            met: 0,
            first: None,
            longest: None,
            shortest: None,
            kinds: Vec::new(),
            odd: Vec::new(),
            oddities: Vec::new(),
            spread: Vec::new(),
            away: Vec::new(),
            codes: BTreeSet::new(),
        }
    }

    /// Looks at a row.
    pub fn add(&mut self, planned: &Planned<'_>) {
        match *planned {
            Planned::Message { row, recipient, message, .. } => self.add_message(row, recipient, message),
            Planned::TurnedAway { row, code, reason, .. } => {
                if self.codes.insert(code) || self.away.len() < self.away_max {
                    self.away.push(Away { row, code, reason: reason.to_owned() });
                }
            }
        }
    }

    fn add_message(&mut self, row: u64, recipient: &str, message: &Message<'_>) {
        let sample = || Sample::new(row, recipient, message);
        let length = message.length();
        if self.first.is_none() {
            self.first = Some(sample());
        }
        if self.longest.as_ref().is_none_or(|longest| longest.length < length) {
            self.longest = Some(sample());
        }
        if self.shortest.as_ref().is_none_or(|shortest| shortest.length > length) {
            self.shortest = Some(sample());
        }
        let is_known = |kind: &Sample| kind.name == message.name && kind.language == message.language;
        if self.kinds.len() < self.messages_max && !self.kinds.iter().any(is_known) {
            self.kinds.push(sample());
        }
        if self.odd.len() < self.messages_max && message.oddities.iter().any(|oddity| !self.oddities.contains(oddity)) {
            self.oddities.extend(message.oddities.iter().cloned());
            self.odd.push(sample());
        }
        // As many steps as there is room for, so that what is kept is spread over the whole file.
        let (room, rows) = (self.messages_max as u64, self.rows.max(1));
        if (self.spread.len() as u64) < room && self.met.saturating_mul(room) / rows >= self.spread.len() as u64 {
            self.spread.push(sample());
        }
        self.met += 1;
    }

    /// What was chosen. With `is_full` as many messages as there is room for, else only those that tell something.
    pub fn finish(self, is_full: bool) -> Chosen {
        let room = self.messages_max;
        let mut messages: Vec<Sample> = Vec::new();
        let mut add = |sample: Sample, why: Option<&'static str>, room: usize| {
            if let Some(known) = messages.iter_mut().find(|known| known.row == sample.row) {
                known.why.extend(why);
            } else if messages.len() < room {
                messages.push(Sample { why: why.into_iter().collect(), ..sample });
            }
        };
        let differ = self.longest.as_ref().map(|it| it.length) != self.shortest.as_ref().map(|it| it.length);
        self.first.into_iter().for_each(|sample| add(sample, Some("the first"), room));
        if differ {
            self.longest.into_iter().for_each(|sample| add(sample, Some("the longest"), room));
            self.shortest.into_iter().for_each(|sample| add(sample, Some("the shortest"), room));
        }
        self.odd.into_iter().chain(self.kinds).for_each(|sample| add(sample, None, room));
        let room = if is_full { room } else { room.min(FEW) };
        self.spread.into_iter().for_each(|sample| add(sample, None, room));
        messages.sort_by_key(|sample| sample.row);
        Chosen { messages, away: self.away }
    }
}
