//! What a column of the recipients file holds that is no text, and how the file writes it.
//!
//! The author shows it by an example, since patterns such as `%d/%m/%Y` are for programmers: the number 1234.56, and the
//! last day of 2026, whose day, month and year cannot be taken for each other.

use jiff::civil::Date;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Number(NumberForm),
    /// Days of the calendar.
    Date(DateForm),
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberForm {
    /// What stands before the decimals. None: nothing was said, so it is a point, where that is beyond doubt.
    decimal: Option<char>,
    /// What may stand between groups of digits.
    group: Option<char>,
}

/// How dates are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateForm {
    /// In the words of `strptime`; none for ISO 8601.
    pattern: Option<String>,
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// It is written in another way, or it is no number at all.
    Form,
    /// `1.234`: in half of the world that is a thousand and more.
    Ambiguous,
    /// More digits than can be calculated with exactly.
    TooLong,
}

/// A double holds any number of so many digits exactly.
const DIGITS_MAX: usize = 15;

impl NumberForm {
    /// `1234.56`, and no groups.
    pub const PLAIN: Self = Self { decimal: None, group: None };

    /// The form in which `example` is the number 1234.56.
    pub fn by_example(example: &str) -> Option<Self> {
        let rest = example.trim().strip_prefix('1')?;
        let (group, rest) = match rest.strip_prefix("234") {
            Some(rest) => (None, rest),
            None => {
                let group = rest.chars().next()?;
                (Some(group), rest.strip_prefix(group)?.strip_prefix("234")?)
            }
        };
        let decimal = rest.strip_suffix("56")?.parse().ok()?;
        let separates = |c: char| matches!(c, '.' | ',' | '\'' | '’') || c.is_whitespace();
        let fits = matches!(decimal, '.' | ',') && group != Some(decimal) && group.is_none_or(separates);
        fits.then_some(Self { decimal: Some(decimal), group })
    }

    /// 1234.56 in this form.
    pub fn example(self) -> String {
        let group = self.group.map(String::from).unwrap_or_default();
        format!("1{group}234{}56", self.decimal.unwrap_or('.'))
    }

    /// The number with a point and without groups: `-1234.50`.
    ///
    /// # Errors
    /// When the text is no number of this form, or may be two.
    pub fn read(self, text: &str) -> Result<String, NumberError> {
        let text = text.trim();
        let (sign, digits) = text.strip_prefix(['-', '\u{2212}']).map_or(("", text), |digits| ("-", digits));
        let (whole, decimals) = match digits.split_once(self.decimal.unwrap_or('.')) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (digits, None),
        };
        let whole = self.ungrouped(whole).ok_or(NumberError::Form)?;
        if !is_digits(&whole) || !decimals.is_none_or(is_digits) {
            return Err(NumberError::Form);
        }
        let decimals = decimals.map(|decimals| format!(".{decimals}")).unwrap_or_default();
        if self.decimal.is_none() && decimals.len() == 4 && whole.len() <= 3 && whole != "0" {
            return Err(NumberError::Ambiguous);
        }
        if whole.trim_start_matches('0').len() + decimals.len().saturating_sub(1) > DIGITS_MAX {
            return Err(NumberError::TooLong);
        }
        Ok(format!("{sign}{whole}{decimals}"))
    }

    /// Digits without what groups them. Groups have three digits, or in India two; a cell need not group at all.
    fn ungrouped(self, whole: &str) -> Option<String> {
        let Some(group) = self.group else { return Some(whole.to_owned()) };
        let separates = |c: char| c == group || (group.is_whitespace() && c.is_whitespace());
        let groups: Vec<&str> = whole.split(separates).collect();
        let fits = match groups.as_slice() {
            [_] => true,
            [first, middle @ .., last] => {
                (1..=3).contains(&first.len()) && last.len() == 3 && middle.iter().all(|it| matches!(it.len(), 2 | 3))
            }
            [] => false,
        };
        fits.then(|| groups.concat())
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl DateForm {
    /// `2026-12-31`, also with a time and an offset behind it.
    pub const ISO: Self = Self { pattern: None };

    /// The form in which `example` is the 31st of December 2026.
    pub fn by_example(example: &str) -> Option<Self> {
        let example = example.trim();
        let (long, year) = if example.contains("2026") { ("2026", "%Y") } else { ("26", "%y") };
        let parts = [("31", "%d"), ("12", "%m"), (long, year)];
        let unmistakable = !example.contains('%') && parts.iter().all(|(part, _)| example.matches(part).count() == 1);
        let pattern = parts.iter().fold(example.to_owned(), |pattern, (part, code)| pattern.replacen(part, code, 1));
        let literal = pattern.replace("%d", "").replace("%m", "").replace(year, "");
        let fits = unmistakable && !literal.contains(|c: char| c.is_ascii_alphanumeric());
        fits.then_some(Self { pattern: Some(pattern) })
    }

    /// The 31st of December 2026 in this form.
    pub fn example(&self) -> String {
        let pattern = self.pattern.as_deref().unwrap_or("%Y-%m-%d");
        pattern.replace("%d", "31").replace("%m", "12").replace("%Y", "2026").replace("%y", "26")
    }

    /// The day; of a time with an offset, the day there. None when the text is none of this form.
    pub fn read(&self, text: &str) -> Option<Date> {
        // A year of two digits where four were shown would be one of the Romans'.
        const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
        let text = text.trim();
        let date = match &self.pattern {
            Some(pattern) => Date::strptime(pattern, text).ok(),
            None => {
                let starts_so = text.len() >= 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
                let pieces = jiff::fmt::temporal::Pieces::parse(text).ok();
                pieces.filter(|_| starts_so).map(|pieces| pieces.date())
            }
        };
        date.filter(|date| YEARS.contains(&date.year()))
    }
}
