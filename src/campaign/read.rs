//! From a file to a checked campaign: text, tree, shape, values, sense.

use std::path::Path;

use serde_path_to_error::{Path as ValuePath, Segment};
use sha2::{Digest, Sha256};

use super::file::CampaignFile;
use super::problems::Problems;
use super::spot::Spot;
use super::tree::Node;
use super::{Campaign, check, shape, source, tree};
use crate::problem::Problem;

/// Reads a campaign file.
///
/// Returns every problem, in file order, and the campaign if what is written can be represented at all: nothing in it
/// is invented or left out. With even one problem the campaign serves to look for problems elsewhere, never to send.
pub fn read(file: &Path) -> (Option<Campaign>, Vec<Problem>) {
    let mut problems = Problems::of(file);
    let campaign = read_campaign(file, &mut problems);
    (campaign, problems.sorted())
}

fn read_campaign(file: &Path, problems: &mut Problems) -> Option<Campaign> {
    let source = source::read(file, problems)?;
    let root = tree::build(&source.text, problems)?;
    let shaped: CampaignFile = shape::read(&root, problems)?;
    let sound = problems.is_empty();
    let written = if sound { values(&source.text, shaped, &root, problems)? } else { shaped };
    let digest = Sha256::digest(&source.bytes).into();
    check::campaign(&written, Spot::root(&root), file, digest, problems).filter(|_| sound)
}

/// The values as `serde_yaml` reads them. It and the tree stand on different YAML parsers; when they read one file in
/// two ways, nobody knows what its author meant, and nothing may be sent.
fn values(text: &str, shaped: CampaignFile, root: &Node, problems: &mut Problems) -> Option<CampaignFile> {
    match serde_path_to_error::deserialize::<_, CampaignFile>(serde_yaml::Deserializer::from_str(text)) {
        Ok(values) if values == shaped => Some(values),
        Ok(_) => {
            problems.of_file("ambiguous", "can be read in two ways", "put texts in quotes");
            None
        }
        Err(error) => {
            let place = place_of(error.path(), Spot::root(root)).at().unwrap_or(root.at);
            problems.add(place, "yaml", error.inner().to_string(), "put texts in quotes, and write it out more simply");
            None
        }
    }
}

fn place_of<'t>(path: &ValuePath, root: Spot<'t>) -> Spot<'t> {
    path.iter().fold(root, |spot, segment| match segment {
        Segment::Seq { index } => spot.item(*index),
        Segment::Map { key } => spot.key(key),
        Segment::Enum { .. } | Segment::Unknown => spot,
    })
}
