//! What is said of a value that cannot be written: with the value in it, and without, where the value is a secret.

use std::error::Error as StdError;
use std::fmt;

use minijinja::{Error, ErrorKind};

use crate::campaign::column::NumberError;

/// A value, as a reason names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown<'v> {
    /// As it is.
    Whole(&'v str),
    /// Not at all.
    Hidden,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(value) => write!(f, "`{value}`"),
            Self::Hidden => f.write_str("the value"),
        }
    }
}

/// Marks the errors of a campaign's own filters: they say what to do by themselves.
#[derive(Debug)]
pub(super) struct Refusal {
    /// What is wrong, without the value.
    pub hidden: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a filter refused a value")
    }
}

impl StdError for Refusal {}

impl Refusal {
    /// The refusal that an error stands for; none where the engine itself failed.
    pub fn of(error: &Error) -> Option<&Self> {
        error.source()?.downcast_ref()
    }
}

/// An error about a value.
pub(super) fn refused(value: &str, words: impl Fn(Shown<'_>) -> String) -> Error {
    let refusal = Refusal { hidden: words(Shown::Hidden) };
    Error::new(ErrorKind::InvalidOperation, words(Shown::Whole(value))).with_source(refusal)
}

/// What is wrong with a date that nobody declared, and what to do.
pub(super) fn no_date(date: Shown<'_>) -> String {
    format!(
        "{date} is no date such as `2026-12-31`; write it so, or declare how the file writes dates, such as \
         `recipients.columns: {{ ends_on: {{ date: \"31/12/2026\" }} }}`"
    )
}

/// What is wrong with a number, and what to do.
pub(super) fn no_number(number: Shown<'_>, error: NumberError) -> String {
    match error {
        NumberError::Form => format!(
            "{number} is no number such as `1234.50`; write it so, or declare how the file writes numbers, such as \
             `recipients.columns: {{ price: {{ number: \"1.234,56\" }} }}`"
        ),
        NumberError::Ambiguous => {
            let may_be = match number {
                Shown::Whole(text) => {
                    let (whole, fraction) = (text.replace('.', ""), text.trim_end_matches('0').trim_end_matches('.'));
                    format!("{number} may be {whole} or {fraction}")
                }
                Shown::Hidden => "the value may be read as two numbers".to_owned(),
            };
            format!(
                "{may_be}; declare how the file writes numbers: `recipients.columns: {{ price: {{ number: \
                 \"1,234.56\" }} }}`, or `\"1.234,56\"`"
            )
        }
        NumberError::TooLong => format!("{number} has more digits than can be calculated with; at most 15 are allowed"),
    }
}
