//! A plan in numbers, and the problems that stand in its way.

use std::collections::BTreeMap;

use super::cost::{Priced, Volume};
use super::readings::Readings;
use crate::message::oddity::Oddity;
use crate::problem::Problem;

/// So many problems are kept; the rest is counted. A file with more is mended a batch at a time.
const PROBLEMS_KEPT: usize = 1_000;

/// An oddity, and how many messages have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// What is odd.
    pub oddity: Oddity,
    /// How many messages have it.
    pub rows: u64,
    /// The first row that has it.
    pub first_row: u64,
}

/// A plan in numbers.
#[derive(Debug, Default)]
pub struct Outline {
    /// Rows of the recipients file.
    pub rows: u64,
    /// Messages by template and language.
    pub messages: BTreeMap<(String, String), u64>,
    /// Messages by how their recipients' language was read; none where the campaign reads none.
    pub languages: Readings,
    /// Rows that were turned away, by kind of reason.
    pub turned_away: BTreeMap<&'static str, u64>,
    /// Where they go, where the campaign has prices.
    pub volume: Volume,
    /// What they cost at most; none of a campaign without a budget.
    pub cost: Option<Priced>,
    /// What is odd about messages, in the order of the first rows; stand-ins for empty cells last.
    pub odd: Vec<Odd>,
    /// What is wrong, in file order, as far as kept. With any, nothing may be sent.
    pub problems: Vec<Problem>,
    /// How many problems there are in all.
    pub problems_total: u64,
    /// Rows for which an expression ran out of fuel.
    pub(super) busy_rows: u64,
}

impl Outline {
    /// How many messages there are.
    pub fn messages_total(&self) -> u64 {
        self.messages.values().sum()
    }

    /// How many rows were turned away.
    pub fn turned_away_total(&self) -> u64 {
        self.turned_away.values().sum()
    }

    pub(super) fn count(&mut self, name: &str, language: &str) {
        let known = self.messages.iter_mut().find(|((known, code), _)| known == name && code == language);
        match known {
            Some((_, count)) => *count += 1,
            None => {
                self.messages.insert((name.to_owned(), language.to_owned()), 1);
            }
        }
    }

    pub(super) fn notice(&mut self, row: u64, oddities: &[Oddity]) {
        for oddity in oddities {
            match self.odd.iter_mut().find(|odd| odd.oddity == *oddity) {
                Some(odd) => odd.rows += 1,
                None => self.odd.push(Odd { oddity: oddity.clone(), rows: 1, first_row: row }),
            }
        }
    }

    pub(super) fn problems(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.problem(|| problem);
        }
    }

    pub(super) fn problems_before(&mut self, mut problems: Vec<Problem>) {
        self.problems_total += problems.len() as u64;
        problems.append(&mut self.problems);
        problems.truncate(PROBLEMS_KEPT);
        self.problems = problems;
    }

    pub(super) fn problem(&mut self, problem: impl FnOnce() -> Problem) {
        self.problems_total += 1;
        if self.problems.len() < PROBLEMS_KEPT {
            self.problems.push(problem());
        }
    }
}
