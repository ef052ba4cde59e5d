//! Why a row does not become a message, and how that is said.

use super::DUPLICATE;
use super::quoting::quotable;
use crate::audience::csv::{Row, Table};
use crate::audience::phone::PhoneError;
use crate::campaign::Campaign;
use crate::message::Unfit;
use crate::problem::Problem;

/// Why a row does not become a message.
pub(super) struct Rejection {
    /// A stable short name of the reason.
    pub code: &'static str,
    /// The cell to look at, when it is one.
    pub cell: Option<usize>,
    /// What is wrong, in words for people.
    pub reason: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Rejection {
    pub(super) fn of_phone(error: &PhoneError, cell: usize) -> Self {
        Self { code: error.code(), cell: Some(cell), reason: error.cause(), remedy: Some(error.remedy()) }
    }

    pub(super) fn words(&self) -> String {
        match &self.remedy {
            Some(remedy) => format!("{}; {remedy}", self.reason),
            None => self.reason.clone(),
        }
    }

    /// A duplicate is no mistake where the author said which row counts; as a problem it needs a way out.
    pub(super) fn problem(self, campaign: &Campaign, table: &Table, row: &Row<'_>) -> Problem {
        let remedy = self.remedy.or_else(|| {
            (self.code == DUPLICATE)
                .then(|| "delete one of the rows, or set `recipients.on_duplicate` to `first` or `last`".to_owned())
        });
        let place = row.place(self.cell.unwrap_or(0));
        let problem = Problem { help: remedy, ..Problem::in_row(&table.file, place, self.code, self.reason) };
        quotable(campaign, table, problem)
    }
}

impl From<Unfit> for Rejection {
    fn from(Unfit { code, column, reason }: Unfit) -> Self {
        Self { code, cell: column, reason, remedy: None }
    }
}
