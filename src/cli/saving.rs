//! Saving a plan for somebody's approval, and holding it against what it was made from before it is sent.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::campaign::Campaign;
use crate::clock::{Clock, millis, rfc3339};
use crate::plan::saved::{FORMAT, Header, Reader, SavedError, VALID_FOR, Writer, hex};
use crate::plan::{Outline, Plan, Planned};

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
    pub fn finish(self, outline: &Outline) -> Result<String, Failure> {
        let Self { writer, path, campaign_file, expires_at } = self;
        writer.finish(outline, &path).map_err(|error| unwritable(&path, &error))?;
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
        recipients_sha256: hex(&plan.recipients_digest()),
    }
}

/// Opens a saved plan, if it still is what the campaign's files say.
pub fn open(path: &Path, campaign: &Campaign, plan: &Plan<'_>, clock: Clock) -> Result<Reader, Failure> {
    let reader = Reader::open(path).map_err(|error| match error {
        SavedError::File(error) => Failure::Usage(format!("the plan {}: {error}; nothing was sent", path.display())),
        error => error.into(),
    })?;
    match stale(reader.header(), &header(campaign, plan, clock), campaign) {
        None => Ok(reader),
        Some(why) => Err(Failure::Usage(format!(
            "the plan {} is stale: {why}; look at a new one: tidings preview {} --out {}; nothing was sent",
            path.display(),
            campaign.file.display(),
            path.display()
        ))),
    }
}

/// What differs between what was approved and what is there now.
fn stale(approved: &Header, now: &Header, campaign: &Campaign) -> Option<String> {
    let file = campaign.file.display();
    if approved.campaign_sha256 != now.campaign_sha256 {
        return Some(format!("{file} is not the campaign file that it was made from, or was edited since"));
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
