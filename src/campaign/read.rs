//! From files to a checked campaign: text, tree, shape, values, sense.

use std::path::Path;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::advice::{CAMPAIGN, example};
use super::check::About;
use super::defaults::{self, DEFAULTS_FILE, Shared, is_defaults};
use super::file::{CampaignFile, StopWhen};
use super::problems::Problems;
use super::spot::Spot;
use super::tree::{Kind, Node};
use super::{Campaign, Defaults, check, merge, shape, source, tree};
use crate::problem::{Place, Problem, nearest};

/// What could be had of a campaign file, whatever is wrong with it.
#[derive(Debug)]
pub struct Gleaned {
    /// The campaign. With even one problem it serves to look for problems elsewhere, never to send: what could not be read
    /// is left out of it, or stands there as if it had not been written.
    pub campaign: Option<Campaign>,
    /// Which parts of it say what their author wrote.
    pub sound: Sound,
    /// Every problem, in file order; those of the defaults come last.
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

/// Reads a campaign file, and the defaults beside it.
///
/// Returns every problem, in file order, and the campaign if what is written can be represented at all: nothing in it
/// is invented or left out. With even one problem the campaign serves to look for problems elsewhere, never to send.
pub fn read(file: &Path) -> (Option<Campaign>, Vec<Problem>) {
    let Gleaned { campaign, sound, problems } = glean(file);
    (campaign.filter(|_| sound.whole), problems)
}

/// Reads a campaign file, and the defaults beside it, as far as they can be read.
pub fn glean(file: &Path) -> Gleaned {
    let mut problems = Problems::of(file);
    let (campaign, sound) =
        read_campaign(file, &mut problems).map_or((None, Sound::NOWHERE), |(campaign, sound)| (Some(campaign), sound));
    Gleaned { campaign, sound, problems: problems.sorted() }
}

/// The key of the campaign that a file is about. Whoever stops a campaign needs no more of it than this.
///
/// # Errors
/// With everything that keeps the key from being known.
pub fn key(file: &Path) -> Result<String, Vec<Problem>> {
    let mut problems = Problems::of(file);
    read_key(file, &mut problems).ok_or_else(|| problems.sorted())
}

fn read_key(file: &Path, problems: &mut Problems) -> Option<String> {
    let source = source::read(file, &CAMPAIGN, problems)?;
    let root = build(&source.text, problems)?;
    let spot = Spot::root(&root).key("campaign");
    let key = check::key(spot, problems);
    // Of two keys nobody knows which one is meant.
    if problems.has(&["duplicate-key"]) || spot.at().is_some_and(|at| problems.stands_at(at)) {
        return None;
    }
    if key.is_none() {
        problems.of_file("missing-key", "the key `campaign` is missing", format!("write {}", example("campaign")));
    }
    key
}

/// The tree of a campaign file, which must say something.
fn build(text: &str, problems: &mut Problems) -> Option<Node> {
    let root = tree::build(text, problems).ok()?;
    if root.is_none() {
        let help = "a campaign needs at least `campaign`, `sender`, `recipients` and `templates`";
        problems.of_file("empty-file", "this file is empty", help);
    }
    root
}

/// What was read, before anybody asks what it means.
pub(super) struct Written {
    /// SHA-256 of the campaign file's bytes.
    digest: [u8; 32],
    /// What the campaign file says.
    pub own: Node,
    /// The same, and below it what the defaults say.
    pub merged: Node,
    /// The campaign file's own values, if they can be read.
    shape: Option<CampaignFile>,
    /// Which parts of the campaign file are as they were written.
    sound: Sound,
    /// The file of defaults, if there is one.
    defaults: Option<Defaults>,
    /// Whether nothing is wrong with it, so that what is missing is missing there too.
    is_complete: bool,
}

/// Reads a campaign file and the defaults beside it.
pub(super) fn written(file: &Path, problems: &mut Problems) -> Option<Written> {
    if is_defaults(file) {
        let help = "name a campaign file beside it; `tidings check` looks through this one too";
        problems.of_file("not-a-campaign", format!("{DEFAULTS_FILE} holds defaults, and no campaign"), help);
        return None;
    }
    let shared = defaults::beside(file, problems);
    let is_complete = problems.is_empty();
    let source = source::read(file, &CAMPAIGN, problems)?;
    let before = problems.count();
    let own = build(&source.text, problems)?;
    let is_yaml = problems.count() == before;
    let said = said(&own);
    let shape: Option<CampaignFile> = shape::read(&said, &CAMPAIGN, problems);
    let sound = soundness(&own, is_yaml, problems);
    let shape = match shape {
        Some(shape) if problems.is_empty() => agreed(&source.text, shape, problems),
        shape => shape,
    };
    let digest = Sha256::digest(&source.bytes).into();
    let (defaults, tree) = shared.map_or((None, None), |Shared { defaults, tree, .. }| (Some(defaults), tree));
    let merged = tree.map_or_else(|| own.clone(), |tree| merge::merged(&own, &tree));
    Some(Written { digest, own, merged, shape, sound, defaults, is_complete })
}

/// The tree without what says that it is not to be there.
fn said(root: &Node) -> Node {
    merge::without_nothing(root, "stop_when", shape::keys::<StopWhen>())
}

fn read_campaign(file: &Path, problems: &mut Problems) -> Option<(Campaign, Sound)> {
    let Written { digest, merged, shape, sound, defaults, is_complete, .. } = written(file, problems)?;
    shape?;
    let merged = said(&merged);
    // What is wrong in either file has been said.
    let values = shape::read(&merged, &CAMPAIGN, &mut Problems::of(file))?;
    let about = About { file, digest, defaults, is_complete };
    let (campaign, made) = check::campaign(&values, Spot::root(&merged), about, problems)?;
    let sound = Sound {
        recipients: sound.recipients && !problems.has(&["country"]),
        messages: sound.messages && made.messages,
        languages: !problems.has(LANGUAGE_PROBLEMS),
        whole: sound.whole && made.whole,
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
pub(super) fn agreed<T: DeserializeOwned + PartialEq>(text: &str, shaped: T, problems: &mut Problems) -> Option<T> {
    let error = match serde_yaml::from_str::<T>(text) {
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
