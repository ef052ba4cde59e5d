//! Campaign × audience: each row of the recipients file becomes a message or is turned away, as a stream.
//!
//! Every row is composed before the first message is sent, so one that cannot be composed is known in time.

pub mod cost;
mod examine;
mod outline;
mod quoting;
mod readings;
mod rejection;
pub mod samples;
pub mod saved;
pub mod schema;
mod trial;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::civil::Date;

pub use outline::{Odd, Outline};
pub use readings::{Reading, Readings};
pub use trial::Tried;

use crate::audience::csv::{BadRow, Row, Table};
use crate::audience::phone::Recipient;
use crate::audience::screen::Seen;
use crate::campaign::{Campaign, Occurrence, OnDuplicate, OnInvalid};
use crate::catalogue::Lock;
use crate::clock::UnixMs;
use crate::message::compose::{Composer, Message};
use crate::message::definition;
use crate::message::oddity::{Kind, Oddity};
use crate::problem::Problem;
use cost::Pricing;
use quoting::{blame, quotable};
use rejection::Rejection;

/// The occurrence of a campaign that each person gets once.
const ONCE: &str = "once";

/// The code of rows whose person stands in another row that counts.
const DUPLICATE: &str = "duplicate";

/// The codes of rows that no template serves.
const LANGUAGE_UNKNOWN: &[&str] = &["no-language", "unlisted-language"];

/// A campaign and its recipients, ready to be composed.
pub struct Plan<'c> {
    campaign: &'c Campaign,
    table: Table,
    composer: Composer,
    occurrence: String,
    /// The cell that a bad phone is shown at.
    phone_cell: usize,
    /// Whether the campaign says rightly which languages it has.
    knows_languages: bool,
    /// Whose templates it was checked against.
    checked_against: Option<String>,
    /// The digests of its templates in a lock file, by template and language.
    definitions: BTreeMap<String, String>,
    /// What its messages cost; none where nobody has said.
    pricing: Option<Pricing>,
}

/// What a row became.
pub enum Planned<'a> {
    /// A message.
    Message {
        /// Row as a spreadsheet numbers it: the header is row 1.
        row: u64,
        /// E.164 number or business-scoped user id.
        recipient: &'a str,
        /// The person in one number.
        identity: u64,
        /// Which occurrence of the campaign it belongs to.
        occurrence: &'a str,
        /// What is said.
        message: &'a Message<'a>,
    },
    /// Nothing, for a reason.
    TurnedAway {
        /// Row as a spreadsheet numbers it.
        row: u64,
        /// The recipient, as far as it is known: a number, or the cell's text.
        recipient: &'a str,
        /// A stable short name of the reason, such as `empty`.
        code: &'static str,
        /// Why, in words for people.
        reason: &'a str,
    },
}

/// What rows are looked at for.
#[derive(Clone, Copy)]
enum Purpose {
    /// To show their messages.
    Show,
    /// To know whether there are any.
    Judge,
}

/// What came of a row.
struct Made<'c> {
    name: &'c str,
    language: &'c str,
    /// What is odd about it, where no message says so.
    oddities: Vec<Oddity>,
    message: Option<Message<'c>>,
}

/// Nothing more can be had from the recipients file.
struct Broken(Problem);

/// Who stands in the file.
enum People {
    /// Those met before the row at hand.
    MetSoFar(Seen),
    /// Everybody, with the last row of each.
    Known(Seen),
}

impl<'c> Plan<'c> {
    /// Opens the recipients file and compiles the campaign's expressions against its columns. Today decides which
    /// occurrence of a daily, weekly or monthly campaign it is, and which prices hold. With a lock file, all is checked
    /// against its templates.
    ///
    /// # Errors
    /// All problems of the file as a whole, of the campaign with its columns or templates, or of its rates file.
    pub fn prepare(campaign: &'c Campaign, lock: Option<&Lock>, today: Date) -> Result<Self, Vec<Problem>> {
        let misfits = lock.map(|lock| definition::check(campaign, lock)).unwrap_or_default();
        if !misfits.is_empty() {
            return Err(misfits);
        }
        let table = Table::open(&campaign.recipients.file).map_err(|problems| blame(campaign, problems))?;
        let composer = Composer::new(campaign, &table.columns)?;
        let pricing = Pricing::of_day(campaign, lock, today)?;
        Ok(Self { pricing, ..Self::of(campaign, table, composer, today).measured_by(lock) })
    }

    fn measured_by(self, lock: Option<&Lock>) -> Self {
        let Some(lock) = lock else { return self };
        let (composer, definitions) =
            (self.composer.measured_by(lock), saved::footer::definitions(self.campaign, lock));
        Self { composer, checked_against: Some(lock.account.clone()), definitions, ..self }
    }

    /// Also turns away offers that are over at this time.
    #[must_use]
    pub fn as_of(self, now: UnixMs) -> Self {
        Self { composer: self.composer.as_of(now), ..self }
    }

    /// The account whose templates the campaign was checked against; none where there was no lock file.
    pub fn checked_against(&self) -> Option<&str> {
        self.checked_against.as_deref()
    }

    fn of(campaign: &'c Campaign, table: Table, composer: Composer, today: Date) -> Self {
        let phone_cell = composer.phone_column().unwrap_or(0);
        let occurrence = match &campaign.occurrence {
            Occurrence::Once => ONCE.to_owned(),
            Occurrence::Every(period) => period.name_of(today),
            Occurrence::Each(text) => text.source.clone(),
        };
        let (knows_languages, checked_against, definitions, pricing) = (true, None, BTreeMap::new(), None);
        Self {
            campaign,
            table,
            composer,
            occurrence,
            phone_cell,
            knows_languages,
            checked_against,
            definitions,
            pricing,
        }
    }

    /// The name of the occurrence; where each row has its own, the expression that gives it.
    pub fn occurrence(&self) -> &str {
        &self.occurrence
    }

    /// SHA-256 of the recipients file.
    pub fn recipients_digest(&self) -> [u8; 32] {
        self.table.digest
    }

    /// Rows of the recipients file.
    pub fn row_count(&self) -> u64 {
        self.table.row_count
    }

    /// Composes every row and shows each to `visit`, in file order.
    ///
    /// # Errors
    /// What `visit` fails with. Problems of the files stand in the outline; with any, what was shown counts for nothing.
    pub fn compose<E>(&self, visit: impl FnMut(Planned<'_>) -> Result<(), E>) -> Result<Outline, E> {
        self.look_through(Purpose::Show, visit)
    }

    /// What [`Plan::compose`] tells at its end, sooner: no message is written.
    pub fn judge(&self) -> Outline {
        let Ok(outline) = self.look_through(Purpose::Judge, |_| Ok::<_, Infallible>(()));
        outline
    }

    fn look_through<E>(
        &self,
        purpose: Purpose,
        mut visit: impl FnMut(Planned<'_>) -> Result<(), E>,
    ) -> Result<Outline, E> {
        let mut outline = Outline::default();
        match self.compose_rows(purpose, &mut outline, &mut visit)? {
            Err(Broken(problem)) => outline.problem(|| problem),
            Ok(()) => match self.price(&outline.volume) {
                Ok(cost) => outline.cost = cost,
                Err(problems) => outline.problems_before(problems),
            },
        }
        // What the author provided for comes last.
        outline.odd.sort_by_key(|odd| odd.oddity.kind == Kind::StandIn);
        Ok(outline)
    }

    fn compose_rows<E>(
        &self,
        purpose: Purpose,
        outline: &mut Outline,
        visit: &mut impl FnMut(Planned<'_>) -> Result<(), E>,
    ) -> Result<Result<(), Broken>, E> {
        let mut people = match self.people_to_come() {
            Ok(people) => people,
            Err(broken) => return Ok(Err(broken)),
        };
        let mut rows = match self.table.rows() {
            Ok(rows) => rows,
            Err(problem) => return Ok(Err(Broken(problem))),
        };
        loop {
            match rows.next() {
                Ok(None) => return Ok(Ok(())),
                Ok(Some(Ok(row))) => self.compose_row(&row, purpose, &mut people, outline, visit)?,
                Ok(Some(Err(bad))) => self.turn_bad_row_away(bad, outline, visit)?,
                Err(problem) => return Ok(Err(Broken(problem))),
            }
        }
    }

    /// Who stands in which last row, where that is the row that counts.
    fn people_to_come(&self) -> Result<People, Broken> {
        let mut seen = Seen::new();
        if self.campaign.recipients.on_duplicate != OnDuplicate::Last {
            return Ok(People::MetSoFar(seen));
        }
        let mut rows = self.table.rows().map_err(Broken)?;
        while let Some(row) = rows.next().map_err(Broken)? {
            let Ok(row) = row else { continue };
            // A row without a person is dealt with when it is composed.
            if let Ok((recipient, _)) = self.recipient(&row)
                && let Ok(occurrence) = self.occurrence_of(&row)
            {
                seen.meet(row.number, one_number(&recipient, occurrence.as_deref()));
            }
        }
        Ok(People::Known(seen))
    }

    fn compose_row<E>(
        &self,
        row: &Row<'_>,
        purpose: Purpose,
        people: &mut People,
        outline: &mut Outline,
        visit: &mut impl FnMut(Planned<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        outline.rows += 1;
        let composed = self.recipient(row).and_then(|(recipient, language)| {
            let made = self.make(row, language.as_deref(), purpose)?;
            let occurrence = self.occurrence_of(row)?;
            self.is_the_one(row.number, &recipient, occurrence.as_deref(), people)?;
            Ok((recipient, occurrence, language, made))
        });
        match composed {
            Ok((recipient, occurrence, written, Made { name, language, oddities, message })) => {
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

    fn turn_bad_row_away<E>(
        &self,
        BadRow { number, problem }: BadRow,
        outline: &mut Outline,
        visit: &mut impl FnMut(Planned<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        outline.rows += 1;
        if self.campaign.recipients.on_invalid == OnInvalid::Refuse {
            outline.problem(|| quotable(self.campaign, &self.table, problem));
            return Ok(());
        }
        *outline.turned_away.entry(problem.code).or_default() += 1;
        let (code, reason) = (problem.code, problem.message.as_str());
        visit(Planned::TurnedAway { row: number, recipient: "", code, reason })
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

    fn recipient<'r>(&'r self, row: &'r Row<'_>) -> Result<(Recipient, Option<Cow<'r, str>>), Rejection> {
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
    fn occurrence_of<'r>(&'r self, row: &'r Row<'_>) -> Result<Option<Cow<'r, str>>, Rejection> {
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
fn one_number(recipient: &Recipient, occurrence: Option<&str>) -> u64 {
    let identity = recipient.identity();
    let Some(occurrence) = occurrence else { return identity };
    // Two of a million pairs share a number once in ten million files; then one is called a duplicate, and shown as one.
    let mut hash = DefaultHasher::new();
    (identity, occurrence).hash(&mut hash);
    hash.finish()
}
