//! One row: what it becomes by itself, and what it becomes beside all others.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::quoting::quotable;
use super::rejection::Rejection;
use super::{DUPLICATE, LANGUAGE_UNKNOWN, Outline, People, Plan, Planned, Purpose};
use crate::audience::csv::{BadRow, Row};
use crate::audience::phone::Recipient;
use crate::campaign::{OnDuplicate, OnInvalid};
use crate::message::compose::Message;
use crate::message::oddity::Oddity;

/// What a row becomes, unless its person stands in another one.
pub(super) struct Composed<'c> {
    recipient: Recipient,
    /// Which occurrence, where each row has its own.
    occurrence: Option<String>,
    /// The language as the row gives it.
    written: Option<String>,
    made: Made<'c>,
}

/// What came of a row.
struct Made<'c> {
    name: &'c str,
    language: &'c str,
    /// What is odd about it, where no message says so.
    oddities: Vec<Oddity>,
    message: Option<Message<'c>>,
}

impl Plan<'_> {
    /// What a row becomes, whoever else is in the file.
    pub(super) fn compose_row(&self, row: &Row<'_>, purpose: Purpose) -> Result<Composed<'_>, Rejection> {
        let (recipient, written) = self.recipient(row)?;
        let made = self.make(row, written.as_deref(), purpose)?;
        let occurrence = self.occurrence_of(row)?.map(Cow::into_owned);
        Ok(Composed { recipient, occurrence, written: written.map(Cow::into_owned), made })
    }

    pub(super) fn show_row<E>(
        &self,
        row: &Row<'_>,
        composed: Result<Composed<'_>, Rejection>,
        people: &mut People,
        outline: &mut Outline,
        visit: &mut impl FnMut(Planned<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        outline.rows += 1;
        let composed = composed.and_then(|composed| {
            self.is_the_one(row.number, &composed.recipient, composed.occurrence.as_deref(), people)?;
            Ok(composed)
        });
        match composed {
            Ok(Composed { recipient, occurrence, written, made: Made { name, language, oddities, message } }) => {
                outline.count(name, language);
                outline.notice(row.number, message.as_ref().map_or(&oddities, |message| &message.oddities));
                if let Some(written) = written.as_deref() {
                    outline.languages.count(written, || self.composer.choose(Some(written)).ok());
                }
                if self.pricing.is_some() {
                    outline.volume.count(name, language, &recipient);
                }
                let Some(message) = message else { return Ok(()) };
                let (identity, recipient) = (recipient.identity(), recipient.to_string());
                let occurrence = occurrence.as_deref().unwrap_or(&self.occurrence);
                let (row, recipient, message) = (row.number, recipient.as_str(), &message);
                visit(Planned::Message { row, recipient, identity, occurrence, message })
            }
            Err(rejection) if self.is_a_problem(&rejection) => {
                for rejection in self.rejections(row, rejection, people) {
                    outline.problem(|| rejection.problem(self.campaign, &self.table, row));
                }
                Ok(())
            }
            Err(rejection) => {
                *outline.turned_away.entry(rejection.code).or_default() += 1;
                let recipient = row.cells.get(self.phone_cell).unwrap_or_default();
                let (row, code) = (row.number, rejection.code);
                visit(Planned::TurnedAway { row, recipient, code, reason: &rejection.words() })
            }
        }
    }

    pub(super) fn turn_bad_row_away<E>(
        &self,
        BadRow { number, problem }: &BadRow,
        outline: &mut Outline,
        visit: &mut impl FnMut(Planned<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        outline.rows += 1;
        if self.campaign.recipients.on_invalid == OnInvalid::Refuse {
            outline.problem(|| quotable(self.campaign, &self.table, problem.clone()));
            return Ok(());
        }
        *outline.turned_away.entry(problem.code).or_default() += 1;
        let (code, reason) = (problem.code, problem.message.as_str());
        visit(Planned::TurnedAway { row: *number, recipient: "", code, reason })
    }

    /// Everything that is wrong with a row, and not only what was found first.
    fn rejections(&self, row: &Row<'_>, first: Rejection, people: &mut People) -> Vec<Rejection> {
        if first.code == DUPLICATE {
            return vec![first];
        }
        let mut all = Vec::new();
        match (self.recipient(row), self.occurrence_of(row)) {
            (Ok((recipient, _)), Ok(occurrence)) => {
                let same = self.is_the_one(row.number, &recipient, occurrence.as_deref(), people);
                all.extend(same.err().filter(|same| self.is_a_problem(same)));
            }
            (Err(rejection), _) => all.push(rejection),
            (Ok(_), Err(_)) => {}
        }
        for rejection in self.composer.flaws(row.cells).into_iter().map(Rejection::from) {
            if !all.iter().any(|known| known.reason == rejection.reason) {
                all.push(rejection);
            }
        }
        all.retain(|rejection| self.knows_languages || !LANGUAGE_UNKNOWN.contains(&rejection.code));
        all.sort_by_key(|rejection| rejection.cell);
        all
    }

    pub(super) fn recipient<'r>(&'r self, row: &'r Row<'_>) -> Result<(Recipient, Option<Cow<'r, str>>), Rejection> {
        let address = self.composer.address(row.cells)?;
        let country = self.campaign.recipients.default_country.as_deref();
        let recipient =
            Recipient::parse(&address.phone, country).map_err(|error| Rejection::of_phone(&error, self.phone_cell))?;
        Ok((recipient, address.language))
    }

    fn make(&self, row: &Row<'_>, language: Option<&str>, purpose: Purpose) -> Result<Made<'_>, Rejection> {
        Ok(match purpose {
            Purpose::Judge => {
                let ((name, language), oddities) = self.composer.judge(row.cells, language)?;
                Made { name, language, oddities, message: None }
            }
            Purpose::Show => {
                let message = self.composer.compose(row.cells, language)?;
                Made { name: message.name, language: message.language, oddities: Vec::new(), message: Some(message) }
            }
        })
    }

    /// The occurrence that a row names for itself.
    pub(super) fn occurrence_of<'r>(&'r self, row: &'r Row<'_>) -> Result<Option<Cow<'r, str>>, Rejection> {
        Ok(self.composer.occurrence(row.cells)?)
    }

    /// Whether this row is the one that counts for its person and occurrence.
    fn is_the_one(
        &self,
        row: u64,
        recipient: &Recipient,
        occurrence: Option<&str>,
        people: &mut People,
    ) -> Result<(), Rejection> {
        let identity = one_number(recipient, occurrence);
        let (other, which) = match people {
            People::MetSoFar(seen) => (seen.meet(row, identity), "already stands"),
            People::Known(seen) => (seen.last_row(identity).filter(|last| *last != row), "stands again"),
        };
        match other {
            None => Ok(()),
            Some(other) => {
                let with = occurrence.map_or(String::new(), |value| format!(" with the same occurrence `{value}`"));
                let reason = format!("the same person{with} {which} in row {other}");
                Err(Rejection { code: DUPLICATE, cell: Some(self.phone_cell), reason, remedy: None })
            }
        }
    }

    fn is_a_problem(&self, rejection: &Rejection) -> bool {
        let recipients = &self.campaign.recipients;
        match rejection.code {
            DUPLICATE => recipients.on_duplicate == OnDuplicate::Refuse,
            _ => recipients.on_invalid == OnInvalid::Refuse,
        }
    }
}

/// A person, or a person and an occurrence, in one number.
pub(super) fn one_number(recipient: &Recipient, occurrence: Option<&str>) -> u64 {
    let identity = recipient.identity();
    let Some(occurrence) = occurrence else { return identity };
    // Two of a million pairs share a number once in ten million files; then one is called a duplicate, and shown as one.
    let mut hash = DefaultHasher::new();
    (identity, occurrence).hash(&mut hash);
    hash.finish()
}
