//! From a file to a checked campaign: text, tree, shape, values, sense.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::file::CampaignFile;
use super::problems::Problems;
use super::spot::Spot;
use super::{Campaign, check, shape, source, tree};
use crate::problem::{Place, Problem};

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
    let written = if sound { values(&source.text, shaped, problems)? } else { shaped };
    let digest = Sha256::digest(&source.bytes).into();
    check::campaign(&written, Spot::root(&root), file, digest, problems).filter(|_| sound)
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
