//! How long the sandbox takes to answer.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::draw;

/// The longest latency: beyond it every client has given up, which is what the fault `stall` is for.
const LATENCY_MAX: Duration = Duration::from_secs(60);

/// One time, or a range out of which a time is drawn for each request. Written `50ms` or `20ms..200ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latency {
    min: Duration,
    max: Duration,
}

/// Why a text is no latency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no latency: write `50ms`, `1s`, or a range such as `20ms..200ms`, at most 60s")]
pub struct LatencyError(String);

impl Latency {
    /// Always the same.
    pub const fn fixed(latency: Duration) -> Self {
        Self { min: latency, max: latency }
    }

    /// The latency of the request with this hash.
    pub(super) fn draw(self, hash: u64) -> Duration {
        let spread = u64::try_from((self.max - self.min).as_nanos()).unwrap_or(u64::MAX);
        self.min + Duration::from_nanos(draw::below(hash, spread))
    }
}

impl FromStr for Latency {
    type Err = LatencyError;

    fn from_str(text: &str) -> Result<Self, LatencyError> {
        let refused = || LatencyError(text.to_owned());
        let (min, max) = text.split_once("..").unwrap_or((text, text));
        let (min, max) = duration(min).zip(duration(max)).ok_or_else(refused)?;
        if min <= max && max <= LATENCY_MAX { Ok(Self { min, max }) } else { Err(refused()) }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min == self.max { write!(out, "{:?}", self.min) } else { write!(out, "{:?}..{:?}", self.min, self.max) }
    }
}

/// Whole milliseconds (`ms`) or seconds (`s`); a lone `0` needs no unit.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text == "0" {
        return Some(Duration::ZERO);
    }
    match text.strip_suffix("ms") {
        Some(millis) => millis.trim().parse().ok().map(Duration::from_millis),
        None => text.strip_suffix('s')?.trim().parse().ok().map(Duration::from_secs),
    }
}
