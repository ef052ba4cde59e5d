//! The preview, against a pass over the same file that reads and remembers the phones.

use super::dry_run;
use crate::candidate::Candidate;
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::{Failure, Size};

pub fn measure(size: Size, table: &mut Table) -> Result<(), Failure> {
    let input = Input::new(size.pick(100_000, 1_000_000))?;
    dry_run::compare(&input, ("preview", Candidate::Preview), Candidate::Pass, Goal::AtMost(3.0), table)
}
