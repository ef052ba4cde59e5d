//! How long each version of the Graph API answers.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The versions, newest first, and the day on which each ends; none while Meta has announced no day.
///
/// Source: the table of versions in Meta's Graph API changelog, as of October 2026. A version lives for about two years;
/// its end is fixed when a later one comes out.
const VERSIONS: [(&str, Option<Date>); 7] = [
    ("v26.0", None),
    ("v25.0", Some(date(2028, 7, 29))),
    ("v24.0", Some(date(2028, 2, 18))),
    ("v23.0", Some(date(2027, 10, 8))),
    ("v22.0", Some(date(2027, 5, 20))),
    ("v21.0", Some(date(2027, 1, 21))),
    ("v20.0", Some(date(2026, 9, 24))),
];

/// The newest version in the table.
pub const NEWEST: &str = VERSIONS[0].0;

/// So many days before its end a version is worth a word: a campaign file is soon edited, a code review may take a while.
const SOON_DAYS: i32 = 90;

/// How a version of the API stands on some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// No end is announced.
    Open,
    /// It answers until this day.
    Until(Date),
    /// It ends within 90 days, on this day.
    EndsSoon(Date),
    /// It has ended, on this day where that is known.
    Over(Option<Date>),
    /// It is newer than this version of tidings.
    Unknown,
}

/// How a version such as `v25.0` stands on a day.
pub fn life(version: &str, today: Date) -> Life {
    match VERSIONS.iter().find(|(known, _)| *known == version) {
        Some((_, None)) => Life::Open,
        Some((_, Some(end))) if today >= *end => Life::Over(Some(*end)),
        Some((_, Some(end))) if today.saturating_add(SOON_DAYS.days()) >= *end => Life::EndsSoon(*end),
        Some((_, Some(end))) => Life::Until(*end),
        None if number(version) < number(VERSIONS[VERSIONS.len() - 1].0) => Life::Over(None),
        None => Life::Unknown,
    }
}

/// The numbers of a version, to be compared.
fn number(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
