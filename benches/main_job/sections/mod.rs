//! What is measured, one subject a file.

mod check;
mod dry_run;
mod latency;
mod memory;
mod pacing;
mod preview;
mod rate;

use crate::goal::Table;
use crate::{Failure, Size};

/// Measures, tells how it goes, and adds figures to the table.
type Section = fn(Size, &mut Table) -> Result<(), Failure>;

/// All sections by name.
pub const ALL: &[(&str, Section)] = &[
    ("rate", rate::measure),
    ("latency", latency::measure),
    ("pacing", pacing::measure),
    ("memory", memory::measure),
    ("preview", preview::measure),
    ("check", check::measure),
];
