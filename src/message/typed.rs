//! Columns that hold numbers or dates: what expressions see of their cells.

use minijinja::Value;

use crate::campaign::column::{DateForm, Kind, NumberError, NumberForm};

use super::refusal::{Shown, no_date, no_number};
use super::rule::{Flaw, is_blank};

/// Follows what a cell is not.
const DECLARED: &str = "as `recipients.columns` declares them, such as";

/// What an expression sees of a cell: a number, or a day as `2026-12-31`, which compares as days do. An empty cell is
/// undefined, so that nothing can be calculated with it by mistake. What is wrong names the cell as `shown` does.
pub(super) fn value(kind: &Kind, cell: &str, shown: Shown<'_>) -> Result<Value, Flaw> {
    if is_blank(cell) {
        return Ok(Value::UNDEFINED);
    }
    let wrong = |code, words| Flaw { code, words };
    match kind {
        Kind::Number(form) => {
            let number = form.read(cell).map_err(|error| match error {
                NumberError::Form if *form != NumberForm::PLAIN => {
                    wrong("invalid-number", format!("{shown} is no number {DECLARED} `{}`", form.example()))
                }
                _ => wrong("invalid-number", no_number(shown, error)),
            })?;
            Ok(exact(&number).unwrap_or_default())
        }
        Kind::Date(form) => match form.read(cell) {
            Some(date) => Ok(Value::from(date.to_string())),
            None if *form == DateForm::ISO => Err(wrong("invalid-date", no_date(shown))),
            None => Err(wrong("invalid-date", format!("{shown} is no date {DECLARED} `{}`", form.example()))),
        },
    }
}

fn exact(number: &str) -> Option<Value> {
    match number.contains('.') {
        true => number.parse::<f64>().ok().map(Value::from),
        false => number.parse::<i64>().ok().map(Value::from),
    }
}

/// A cell of that kind, to try an expression with.
pub(super) fn placeholder(kind: &Kind) -> Value {
    match kind {
        Kind::Number(_) => Value::from(1),
        Kind::Date(_) => Value::from("2026-12-31"),
    }
}
