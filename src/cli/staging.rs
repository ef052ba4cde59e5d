//! Brings a campaign into the ledger, and looks at what that would do to what was planned before. Whatever would message
//! people again, or say something else than was approved, needs a person's word.

use std::time::Duration;

use super::failure::Failure;
use super::printer::{Printer, counted};
use super::saving::Approved;
use crate::audience::phone::Recipient;
use crate::campaign::Campaign;
use crate::clock::{Clock, millis, zone};
use crate::cloud::Endpoint;
use crate::ledger::{
    Addressee, Change, Content, Edits, Ledger, LedgerError, Opened, PlanId, PlanKey, Staged, Tally, Wording,
};
use crate::message::bubble;
use crate::plan::cost::Priced;
use crate::plan::saved::{SavedMessage, SavedRow};
use crate::plan::{Plan, Planned};
use crate::policy::calendar::Period;

/// A campaign that is like one of the last weeks may be that one, renamed.
const RENAMED_WITHIN: Duration = Duration::from_secs(30 * 24 * 3600);

/// Fewer new rows of a campaign that has begun are no rename.
const RENAMED_PEOPLE_MIN: u64 = 10;

/// What a person accepts by a word on the command line.
#[derive(Debug, clap::Args)]
pub struct Accepted {
    /// Send what still waits with its new wording, template or sender. Say it once, not in a crontab.
    #[arg(long)]
    accept_changes: bool,
    /// Send although most of these people got the same template from another campaign in the last 30 days.
    #[arg(long)]
    new_campaign: bool,
}

/// A plan that is in the ledger, and may be sent.
pub enum Ready {
    /// It was open before: exactly these files were planned already.
    Open(PlanId),
    /// It waits to be opened.
    Staged {
        /// The plan.
        staged: Staged,
        /// The sender before, if it changes for messages that wait.
        another_sender: Option<(String, String)>,
    },
}

impl Ready {
    /// Which plan.
    pub fn plan(&self) -> PlanId {
        match self {
            Self::Open(plan) => *plan,
            Self::Staged { staged, .. } => staged.plan,
        }
    }

    /// Where its rows stand once it is open.
    pub fn tally(&self, ledger: &Ledger) -> Result<Tally, LedgerError> {
        let readmitted = match self {
            Self::Open(_) => 0,
            Self::Staged { staged, .. } => staged.edits.readmitted,
        };
        let tally = ledger.tally(self.plan())?;
        Ok(Tally { waiting: tally.waiting + readmitted, withdrawn: tally.withdrawn - readmitted, ..tally })
    }

    /// What it changes for messages that wait, for people.
    pub fn changes(&self) -> Option<String> {
        match self {
            Self::Open(_) => None,
            Self::Staged { staged, another_sender } => changes(&staged.edits, another_sender.as_ref()),
        }
    }

    /// Lets it take effect. What that withdraws is told again by later starts, until one came to its report.
    pub fn open(&self, ledger: &mut Ledger, clock: Clock) -> Result<Opened, LedgerError> {
        match self {
            Self::Open(plan) => ledger.unreported_withdrawals(*plan),
            Self::Staged { staged, .. } => ledger.open_plan(staged, clock.unix_ms()),
        }
    }
}

/// What a plan is made from.
pub fn key<'a>(campaign: &'a Campaign, plan: &'a Plan<'_>) -> PlanKey<'a> {
    PlanKey {
        campaign: &campaign.key,
        occurrence: plan.occurrence(),
        campaign_digest: campaign.whole_digest(),
        recipients_digest: plan.recipients_digest(),
        phone_number_id: &campaign.sender.phone_number_id,
    }
}

/// Brings a plan into the ledger, unless exactly this plan is open already, and tells what it costs if its rows were
/// looked at. What was saved and approved goes in as it was saved, and needs no further word about what it changes.
pub fn bring_in(
    ledger: &mut Ledger,
    campaign: &Campaign,
    plan: &Plan<'_>,
    saved: Option<Approved<'_>>,
    accepted: &Accepted,
    clock: Clock,
) -> Result<(Ready, Option<Priced>), Failure> {
    let accept_changes = accepted.accept_changes || saved.is_some();
    let key = key(campaign, plan);
    if let Some(open) = ledger.find_plan(&key)? {
        // Made from the same files it says the same; it must be whole all the same.
        let cost = saved.map(|saved| saved.rows(|_, _| Ok(()))).transpose()?;
        return Ok((Ready::Open(open), cost.flatten()));
    }
    let previous = ledger.previous(&campaign.key)?;
    if let Some(previous) = &previous {
        look_at_occurrence(&previous.occurrence, plan.occurrence(), accept_changes)?;
    }
    let (mut staged, cost) = match saved {
        None => stage(ledger, &key, plan, clock)?,
        Some(saved) => stage_saved(ledger, &key, saved, clock)?,
    };
    staged.new_campaign = accepted.new_campaign;
    if !accepted.new_campaign && !ledger.is_new_campaign(&campaign.key)? {
        let enough = if previous.is_none() { 1 } else { RENAMED_PEOPLE_MIN };
        look_elsewhere(ledger, campaign, staged.plan, enough, clock)?;
    }
    let (before, now) = (previous.map(|previous| previous.phone_number_id), key.phone_number_id);
    let another_sender = before.filter(|before| staged.edits.pending > 0 && before != now);
    let ready = Ready::Staged { staged, another_sender: another_sender.map(|before| (before, now.to_owned())) };
    match ready.changes() {
        Some(changes) if !accept_changes => Err(Failure::Usage(format!(
            "{changes}\nif that is meant, run it once with --accept-changes; nothing was sent"
        ))),
        _ => Ok((ready, cost)),
    }
}

/// What a plan costs that was open before: prices may have risen since.
pub fn cost_again(plan: &Plan<'_>) -> Result<Option<Priced>, Failure> {
    let outline = plan.compose(|_| Ok::<_, Failure>(()))?;
    Ok(plan.price(&outline.volume)?)
}

fn stage(
    ledger: &mut Ledger,
    key: &PlanKey<'_>,
    plan: &Plan<'_>,
    clock: Clock,
) -> Result<(Staged, Option<Priced>), Failure> {
    let mut staging = ledger.stage(key, clock.unix_ms())?;
    let outline = plan.compose(|planned| match planned {
        Planned::Message { row, recipient, identity, occurrence, message } => {
            staging.message(&Addressee { row, identity, occurrence, recipient }, &Content::from(message))
        }
        Planned::TurnedAway { row, recipient, reason, .. } => staging.turned_away(row, recipient, reason),
    })?;
    if outline.problems_total > 0 {
        return Err(Failure::Problems { shown: outline.problems, total: outline.problems_total });
    }
    if outline.rows != plan.row_count() {
        return Err(Failure::Bug(format!("the file has {} rows, but {} were planned", plan.row_count(), outline.rows)));
    }
    Ok((staging.finish()?, outline.cost))
}

/// Nothing of it counts unless its end is reached and proves that nobody changed it.
fn stage_saved(
    ledger: &mut Ledger,
    key: &PlanKey<'_>,
    saved: Approved<'_>,
    clock: Clock,
) -> Result<(Staged, Option<Priced>), Failure> {
    let mut staging = ledger.stage(key, clock.unix_ms())?;
    let cost = saved.rows(|SavedRow { row, recipient, message, turned_away }, person| {
        let (Some(message), Some(person)) = (message, person) else {
            return Ok(staging.turned_away(*row, recipient, turned_away.as_deref().unwrap_or_default())?);
        };
        let SavedMessage { occurrence, endpoint, name, language, template } = message;
        let content = Content { endpoint: (*endpoint).into(), name, language, template: template.get() };
        let to = Addressee { row: *row, identity: person.identity(), occurrence, recipient };
        Ok(staging.message(&to, &content)?)
    })?;
    Ok((staging.finish()?, cost))
}

/// Another kind of occurrence is another key for everybody. And a calendar does not run backwards: if it seems to, the
/// clock or the time zone is not what it was.
fn look_at_occurrence(before: &str, now: &str, accept_changes: bool) -> Result<(), Failure> {
    let kinds = [before, now].map(Period::with_name);
    if kinds[0].is_some() && kinds[0] == kinds[1] {
        if now < before && !accept_changes {
            let zone = zone();
            return Err(Failure::Usage(format!(
                "this is the occurrence {now} (by the calendar here, {zone}), but {before} has begun already: look at the \
                 clock and the time zone of this machine; if they are right now, run it once with --accept-changes; nothing \
                 was sent"
            )));
        }
    } else if before != now && !accept_changes {
        return Err(Failure::Usage(format!(
            "the campaign's occurrence changes from {} to {}: people who got it already would get it again; if \
             that is meant, run it once with --accept-changes; nothing was sent",
            in_words(before),
            in_words(now)
        )));
    }
    Ok(())
}

/// How an occurrence is written in a campaign file.
fn in_words(occurrence: &str) -> String {
    match Period::with_name(occurrence) {
        Some(Period::Day) => "`daily`".to_owned(),
        Some(Period::Week) => "`weekly`".to_owned(),
        Some(Period::Month) => "`monthly`".to_owned(),
        None => format!("`{occurrence}`"),
    }
}

/// A new key makes everybody new. Where most of them have just got the same template under another, it may be a rename.
fn look_elsewhere(
    ledger: &Ledger,
    campaign: &Campaign,
    plan: PlanId,
    enough: u64,
    clock: Clock,
) -> Result<(), Failure> {
    match ledger.elsewhere(plan, clock.unix_ms() - millis(RENAMED_WITHIN))? {
        Some(other) if other.people * 2 > other.of && other.people >= enough => Err(Failure::Usage(format!(
            "{} of {} new people have got the same template as campaign `{}` in the last 30 days, or are about to, and would get \
             it again as `{}`: if \
             it was only renamed, give it its old name back; if it is a new campaign, run it once with --new-campaign; \
             nothing was sent",
            other.people, other.of, other.campaign, campaign.key
        ))),
        _ => Ok(()),
    }
}

/// Says what no run will send any more.
pub fn tell_what_is_withdrawn(campaign: &Campaign, opened: Opened, printer: Printer) {
    let Opened { removed, over } = opened;
    let key = &campaign.key;
    if removed > 0 {
        let messages = counted(removed, "message");
        printer.warn(&format!("{key}: {messages} withdrawn: their rows left the recipients file before their turn"));
    }
    if over > 0 {
        let messages = counted(over, "message");
        printer.warn(&format!(
            "{key}: {messages} withdrawn: an earlier run left them waiting, and their occurrence is over"
        ));
    }
}

fn changes(edits: &Edits, another_sender: Option<&(String, String)>) -> Option<String> {
    let mut parts = Vec::new();
    if edits.another_template > 0 {
        parts.push(format!("{} with another template or language", edits.another_template));
    }
    if edits.another_wording > 0 {
        parts.push(format!("{} with another wording", edits.another_wording));
    }
    if let Some((before, now)) = another_sender {
        parts.push(format!("{} from number {now} instead of {before}", edits.pending));
    }
    if parts.is_empty() {
        return None;
    }
    let mut text =
        format!("of the messages that wait, these would go out otherwise than planned: {}", parts.join(", "));
    for change in &edits.shown {
        text.push_str(&difference(change));
    }
    let rest = edits.another_template + edits.another_wording - edits.shown.len() as u64;
    if rest > 0 {
        text.push_str(&format!("\n  and {rest} more"));
    }
    Some(text)
}

/// The lines that differ, those of before first.
fn difference(Change { row, recipient, before, after }: &Change) -> String {
    let (old, new) = (lines(before), lines(after));
    let only = |these: &[String], those: &[String], sign: char| -> String {
        these.iter().filter(|line| !those.contains(line)).map(|line| format!("\n    {sign} {line}")).collect()
    };
    format!("\n  row {row} to {}{}{}", Recipient::mask(recipient), only(&old, &new, '-'), only(&new, &old, '+'))
}

fn lines(wording: &Wording) -> Vec<String> {
    let Wording { name, language, template, endpoint } = wording;
    let by = match endpoint {
        Endpoint::Messages => "",
        Endpoint::MarketingMessages => ", as a marketing message",
    };
    let mut lines = vec![format!("template  {name} ({language}){by}")];
    lines.extend(bubble::lines(template));
    lines
}
