//! Saving a plan for somebody's approval, and holding it against what it was made from before it is sent.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::audience::phone::Recipient;
use crate::campaign::{Campaign, DEFAULTS_FILE};
use crate::catalogue::LOCK_FILE;
use crate::clock::{Clock, millis, rfc3339};
use crate::plan::cost::{Priced, Volume};
use crate::plan::saved::{
    Ceiling, FORMAT, Footer, Header, Reader, SavedError, SavedMessage, SavedRow, VALID_FOR, Writer, hex,
};
use crate::plan::{Outline, Plan, Planned};
use crate::policy::price::{Amount, Money};

/// A plan on its way to a file.
pub struct Saving {
    writer: Writer,
    path: PathBuf,
    campaign_file: PathBuf,
    expires_at: String,
}

impl Saving {
    /// Begins the file.
    pub fn begin(campaign: &Campaign, plan: &Plan<'_>, path: &Path) -> Result<Self, Failure> {
        if path.is_dir() {
            return Err(Failure::Usage(format!("--out: {} is a directory; name a file in it", path.display())));
        }
        let header = header(campaign, plan, Clock::System);
        let expires_at = rfc3339(header.expires_at_ms);
        let writer = Writer::create(path, &header).map_err(|error| unwritable(path, &error))?;
        Ok(Self { writer, path: path.to_owned(), campaign_file: campaign.file.clone(), expires_at })
    }

    /// Adds a row.
    pub fn add(&mut self, planned: &Planned<'_>) -> Result<(), Failure> {
        self.writer.add(planned).map_err(|error| unwritable(&self.path, &error))
    }

    /// Puts the file in its place, and says how to send it.
    pub fn finish(self, plan: &Plan<'_>, outline: &Outline) -> Result<String, Failure> {
        let Self { writer, path, campaign_file, expires_at } = self;
        writer.finish(plan, outline, &path).map_err(|error| unwritable(&path, &error))?;
        let (path, file) = (path.display(), campaign_file.display());
        Ok(format!("saved: {path}; send it until {expires_at}: tidings run {file} --plan {path}"))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::System(std::io::Error::new(error.kind(), format!("the plan {} cannot be saved: {error}", path.display())))
}

fn header(campaign: &Campaign, plan: &Plan<'_>, clock: Clock) -> Header {
    let created_at_ms = clock.unix_ms();
    Header {
        tidings_plan: FORMAT,
        tidings: env!("CARGO_PKG_VERSION").to_owned(),
        campaign: campaign.key.clone(),
        occurrence: plan.occurrence().to_owned(),
        phone_number_id: campaign.sender.phone_number_id.clone(),
        created_at_ms,
        expires_at_ms: created_at_ms + millis(VALID_FOR),
        campaign_sha256: hex(&campaign.digest),
        defaults_sha256: campaign.defaults.as_ref().map(|defaults| hex(&defaults.digest)),
        recipients_sha256: hex(&plan.recipients_digest()),
    }
}

/// A saved plan that is about to be sent.
pub struct Approved<'a> {
    reader: Reader,
    path: &'a Path,
    campaign: &'a Campaign,
    plan: &'a Plan<'a>,
}

impl<'a> Approved<'a> {
    /// Opens a saved plan, if it still is what the campaign's files say.
    pub fn open(path: &'a Path, campaign: &'a Campaign, plan: &'a Plan<'a>, clock: Clock) -> Result<Self, Failure> {
        let reader = Reader::open(path).map_err(|error| match error {
            SavedError::File(error) => {
                Failure::Usage(format!("the plan {}: {error}; nothing was sent", path.display()))
            }
            error => error.into(),
        })?;
        let approved = Self { reader, path, campaign, plan };
        match stale(approved.reader.header(), &header(campaign, plan, clock), campaign) {
            None => Ok(approved),
            Some(why) => Err(refused(path, campaign, &why)),
        }
    }

    /// Visits every row, with the person of each message, and tells what the messages cost at most. Nothing that was
    /// visited counts before this has ended well: only the end tells whether the plan is whole, which templates it was
    /// approved with, and at which price.
    pub fn rows(
        self,
        mut visit: impl FnMut(&SavedRow<'_>, Option<&Recipient>) -> Result<(), Failure>,
    ) -> Result<Option<Priced>, Failure> {
        let Self { reader, path, campaign, plan } = self;
        let mut volume = Volume::default();
        let footer = reader.rows(|saved| {
            let Some(SavedMessage { name, language, .. }) = &saved.message else { return visit(saved, None) };
            let recipient = Recipient::parse(&saved.recipient, None)
                .map_err(|_| SavedError::Altered(format!("row {} goes to nobody who can be messaged", saved.row)))?;
            volume.count(name, language, &recipient);
            visit(saved, Some(&recipient))
        })?;
        if let Some(why) = another_template(&footer, plan) {
            return Err(refused(path, campaign, &why));
        }
        let cost = plan.price(&volume)?;
        match dearer(&footer, cost.as_ref().and_then(Priced::ceiling), campaign) {
            None => Ok(cost),
            Some(why) => Err(refused(path, campaign, &why)),
        }
    }
}

fn refused(path: &Path, campaign: &Campaign, why: &str) -> Failure {
    let (file, path) = (campaign.file.display(), path.display());
    Failure::Usage(format!(
        "the plan {path} is stale: {why}; look at a new one: tidings preview {file} --out {path}; nothing was sent"
    ))
}

/// A template that is not what it was when the plan was approved.
fn another_template(approved: &Footer, plan: &Plan<'_>) -> Option<String> {
    let now = plan.definitions_of(approved.messages.keys());
    let mut forms = approved.messages.keys().filter(|form| approved.definitions.get(*form) != now.get(*form));
    let form = forms.next()?;
    Some(match (approved.definitions.contains_key(form), plan.checked_against()) {
        (true, None) => format!("{LOCK_FILE} is gone, so nobody knows whether {form} still says what was approved"),
        (true, Some(_)) => format!("the template {form} in {LOCK_FILE} was changed since"),
        (false, _) => format!("{LOCK_FILE} holds {form} now, and the plan was approved without it"),
    })
}

/// Whether the same messages may cost more than what was approved.
fn dearer(approved: &Footer, now: Option<Money>, campaign: &Campaign) -> Option<String> {
    let (now, rates) = (now?, campaign.budget.as_ref()?.rates.display());
    let Some(Ceiling { amount, currency }) = &approved.ceiling else {
        return Some(format!("it may cost {now} by {rates}, and it was approved without a price"));
    };
    let is_covered =
        *currency == now.currency.to_string() && amount.parse().is_ok_and(|most: Amount| now.amount <= most);
    (!is_covered).then(|| format!("by {rates} it may cost {now} now, and {amount} {currency} was approved"))
}
/// What differs between what was approved and what is there now.
fn stale(approved: &Header, now: &Header, campaign: &Campaign) -> Option<String> {
    let file = campaign.file.display();
    if approved.campaign_sha256 != now.campaign_sha256 {
        return Some(format!("{file} is not the campaign file that it was made from, or was edited since"));
    }
    if approved.defaults_sha256 != now.defaults_sha256 {
        let defaults = campaign.file.with_file_name(DEFAULTS_FILE);
        let what = match (&approved.defaults_sha256, &now.defaults_sha256) {
            (None, _) => "was not there when it was made",
            (_, None) => "is gone",
            _ => "was edited since",
        };
        return Some(format!("{} {what}", defaults.display()));
    }
    if approved.recipients_sha256 != now.recipients_sha256 {
        return Some(format!("{} was edited since", campaign.recipients.file.display()));
    }
    if approved.occurrence != now.occurrence {
        return Some(format!("it is for {}, and this is {}", approved.occurrence, now.occurrence));
    }
    if now.created_at_ms >= approved.expires_at_ms {
        return Some(format!("it was approved for sending until {}", rfc3339(approved.expires_at_ms)));
    }
    if now.created_at_ms < approved.created_at_ms {
        return Some(format!("it was saved at {}, which is yet to come", rfc3339(approved.created_at_ms)));
    }
    if approved.tidings != now.tidings {
        return Some(format!("tidings {} made it, and this is {}", approved.tidings, now.tidings));
    }
    None
}
