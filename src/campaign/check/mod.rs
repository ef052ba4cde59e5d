//! Whether what is written makes sense, and the campaign that it makes.
//!
//! Texts and places come from the tree, the structure from the values. Where the shape was wrong the values hold
//! fillers; a filler has no place, and what has no place is not judged.

mod budget;
mod component;
mod language;
mod occurrence;
mod recipients;
mod sender;
mod stop_when;
mod template;
mod token;
mod trials;

use std::path::{Path, PathBuf};

pub(super) use language::CODES;

use super::advice::example;
use super::defaults::DEFAULTS_FILE;
use super::file::{self, CampaignFile, DefaultsFile};
use super::problems::{Problems, shown};
use super::spot::Spot;
use super::{Campaign, Defaults, Occurrence, Report, Sender, Sound, Text};
use crate::problem::{Place, nearest};

/// What is known of a campaign before it is looked at.
pub(super) struct About<'f> {
    /// The campaign file.
    pub file: &'f Path,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// The defaults beside it.
    pub defaults: Option<Defaults>,
    /// Whether what is missing is missing for good: not when it may stand in defaults that cannot be read.
    pub is_complete: bool,
}

/// Checks everything and builds the campaign, as far as it can be represented, and says how far that is; none without a
/// recipients file: then there is nothing else to look at.
pub(super) fn campaign(
    written: &CampaignFile,
    spot: Spot<'_>,
    about: About<'_>,
    problems: &mut Problems,
) -> Option<(Campaign, Sound)> {
    let About { file, digest, defaults, is_complete } = about;
    let key = key(spot.key("campaign"), problems);
    let mut check = Check { directory: directory_of(file), is_complete, problems };
    let sender = check.sender(written.sender.as_ref(), spot);
    let recipients = check.recipients(written, spot.key("recipients"));
    let templates = check.templates(&written.templates, spot.key("templates"));
    let occurrence = check.occurrence(spot.key("occurrence"));
    let rate_per_second = check.send(spot.key("send"));
    let stop_when = check.stop_when(spot.key("stop_when"));
    let budget = written.budget.as_ref().map(|_| check.budget(spot));
    let report = check.report(written.report.as_ref(), spot.key("report"));
    let trials = check.trials(written.tests.as_ref(), spot.key("tests"));
    let messages = occurrence.is_some() && templates.iter().all(Option::is_some);
    let sends = rate_per_second != Some(None) && stop_when.is_some() && !matches!(budget, Some(None));
    let whole = messages && key.is_some() && sender.is_some() && sends;
    let campaign = Campaign {
        file: file.to_owned(),
        digest,
        defaults,
        key: key.unwrap_or_default(),
        description: written.description.clone(),
        sender: sender.unwrap_or_else(sender::nobody),
        recipients: recipients?,
        templates: templates.into_iter().flatten().collect(),
        occurrence: occurrence.unwrap_or(Occurrence::Once),
        require_seed: written.require_seed.unwrap_or(false),
        rate_per_second: rate_per_second.flatten(),
        stop_when: stop_when.unwrap_or_default(),
        budget: budget.flatten(),
        report,
        trials,
    };
    Some((campaign, Sound { messages, whole, ..Sound::WHOLE }))
}

/// Checks what campaigns share, by itself: what a campaign says otherwise is wrong here all the same. Returns the sender, as
/// far as it stands there.
pub(super) fn defaults(written: &DefaultsFile, spot: Spot<'_>, file: &Path, problems: &mut Problems) -> Option<Sender> {
    let mut check = Check { directory: directory_of(file), is_complete: false, problems };
    let sender = check.sender(written.sender.as_ref(), spot);
    check.send(spot.key("send"));
    check.stop_when(spot.key("stop_when"));
    if written.budget.is_some() {
        check.budget(spot);
    }
    check.report(written.report.as_ref(), spot.key("report"));
    sender
}

fn directory_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

/// What all checks share.
struct Check<'p> {
    /// The directory of the campaign file and of its defaults; paths are relative to it.
    directory: PathBuf,
    /// Whether what is missing is missing for good.
    is_complete: bool,
    problems: &'p mut Problems,
}

impl Check<'_> {
    /// A problem with the value at a spot, unless the spot does not exist or is known to be broken.
    fn problem(&mut self, spot: Spot<'_>, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        if let Some(place) = spot.at()
            && !self.problems.stands_at(place)
        {
            self.problems.add(place, code, message, help);
        }
    }

    /// A text that people or Meta are going to read; it may hold expressions, but it must say something.
    fn text(&mut self, spot: Spot<'_>) -> Option<Text> {
        let text = spot.text()?;
        if text.source.trim().is_empty() {
            self.problem(spot, "empty-text", "this text is empty", "write a text or an expression, or remove the key");
        }
        Some(text)
    }

    /// The text under a key that need not be there.
    fn optional_text(&mut self, spot: Spot<'_>) -> Option<Text> {
        spot.node()?;
        self.text(spot)
    }

    /// Says that a map lacks a key, unless it stands there misspelt, or may stand in defaults that cannot be read. What is
    /// no map has been reported.
    fn lacks(&mut self, map: Spot<'_>, map_at: Option<Place>, key: &str) {
        let is_misspelt = |(word, at)| nearest(word, [key]).is_some() && self.problems.stands_at(at);
        if !self.is_complete || !map.is_map() || map.place_of(key).is_some() || map.keys().any(is_misspelt) {
            return;
        }
        let Some(at) = map_at else { return };
        let other = self.problems.other(at);
        let (message, write) = (format!("the key {} is missing", shown(key)), format!("write {}", example(key)));
        let for_all = format!("{write}, or in {DEFAULTS_FILE} for all campaigns beside it");
        let (message, help) = match other {
            None if key == "sender" => (message, for_all),
            None => (message, write),
            Some(name) if name == DEFAULTS_FILE => (format!("{message}, here and in {name}"), for_all),
            Some(name) => {
                let help = format!("{write} for all campaigns beside it, or in {name} for this one");
                (format!("{message}, here and in {name}"), help)
            }
        };
        if map.key_at(0) == Some(at) {
            // That key is not at fault.
            self.problems.add_point(at, "missing-key", message, help);
        } else {
            self.problems.add(at, "missing-key", message, help);
        }
    }

    /// Messages a second; none inside when what is written is no rate.
    fn send(&mut self, spot: Spot<'_>) -> Option<Option<f64>> {
        let rate = spot.key("rate");
        rate.node().map(|_| self.rate(rate))
    }

    /// Messages a second, from `60/s` or `600/min`.
    fn rate(&mut self, spot: Spot<'_>) -> Option<f64> {
        const PER_SECOND: std::ops::RangeInclusive<f64> = 1.0..=1000.0;
        let written = spot.text()?.source;
        let rate = written.split_once('/').and_then(|(count, unit)| {
            let digits = count.trim();
            let count = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())??;
            match unit.trim() {
                "s" => Some(f64::from(count)),
                "min" => Some(f64::from(count) / 60.0),
                _ => None,
            }
        });
        if let Some(rate) = rate.filter(|rate| PER_SECOND.contains(rate)) {
            return Some(rate);
        }
        let message = match rate {
            Some(_) => format!("{} is not between 1 and 1000 messages a second", shown(&written)),
            None => format!("{} is no rate", shown(&written)),
        };
        self.problem(spot, "rate", message, "write messages a second or a minute: `60/s` or `600/min`");
        None
    }

    fn report(&mut self, written: Option<&file::Report>, spot: Spot<'_>) -> Report {
        let directory = spot.key("directory");
        let name = self.optional_text(directory).map_or_else(|| "reports".to_owned(), |text| text.source);
        let formats = written.and_then(|report| report.formats.as_ref());
        let has = |format| formats.is_none_or(|formats| formats.contains(&format));
        Report {
            directory: self.directory.join(name),
            csv: has(file::Format::Csv),
            jsonl: has(file::Format::Jsonl),
            show_phones: written.and_then(|report| report.show_phones) == Some(file::ShowPhones::Full),
        }
    }
}

/// The campaign's key.
pub(super) fn key(spot: Spot<'_>, problems: &mut Problems) -> Option<String> {
    const CHARS_MAX: usize = 64;
    let key = spot.text()?.source;
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    let starts_well = key.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_legal = starts_well && key.len() <= CHARS_MAX && key.chars().all(legal);
    if let Some(place) = spot.at().filter(|place| !is_legal && !problems.stands_at(*place)) {
        let help = format!(
            "use 1 to {CHARS_MAX} lower-case letters, digits, `_` and `-`, starting with a letter or a digit: \
             `spring_sale_2026`"
        );
        problems.add(place, "campaign-key", format!("{} cannot be a campaign key", shown(&key)), help);
    }
    Some(key)
}

/// Whether a text holds minijinja syntax.
fn is_expression(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|open| text.contains(open))
}
