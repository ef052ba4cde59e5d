//! Calendar periods: the day, week or month that a date belongs to. Pure.

use jiff::civil::Date;

/// How often a campaign reaches each person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A calendar day.
    Day,
    /// An ISO 8601 week: Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
}

impl Period {
    /// The name of the period that a date belongs to: `2026-11-24`, `2026-W48` or `2026-11`. Later periods have names
    /// that sort behind.
    pub fn name_of(self, date: Date) -> String {
        match self {
            Self::Day => date.to_string(),
            Self::Week => {
                let week = date.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{:04}-{:02}", date.year(), date.month()),
        }
    }

    /// The kind of period that has such a name.
    pub fn with_name(name: &str) -> Option<Self> {
        let (year, rest) = name.split_at_checked(4)?;
        let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let rest = rest.strip_prefix('-').filter(|_| number(year))?;
        match (rest.len(), rest.strip_prefix('W')) {
            (3, Some(week)) if number(week) => Some(Self::Week),
            (2, None) if number(rest) => Some(Self::Month),
            (5, None) if name.parse::<Date>().is_ok() => Some(Self::Day),
            _ => None,
        }
    }
}
