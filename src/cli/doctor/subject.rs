//! What is looked at: a campaign, or what the campaigns of a folder share.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::check::Check;
use super::{local, media};
use crate::campaign::{self, Campaign, DEFAULTS_FILE, Occurrence, Sender, is_defaults};
use crate::catalogue::Lock;
use crate::cli::failure::Failure;
use crate::cli::read::{lock_beside, look_through, prepare_with, real_ledger};
use crate::cli::{Global, hint};
use crate::clock::{Clock, UnixMs};
use crate::cloud::media::Media;

/// What is looked at, as far as this machine knows it.
pub struct Subject {
    /// The campaign file, or the one that campaigns share.
    pub file: PathBuf,
    /// The number that sends; none where the file does not say it rightly.
    pub sender: Option<Sender>,
    /// The campaign, where it has no problems that matter here.
    pub campaign: Option<Campaign>,
    /// Its templates, where somebody has read them.
    pub lock: Option<Lock>,
    /// The first media of its messages.
    pub media: BTreeSet<Media>,
    /// How many people it has left to send to.
    pub to_send: Option<u64>,
    /// Where its ledger is.
    pub ledger: PathBuf,
    /// What was found about the file.
    pub files: Check,
}

impl Subject {
    /// Reads a campaign file, or what campaigns share in this folder.
    ///
    /// # Errors
    /// When there is no such file, and none was named.
    pub fn read(file: Option<&Path>, global: &Global) -> Result<Self, Failure> {
        match file {
            Some(file) if is_defaults(file) => Self::shared(file, global),
            Some(file) => Self::campaign(file, global),
            None if Path::new(DEFAULTS_FILE).exists() => Self::shared(Path::new(DEFAULTS_FILE), global),
            None => Err(Failure::Usage(format!(
                "there is no {DEFAULTS_FILE} here that says which number sends: name a campaign file, tidings doctor FILE"
            ))),
        }
    }

    fn shared(file: &Path, global: &Global) -> Result<Self, Failure> {
        let (sender, files) = match campaign::shared_sender(file) {
            Ok(Some(sender)) => (Some(sender), Check::ok("files", format!("{}: no problems", file.display()))),
            Ok(None) => {
                return Err(Failure::Usage(format!(
                    "{} does not say which number sends: name a campaign file, tidings doctor FILE",
                    file.display()
                )));
            }
            Err(problems) => (None, local::problems(file, problems.len() as u64)),
        };
        Ok(Self {
            file: file.to_owned(),
            sender,
            campaign: None,
            lock: None,
            media: BTreeSet::new(),
            to_send: None,
            ledger: real_ledger(file, global)?,
            files,
        })
    }

    fn campaign(file: &Path, global: &Global) -> Result<Self, Failure> {
        if !file.exists() {
            return Err(Failure::Usage(format!("there is no campaign file {}", hint::word(file))));
        }
        let ledger = real_ledger(file, global)?;
        let looked = look_through(file);
        let files = local::files(file, &looked);
        let mut subject = Self {
            file: file.to_owned(),
            sender: None,
            campaign: None,
            lock: lock_beside(file).ok().flatten(),
            media: BTreeSet::new(),
            to_send: None,
            ledger,
            files,
        };
        let Some(campaign) = campaign::glean(file).campaign else { return Ok(subject) };
        subject.sender = Some(campaign.sender.clone()).filter(is_whole);
        if looked.problems_total == 0 {
            subject.look_at_plan(&campaign, looked.outline.messages_total());
        }
        subject.campaign = Some(campaign);
        Ok(subject)
    }

    /// What the plan has left, and the first media of it.
    fn look_at_plan(&mut self, campaign: &Campaign, messages: u64) {
        // It had no problems a moment ago; should it have some now, the next look tells.
        let Ok(plan) = prepare_with(campaign, self.lock.as_ref()) else { return };
        let occurrence = (!matches!(campaign.occurrence, Occurrence::Each(_))).then(|| plan.occurrence());
        let over = local::over(&self.ledger, &campaign.key, occurrence);
        self.to_send = over.map(|over| messages.saturating_sub(over));
        self.media = media::first(&plan);
    }

    /// Messages a second; none where no campaign says.
    pub fn rate(&self) -> Option<f64> {
        self.campaign.as_ref().map(Campaign::pace_per_second)
    }

    /// When the campaign would be over, started now, at its own pace.
    pub fn ends_at(&self) -> Option<UnixMs> {
        Some(end_of(self.to_send?, self.rate()?))
    }
}

/// When so many messages are sent, started now.
pub fn end_of(messages: u64, rate_per_second: f64) -> UnixMs {
    let ms = (messages as f64 / rate_per_second * 1000.0).ceil();
    // A cast that is too large for the type takes its largest value.
    Clock::System.unix_ms().saturating_add(ms as i64)
}

/// Whether a sender can be asked about, whatever is wrong with the rest of its file: its ids stand in addresses.
fn is_whole(sender: &Sender) -> bool {
    let is_id = |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id(&sender.phone_number_id) && sender.business_account_id.as_ref().is_none_or(is_id)
}
