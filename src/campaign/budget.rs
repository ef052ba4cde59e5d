//! What a campaign may cost.

use std::path::PathBuf;

use crate::policy::price::Money;
use crate::problem::Location;

/// What a campaign may cost, and by which prices that is told.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The most that all messages of a plan may cost together.
    pub max_cost: Option<MaxCost>,
    /// The file with the prices, resolved against the campaign file's directory.
    pub rates: PathBuf,
    /// Where its name stands.
    pub rates_at: Location,
}

/// The most that a plan may cost.
#[derive(Debug, Clone)]
pub struct MaxCost {
    /// How much.
    pub most: Money,
    /// Where it stands.
    pub at: Location,
    /// How many characters it takes there.
    pub length: u64,
}
