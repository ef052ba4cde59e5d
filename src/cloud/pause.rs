//! How long WhatsApp asks to wait. Pure: the reply brings its own time.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// The seconds that a `Retry-After` header asks for.
///
/// It holds seconds or a date (RFC 9110 §10.2.3). A date is measured from the same reply's `Date` header, so that no clock
/// of ours is asked. None for what is neither, and for a date without a `Date`: then the pace's own pauses apply. What comes
/// out may be absurdly long; whoever waits sets the bound.
pub fn seconds(retry_after: &str, date: Option<&str>) -> Option<u64> {
    let retry_after = retry_after.trim();
    if !retry_after.is_empty() && retry_after.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only a number beyond all bounds fails here.
        return Some(retry_after.parse().unwrap_or(u64::MAX));
    }
    let wait = instant(retry_after)?.duration_since(instant(date?.trim())?);
    Some(u64::try_from(wait.as_secs()).unwrap_or(0))
}

/// The time that a `Date` header says, in milliseconds since 1970; none for what is no date.
pub(super) fn unix_ms(http_date: &str) -> Option<i64> {
    instant(http_date.trim()).map(Timestamp::as_millisecond)
}

fn instant(http_date: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(http_date).ok()
}
