//! Reading a campaign for a command.

use std::convert::Infallible;
use std::path::Path;

use super::failure::Failure;
use crate::campaign::{self, Campaign};
use crate::plan::Plan;

/// Reads a campaign file. Any problem ends the command; the recipients are looked through all the same, so that one pass
/// tells everything.
pub fn read_campaign(file: &Path) -> Result<Campaign, Failure> {
    let (campaign, mut shown) = campaign::read(file);
    let Some(campaign) = campaign else { return Err(shown.into()) };
    if shown.is_empty() {
        return Ok(campaign);
    }
    let mut total = shown.len() as u64;
    match Plan::prepare(&campaign) {
        Err(more) => {
            total += more.len() as u64;
            shown.extend(more);
        }
        Ok(plan) => {
            let Ok(outline) = plan.compose(|_| Ok::<_, Infallible>(()));
            total += outline.problems_total;
            shown.extend(outline.problems);
        }
    }
    Err(Failure::Problems { shown, total })
}
