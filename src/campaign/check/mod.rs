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
mod trials;

use std::path::{Path, PathBuf};

pub(super) use language::CODES;

use super::file::{self, CampaignFile};
use super::problems::{Problems, shown};
use super::spot::Spot;
use super::{Campaign, Occurrence, Report, Sound, Text};

/// Checks everything and builds the campaign, as far as it can be represented, and says how far that is; none without a
/// recipients file: then there is nothing else to look at.
pub(super) fn campaign(
    written: &CampaignFile,
    spot: Spot<'_>,
    file: &Path,
    digest: [u8; 32],
    problems: &mut Problems,
) -> Option<(Campaign, Sound)> {
    let directory = file.parent().unwrap_or(Path::new("")).to_owned();
    let mut check = Check { directory, problems };
    let key = check.key(spot.key("campaign"));
    let sender = check.sender(&written.sender, spot.key("sender"));
    let recipients = check.recipients(written, spot.key("recipients"));
    let templates = check.templates(&written.templates, spot.key("templates"));
    let occurrence = check.occurrence(spot.key("occurrence"));
    let rate = spot.key("send").key("rate");
    let rate_per_second = rate.node().map(|_| check.rate(rate));
    let stop_when = check.stop_when(spot.key("stop_when"));
    let budget = written.budget.as_ref().map(|_| check.budget(spot.key("budget")));
    let report = check.report(written.report.as_ref(), spot.key("report"));
    let trials = check.trials(written.tests.as_ref(), spot.key("tests"));
    let messages = occurrence.is_some() && templates.iter().all(Option::is_some);
    let sends = rate_per_second != Some(None) && stop_when.is_some() && !matches!(budget, Some(None));
    let whole = messages && key.is_some() && sender.is_some() && sends;
    let campaign = Campaign {
        file: file.to_owned(),
        digest,
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

/// What all checks share.
struct Check<'p> {
    /// The campaign file's directory; paths are relative to it.
    directory: PathBuf,
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

    fn key(&mut self, spot: Spot<'_>) -> Option<String> {
        const CHARS_MAX: usize = 64;
        let key = spot.text()?.source;
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let starts_well = key.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !starts_well || key.len() > CHARS_MAX || !key.chars().all(legal) {
            self.problem(
                spot,
                "campaign-key",
                format!("{} cannot be a campaign key", shown(&key)),
                format!(
                    "use 1 to {CHARS_MAX} lower-case letters, digits, `_` and `-`, starting with a letter or a digit: \
                     `spring_sale_2026`"
                ),
            );
        }
        Some(key)
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

/// Whether a text holds minijinja syntax.
fn is_expression(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|open| text.contains(open))
}
