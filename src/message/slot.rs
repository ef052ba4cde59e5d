//! A slot: one place of a message that a text of the campaign file fills, with its rule and its name for people.

use std::borrow::Cow;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind};
use serde_json::Value;

use super::Unfit;
use super::expression::Expression;
use super::oddity::{self, Kind};
use super::refusal::Refusal;
use super::row::Row;
use super::rule::{Flaw, Rule, is_blank, is_doubtful, plausible};

/// The code of rows for which an expression ran out of fuel.
pub const TOO_MUCH_WORK: &str = "too-much-work";

/// One place of a message.
pub(super) struct Slot<T> {
    pub expression: Expression,
    /// What must hold of the finished value.
    pub rule: Rule<T>,
    /// What people call it, such as "body parameter `first_name`".
    pub label: String,
    /// Its number among the expressions of its message that are rendered at once.
    pub bundled: Option<usize>,
}

impl<T> Slot<T> {
    /// What the value stands for.
    pub fn value(&self, row: &Row<'_>) -> Result<T, Unfit> {
        self.checked(row).map(|(_, value)| value)
    }

    fn checked<'r>(&'r self, row: &Row<'r>) -> Result<(Cow<'r, str>, T), Unfit> {
        let text = match self.bundled.and_then(|number| row.rendered(number)) {
            Some(text) => Cow::Borrowed(text),
            None => self.expression.text(row).map_err(|error| self.failed(row, &error))?,
        };
        let value = self.check(row, &text)?;
        self.notice_stand_ins(row);
        Ok((text, value))
    }

    /// A default of the file's, or what the expression says for an empty cell.
    fn notice_stand_ins(&self, row: &Row<'_>) {
        let says_otherwise = |column: &usize| matches!((&self.expression, self.expression.column()), (Expression::Value(..), Some(only)) if only == *column);
        for column in self.expression.columns() {
            if row.is_defaulted(*column) || (says_otherwise(column) && row.is_empty(*column)) {
                row.notice(Kind::StandIn, Some(*column), &self.label);
            }
        }
    }

    fn check(&self, row: &Row<'_>, text: &str) -> Result<T, Unfit> {
        if !matches!(self.expression, Expression::Literal(_)) {
            if is_blank(text) {
                return Err(self.blank(row));
            }
            if let Some(column) = self.expression.gap(row) {
                return Err(self.gap(row, column));
            }
            if is_doubtful(text) {
                plausible(self.as_written(row, text)).map_err(|flaw| self.flawed(row, flaw))?;
            }
        }
        (self.rule)(text).map_err(|flaw| self.flawed(row, flaw))
    }

    /// The cell where the value is nothing but the cell in other letters: `null` is a missing value, and a person's name
    /// only if the file itself says `Null`.
    fn as_written<'t>(&self, row: &Row<'t>, text: &'t str) -> &'t str {
        let cell = self.expression.column().map(|column| row.cell(column));
        cell.filter(|cell| cell.trim().eq_ignore_ascii_case(text.trim())).unwrap_or(text)
    }

    fn unfit(&self, code: &'static str, reason: String) -> Unfit {
        Unfit { code, column: self.expression.column(), reason }
    }

    fn flawed(&self, row: &Row<'_>, flaw: Flaw) -> Unfit {
        let from = self.column_name(row).map(|name| format!(" (column `{name}`)")).unwrap_or_default();
        self.unfit(flaw.code, format!("{}{from} {}", self.label, flaw.words))
    }

    fn blank(&self, row: &Row<'_>) -> Unfit {
        if let Some(misfit) = self.misfit(row) {
            return misfit;
        }
        match self.expression.column().filter(|column| is_blank(row.cell(*column))) {
            Some(column) => self.blank_cell(row, column),
            None => self.unfit("empty", format!("{} is empty: its expression gives nothing for this row", self.label)),
        }
    }

    fn blank_cell(&self, row: &Row<'_>, column: usize) -> Unfit {
        let name = &row.columns.names[column];
        let remedy = format!("fill it, or set `recipients.defaults.{name}`");
        let reason = format!("{} is empty: the cell in column `{name}` is empty; {remedy}", self.label);
        Unfit { code: "empty", column: Some(column), reason }
    }

    fn gap(&self, row: &Row<'_>, column: usize) -> Unfit {
        if let Some(misfit) = self.misfit(row) {
            return misfit;
        }
        let name = &row.columns.names[column];
        let reason = format!(
            "{} has a gap: the cell in column `{name}` is empty; fill it, or set `recipients.defaults.{name}`, or write \
             `{{{{ {name} | default('') }}}}` where nothing is meant",
            self.label
        );
        Unfit { code: "empty", column: Some(column), reason }
    }

    /// What is wrong with a cell that the expression reads: it is the cause of all that follows.
    fn misfit(&self, row: &Row<'_>) -> Option<Unfit> {
        self.expression.columns().iter().find_map(|column| row.misfit(*column))
    }

    fn failed(&self, row: &Row<'_>, error: &Error) -> Unfit {
        if let Some(misfit) = self.misfit(row) {
            return misfit;
        }
        if let Some(column) = self.empty_column(row, error) {
            return self.blank_cell(row, column);
        }
        let detail = match error.kind() {
            ErrorKind::OutOfFuel => "it does too much work for one parameter".to_owned(),
            ErrorKind::WriteFailure => "the text is over 64 KB".to_owned(),
            _ => self.detail(row, error),
        };
        let words = format!("cannot be made: {detail} (cells are text; write `| int` or `| float` to calculate)");
        let is_calculation = error.kind() == ErrorKind::InvalidOperation && Refusal::of(error).is_none();
        let words = if is_calculation { words } else { format!("cannot be made: {detail}") };
        let code = if error.kind() == ErrorKind::OutOfFuel { TOO_MUCH_WORK } else { "expression-failed" };
        self.flawed(row, Flaw { code, words })
    }

    /// What the engine or a filter says, as far as it may be repeated.
    fn detail(&self, row: &Row<'_>, error: &Error) -> String {
        let is_secret = self.expression.columns().iter().any(|column| row.columns.secret.contains(column));
        let told = if is_secret { Refusal::of(error).map(|refusal| refusal.hidden.as_str()) } else { error.detail() };
        told.map_or_else(|| error.kind().to_string(), str::to_owned)
    }

    /// The empty cell that an expression failed for.
    fn empty_column(&self, row: &Row<'_>, error: &Error) -> Option<usize> {
        let is_empty = |column: &usize| is_blank(row.cell(*column));
        let lacks_value = error.detail().is_some_and(|detail| detail.contains("undefined"));
        match error.kind() {
            ErrorKind::UndefinedError => self.expression.columns().iter().copied().find(is_empty),
            ErrorKind::InvalidOperation if lacks_value => self.expression.columns().iter().copied().find(is_empty),
            ErrorKind::InvalidOperation => self.expression.column().filter(is_empty),
            _ => None,
        }
    }

    fn column_name<'r>(&self, row: &Row<'r>) -> Option<&'r str> {
        self.expression.column().map(|column| row.columns.names[column].as_str())
    }
}

impl Slot<()> {
    /// The text itself.
    pub fn text<'r>(&'r self, row: &Row<'r>) -> Result<Cow<'r, str>, Unfit> {
        self.checked(row).map(|(text, ())| text)
    }

    /// The text itself, for people to read: what is odd about it is noted.
    pub fn words<'r>(&'r self, row: &Row<'r>) -> Result<Cow<'r, str>, Unfit> {
        self.noted(row, oddity::of_words)
    }

    /// The text itself, as a link or a code: what is odd about it is noted.
    pub fn link<'r>(&'r self, row: &Row<'r>) -> Result<Cow<'r, str>, Unfit> {
        self.noted(row, oddity::of_link)
    }

    fn noted<'r>(&'r self, row: &Row<'r>, odd: fn(&str) -> Option<Kind>) -> Result<Cow<'r, str>, Unfit> {
        let text = self.text(row)?;
        if let Some(kind) = odd(&text) {
            row.notice(kind, self.expression.column(), &self.label);
        }
        Ok(text)
    }

    /// The text as JSON: what is exactly one expression and gives a number or a boolean stays one, all else is a string.
    pub fn json(&self, row: &Row<'_>) -> Result<Value, Unfit> {
        if let Expression::Value(..) = self.expression {
            let value = self.expression.value(row).map_err(|error| self.failed(row, &error))?;
            if matches!(value.kind(), ValueKind::Number | ValueKind::Bool) {
                return number(&value).ok_or_else(|| {
                    self.flawed(
                        row,
                        Flaw { code: "invalid-number", words: "is not a number that JSON can hold".to_owned() },
                    )
                });
            }
        }
        self.text(row).map(|text| Value::String(text.into_owned()))
    }
}

/// None for infinity and what is not a number: JSON would make null of them.
fn number(value: &minijinja::Value) -> Option<Value> {
    serde_json::to_value(value).ok().filter(|json| !json.is_null())
}
