//! A check with five expressions, against a pass over the same file that renders one text for each row.

use super::dry_run;
use crate::candidate::Candidate;
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::{Failure, Size};

pub fn measure(size: Size, table: &mut Table) -> Result<(), Failure> {
    let input = Input::of_expressions(size.pick(200_000, 1_000_000))?;
    dry_run::compare(&input, ("check", Candidate::Check), Candidate::Render, Goal::AtMost(1.5), table)
}
