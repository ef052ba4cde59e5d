//! All that is wrong with a campaign and its recipients, in one look, even where no plan can be made of them.

use jiff::civil::Date;

use super::cost::Pricing;
use super::quoting::{blame, phone_column, quotable, shown_in_full};
use super::{DUPLICATE, Outline, Plan, Rejection};
use crate::audience::csv::{Row, Table};
use crate::audience::phone::Recipient;
use crate::audience::screen::Seen;
use crate::campaign::{Campaign, Occurrence, OnDuplicate, OnInvalid, Sound, Source};
use crate::catalogue::Lock;
use crate::clock::UnixMs;
use crate::message::compose::Composer;
use crate::message::definition;
use crate::problem::Problem;

impl Plan<'_> {
    /// Looks through the recipients of a campaign: what does not fit its templates, where there is a lock file, the file as
    /// a whole, its columns, then every row.
    ///
    /// Of a campaign that is not sound only what can be known is said: nothing that might be right once it is mended.
    pub fn examine(campaign: &Campaign, sound: Sound, lock: Option<&Lock>, (today, now): (Date, UnixMs)) -> Outline {
        let lock = lock.filter(|_| sound.messages);
        let misfits = lock.map(|lock| definition::check(campaign, lock)).unwrap_or_default();
        let (rates, pricing) = match Pricing::of_day(campaign, lock, today) {
            Ok(pricing) => (Vec::new(), pricing),
            Err(problems) => (problems, None),
        };
        // Texts that are to change have no length yet.
        let lock = lock.filter(|_| misfits.is_empty());
        let pricing = pricing.filter(|_| misfits.is_empty());
        let mut outline = Self::examine_recipients(campaign, sound, (lock, pricing), (today, now));
        outline.problems_before(rates);
        outline.problems_before(misfits);
        outline
    }

    fn examine_recipients(
        campaign: &Campaign,
        sound: Sound,
        (lock, pricing): (Option<&Lock>, Option<Pricing>),
        (today, now): (Date, UnixMs),
    ) -> Outline {
        let mut outline = Outline::default();
        let table = match Table::open(&campaign.recipients.file) {
            Ok(table) => table,
            Err(problems) => {
                let columns = Table::columns_of(&campaign.recipients.file);
                outline.problems(
                    columns.and_then(|columns| composer(campaign, sound, &columns).err()).into_iter().flatten(),
                );
                let problems = blame(campaign, problems).into_iter();
                outline.problems(problems.map(|problem| shown_in_full(campaign, problem)));
                return outline;
            }
        };
        match composer(campaign, sound, &table.columns) {
            Ok(composer) if sound.recipients && sound.messages => {
                let plan = Plan::of(campaign, table, composer, today);
                let plan = Plan { knows_languages: sound.languages, pricing, ..plan };
                return plan.measured_by(lock).as_of(now).judge();
            }
            Ok(_) => {}
            Err(problems) => outline.problems(problems),
        }
        if sound.recipients {
            Rows { campaign, table: &table, seen: Seen::new() }.look_through(&mut outline);
        }
        outline
    }
}

/// Where the recipients are not sound, the columns of phone and language may be others than they seem.
fn composer(campaign: &Campaign, sound: Sound, columns: &[String]) -> Result<Composer, Vec<Problem>> {
    if sound.recipients {
        return Composer::new(campaign, columns);
    }
    let mut without = campaign.clone();
    let any = columns.first().cloned().unwrap_or_default();
    without.recipients.phone = Source::Column(any, campaign.recipients.file_at);
    without.recipients.language = None;
    without.recipients.defaults.clear();
    Composer::new(&without, columns)
}

/// The rows, judged without a message: their cells, their phones, and who stands there twice.
struct Rows<'c> {
    campaign: &'c Campaign,
    table: &'c Table,
    seen: Seen,
}

impl Rows<'_> {
    fn look_through(&mut self, outline: &mut Outline) {
        let mut rows = match self.table.rows() {
            Ok(rows) => rows,
            Err(problem) => return outline.problem(|| problem),
        };
        let refuses = self.campaign.recipients.on_invalid == OnInvalid::Refuse;
        loop {
            match rows.next() {
                Ok(None) => return,
                Ok(Some(Ok(row))) => {
                    outline.rows += 1;
                    if let Some(rejection) = self.rejection(&row) {
                        outline.problem(|| rejection.problem(self.campaign, self.table, &row));
                    }
                }
                Ok(Some(Err(bad))) => {
                    outline.rows += 1;
                    if refuses {
                        outline.problem(|| quotable(self.campaign, self.table, bad.problem));
                    }
                }
                Err(problem) => return outline.problem(|| problem),
            }
        }
    }

    fn rejection(&mut self, row: &Row<'_>) -> Option<Rejection> {
        let recipients = &self.campaign.recipients;
        let column = phone_column(self.campaign, self.table)?;
        let phone = row.cells.get(column).unwrap_or_default();
        match Recipient::parse(phone, recipients.default_country.as_deref()) {
            Err(error) => (recipients.on_invalid == OnInvalid::Refuse).then(|| Rejection::of_phone(&error, column)),
            Ok(_) if matches!(self.campaign.occurrence, Occurrence::Each(_)) => None,
            Ok(recipient) => {
                let other = self.seen.meet(row.number, recipient.identity())?;
                let reason = format!("the same person already stands in row {other}");
                let rejection = Rejection { code: DUPLICATE, cell: Some(column), reason, remedy: None };
                (recipients.on_duplicate == OnDuplicate::Refuse).then_some(rejection)
            }
        }
    }
}
