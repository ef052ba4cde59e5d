//! From a file to a checked campaign: text, tree, shape, values, sense.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::file::CampaignFile;
use super::problems::Problems;
use super::spot::Spot;
use super::tree::{Kind, Node};
use super::{Campaign, check, shape, source, tree};
use crate::problem::{Place, Problem, nearest};

/// What could be had of a campaign file, whatever is wrong with it.
#[derive(Debug)]
pub struct Gleaned {
    /// The campaign. With even one problem it serves to look for problems elsewhere, never to send: what could not be read
    /// is left out of it, or stands there as if it had not been written.
    pub campaign: Option<Campaign>,
    /// Which parts of it say what their author wrote.
    pub sound: Sound,
    /// Every problem, in file order.
    pub problems: Vec<Problem>,
}

/// Which parts of a campaign say what their author wrote, so that something may be concluded from them. A word that is
/// merely wrong is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sound {
    /// `recipients`.
    pub recipients: bool,
    /// `templates` and `occurrence`: what decides over messages.
    pub messages: bool,
    /// The languages of the templates: who gets one.
    pub languages: bool,
    /// All of it.
    pub whole: bool,
}

/// With one of these, a row whose language is not listed may be right.
const LANGUAGE_PROBLEMS: &[&str] =
    &["no-template", "no-language", "unknown-language", "duplicate-language", "fallback", "idle-template"];

impl Sound {
    /// Of a campaign without problems.
    pub const WHOLE: Self = Self { recipients: true, messages: true, languages: true, whole: true };

    /// Of a file that says nothing.
    const NOWHERE: Self = Self { recipients: false, messages: false, languages: false, whole: false };
}

/// Reads a campaign file.
///
/// Returns every problem, in file order, and the campaign if what is written can be represented at all: nothing in it
/// is invented or left out. With even one problem the campaign serves to look for problems elsewhere, never to send.
pub fn read(file: &Path) -> (Option<Campaign>, Vec<Problem>) {
    let Gleaned { campaign, sound, problems } = glean(file);
    (campaign.filter(|_| sound.whole), problems)
}

/// Reads a campaign file as far as it can be read.
pub fn glean(file: &Path) -> Gleaned {
    let mut problems = Problems::of(file);
    let (campaign, sound) =
        read_campaign(file, &mut problems).map_or((None, Sound::NOWHERE), |(campaign, sound)| (Some(campaign), sound));
    Gleaned { campaign, sound, problems: problems.sorted() }
}

fn read_campaign(file: &Path, problems: &mut Problems) -> Option<(Campaign, Sound)> {
    let source = source::read(file, problems)?;
    let before = problems.count();
    let root = tree::build(&source.text, problems)?;
    let is_yaml = problems.count() == before;
    let shaped: CampaignFile = shape::read(&root, problems)?;
    let shape = soundness(&root, is_yaml, problems);
    let written = if problems.is_empty() { values(&source.text, shaped, problems)? } else { shaped };
    let digest = Sha256::digest(&source.bytes).into();
    let (campaign, made) = check::campaign(&written, Spot::root(&root), file, digest, problems)?;
    let sound = Sound {
        recipients: shape.recipients && !problems.has(&["country"]),
        messages: shape.messages && made.messages,
        languages: !problems.has(LANGUAGE_PROBLEMS),
        whole: shape.whole && made.whole,
    };
    Some((campaign, sound))
}

/// Which parts the problems found so far leave alone. YAML that is wrong can mean anything.
fn soundness(root: &Node, is_yaml: bool, problems: &Problems) -> Sound {
    let Kind::Map(entries) = &*root.kind else { return Sound::NOWHERE };
    let holds = |key: &str| {
        let Some(index) = entries.iter().position(|entry| entry.key == key) else { return false };
        problems.stand_within(entries[index].key_at, entries.get(index + 1).map(|next| next.key_at))
    };
    let is_written = |key: &str| {
        let known = entries.iter().any(|entry| entry.key == key);
        known || entries.iter().any(|entry| nearest(&entry.key, [key]).is_some())
    };
    let sound = |key: &str| is_yaml && entries.iter().any(|entry| entry.key == key) && !holds(key);
    Sound {
        recipients: sound("recipients"),
        messages: sound("templates") && (!is_written("occurrence") || sound("occurrence")),
        languages: true,
        whole: problems.is_empty(),
    }
}

/// The values as `serde_yaml` reads them. It and the tree stand on different YAML parsers; when they read one file in
/// two ways, nobody knows what its author meant, and nothing may be sent.
fn values(text: &str, shaped: CampaignFile, problems: &mut Problems) -> Option<CampaignFile> {
    let error = match serde_yaml::from_str::<CampaignFile>(text) {
        Ok(values) if values == shaped => return Some(values),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let message = "YAML can be read in more than one way here";
    let help = "put every text in quotes";
    match error.and_then(|error| error.location()) {
        Some(location) => {
            let place = Place { line: location.line() as u64, column: location.column() as u64 };
            problems.add(place, "ambiguous", message, help);
        }
        None => problems.of_file("ambiguous", message, help),
    }
    None
}
