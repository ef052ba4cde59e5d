//! Campaign × audience: each row of the recipients file becomes a message or is turned away, as a stream.
//!
//! Every row is composed before the first message is sent, so one that cannot be composed is known in time.

pub mod cost;
mod examine;
mod outline;
mod quoting;
mod readings;
mod rejection;
mod row;
pub mod samples;
pub mod saved;
pub mod schema;
mod stream;
mod trial;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::Date;

pub use outline::{Odd, Outline};
pub use readings::{Reading, Readings};
pub use trial::Tried;

use crate::audience::csv::{Row, Table};
use crate::audience::screen::Seen;
use crate::campaign::{Campaign, Occurrence, OnDuplicate};
use crate::catalogue::Lock;
use crate::clock::UnixMs;
use crate::message::compose::{Composer, Message};
use crate::message::oddity::Kind;
use crate::message::{TOO_MUCH_WORK, definition};
use crate::problem::Problem;
use cost::Pricing;
use quoting::blame;
use rejection::Rejection;
use row::one_number;

/// The occurrence of a campaign that each person gets once.
const ONCE: &str = "once";

/// The code of rows whose person stands in another row that counts.
const DUPLICATE: &str = "duplicate";

/// The codes of rows that no template serves.
const LANGUAGE_UNKNOWN: &[&str] = &["no-language", "unlisted-language"];

/// After so many rows for which an expression ran out of fuel, nobody waits for the others.
const BUSY_ROWS_MAX: u64 = 20;

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

/// Nothing more can be had from the recipients file.
struct Broken(Problem);

/// Why no further row is shown.
enum Stop<E> {
    /// For too many rows an expression ran out of fuel.
    TooMuchWork,
    Failed(E),
}

fn is_too_much_work(rejection: &Rejection) -> bool {
    rejection.code == TOO_MUCH_WORK
}

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
        let rows = match self.table.rows() {
            Ok(rows) => rows,
            Err(problem) => return Ok(Err(Broken(problem))),
        };
        let busy = AtomicU64::new(0);
        let work = |row: &Row<'_>| {
            // Threads that are ahead of the rows that are shown do not go on where an expression is endless.
            if busy.load(Ordering::Relaxed) > BUSY_ROWS_MAX {
                return None;
            }
            let composed = self.compose_row(row, purpose);
            busy.fetch_add(u64::from(composed.as_ref().is_err_and(is_too_much_work)), Ordering::Relaxed);
            Some(composed)
        };
        let shown = stream::in_order(rows, self.table.row_count, work, |row| {
            if outline.busy_rows > BUSY_ROWS_MAX {
                return Err(Stop::TooMuchWork);
            }
            let shown = match row {
                Ok((row, composed)) => {
                    let composed = composed.unwrap_or_else(|| self.compose_row(row, purpose));
                    outline.busy_rows += u64::from(composed.as_ref().is_err_and(is_too_much_work));
                    self.show_row(row, composed, &mut people, outline, visit)
                }
                Err(bad) => self.turn_bad_row_away(bad, outline, visit),
            };
            shown.map_err(Stop::Failed)
        });
        match shown {
            Ok(read) => Ok(read.map_err(Broken)),
            Err(Stop::TooMuchWork) => Ok(Err(Broken(self.too_much_work()))),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    fn too_much_work(&self) -> Problem {
        let message = format!(
            "an expression does too much work for more than {BUSY_ROWS_MAX} rows; those that follow were not looked at"
        );
        Problem::of_file(&self.campaign.file, TOO_MUCH_WORK, message).help("mend what stands at those rows first")
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
}
