//! `tidings.yaml`: what the campaigns beside it share.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::advice::{DEFAULTS, either};
use super::file::{CampaignFile, DefaultsFile};
use super::problems::{DEFAULTS_FROM, Problems, shown};
use super::read::agreed;
use super::spot::Spot;
use super::tree::{Kind, Node};
use super::{Sender, check, merge, shape, source, tree};
use crate::problem::Problem;

/// The name of the file, in the directory that holds the campaign file.
pub const DEFAULTS_FILE: &str = "tidings.yaml";

/// A file of defaults, `tidings.yaml`, that a campaign was read with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// The file, beside the campaign file.
    pub file: PathBuf,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
}

/// Defaults that could be read.
pub(super) struct Shared {
    /// From which file.
    pub defaults: Defaults,
    /// What stands in it of what campaigns can share, moved down by [`DEFAULTS_FROM`]; none in a file that says nothing.
    pub tree: Option<Node>,
    /// The number that sends, where they say which.
    pub sender: Option<Sender>,
}

/// Whether a file is one of defaults, by its name.
pub fn is_defaults(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == DEFAULTS_FILE)
}

/// Every problem of a file of defaults, in file order.
pub fn check_defaults(file: &Path) -> Vec<Problem> {
    let mut problems = Problems::of(file);
    read(file, &mut problems);
    problems.sorted()
}

/// The number that campaigns share, where a file of defaults says which.
///
/// # Errors
/// With every problem of the file, in file order.
pub fn shared_sender(file: &Path) -> Result<Option<Sender>, Vec<Problem>> {
    let mut problems = Problems::of(file);
    let sender = read(file, &mut problems).and_then(|shared| shared.sender);
    if problems.is_empty() { Ok(sender) } else { Err(problems.sorted()) }
}

/// Reads the defaults beside a campaign file, if there are any.
pub(super) fn beside(campaign: &Path, problems: &mut Problems) -> Option<Shared> {
    let file = campaign.with_file_name(DEFAULTS_FILE);
    if !is_there(&file) {
        return None;
    }
    let mut own = Problems::of(&file);
    let shared = read(&file, &mut own);
    problems.adopt(own);
    shared
}

/// Whether there is something of that name, be it a link that leads nowhere: what cannot be read is not passed over.
fn is_there(file: &Path) -> bool {
    let nowhere = [ErrorKind::NotFound, ErrorKind::NotADirectory];
    !fs::symlink_metadata(file).is_err_and(|error| nowhere.contains(&error.kind()))
}

fn read(file: &Path, problems: &mut Problems) -> Option<Shared> {
    let source = source::read(file, &DEFAULTS, problems)?;
    let defaults = Defaults { file: file.to_owned(), digest: Sha256::digest(&source.bytes).into() };
    let Some(root) = tree::build(&source.text, problems).ok()? else {
        return Some(Shared { defaults, tree: None, sender: None });
    };
    let root = without_misplaced(&root, problems);
    let mut values: DefaultsFile = shape::read(&root, &DEFAULTS, problems)?;
    if problems.is_empty() {
        values = agreed(&source.text, values, problems)?;
    }
    let sender = check::defaults(&values, Spot::root(&root), file, problems);
    let known = shape::keys::<DefaultsFile>();
    let tree = merge::only(&root, |entry| known.contains(&&*entry.key)).moved(DEFAULTS_FROM);
    Some(Shared { defaults, tree: Some(tree), sender })
}

/// Refuses what only a campaign can say.
fn without_misplaced(root: &Node, problems: &mut Problems) -> Node {
    let known = shape::keys::<DefaultsFile>();
    let is_misplaced = |key: &str| shape::keys::<CampaignFile>().contains(&key) && !known.contains(&key);
    let Kind::Map(entries) = &*root.kind else { return root.clone() };
    for entry in entries.iter().filter(|entry| is_misplaced(&entry.key)) {
        let message = format!("{} belongs in a campaign file", shown(&entry.key));
        let help = format!("take it out; {DEFAULTS_FILE} holds what the campaigns beside it share: {}", either(known));
        problems.add(entry.key_at, "misplaced-key", message, help);
    }
    merge::only(root, |entry| !is_misplaced(&entry.key))
}
