//! The only reader of the time. Everything else is told.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::time::Instant;

/// Wall time in milliseconds since 1970-01-01T00:00:00Z.
pub type UnixMs = i64;

/// Tells wall time and monotonic time.
///
/// A simulated clock follows tokio's own, so that a test with paused time sees both move together.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Wall time that started at `wall_ms` when tokio's clock showed `origin`.
    Simulated {
        /// Wall time at the origin.
        wall_ms: UnixMs,
        /// Monotonic time at the origin.
        origin: Instant,
    },
}

impl Clock {
    /// A clock that starts at a given wall time and follows tokio's.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn simulated(wall_ms: UnixMs) -> Self {
        Self::Simulated { wall_ms, origin: Instant::now() }
    }

    /// Wall time.
    pub fn unix_ms(&self) -> UnixMs {
        match self {
            Self::System => system_unix_ms(),
            Self::Simulated { wall_ms, origin } => wall_ms + millis(self.instant() - *origin),
        }
    }

    /// The date on this machine's calendar: in the zone of `TZ`, else of the system.
    pub fn local_date(&self) -> Date {
        let now = Timestamp::from_millisecond(self.unix_ms()).unwrap_or_default();
        TimeZone::system().to_datetime(now).date()
    }

    /// Monotonic time, for pacing and latencies.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn instant(&self) -> Instant {
        Instant::now()
    }
}

/// The machine's wall time.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn system_unix_ms() -> UnixMs {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

/// The name of this machine's time zone, for people.
pub fn zone() -> String {
    let zone = TimeZone::system();
    match zone.iana_name() {
        Some(name) => name.to_owned(),
        None if zone.is_unknown() => "UTC".to_owned(),
        None => "local time".to_owned(),
    }
}

/// A wall time as RFC 3339 in UTC with milliseconds, as reports show it.
pub fn rfc3339(at: UnixMs) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(timestamp) => format!("{timestamp:.3}"),
        Err(_) => at.to_string(),
    }
}

/// The day of a wall time in UTC: `2026-04-01`.
pub fn date(at: UnixMs) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(timestamp) => timestamp.strftime("%Y-%m-%d").to_string(),
        Err(_) => at.to_string(),
    }
}

/// A wall time as names of directories hold it, in UTC: `20260401T090000Z`.
pub fn compact(at: UnixMs) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(timestamp) => timestamp.strftime("%Y%m%dT%H%M%SZ").to_string(),
        Err(_) => at.to_string(),
    }
}

/// A wall time as HTTP's headers write it: `Wed, 01 Apr 2026 09:00:00 GMT`.
pub fn http_date(at: UnixMs) -> String {
    Timestamp::from_millisecond(at).unwrap_or_default().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A wall time for people, in UTC to the minute: `2026-04-01 09:00 UTC`.
pub fn minute(at: UnixMs) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(timestamp) => timestamp.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => at.to_string(),
    }
}

/// Whole milliseconds of a duration.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
