//! Slots: how many requests may be under way at once.
//!
//! By Little's law a rate needs rate × latency requests in flight. More would only widen the doubt that a crash leaves.

use std::time::Duration;

/// Enough to learn the latency from, before there is one.
const SLOTS_MIN: usize = 8;

/// At 1,000 messages a second, Meta's highest, and 250 ms this leaves half as much again; and it bounds what a crash
/// leaves in doubt.
pub const SLOTS_MAX: usize = 512;

/// The share of a new latency in the running mean.
const WEIGHT: f64 = 0.05;

/// How many times the slots may be claimed ahead where answers take no time, as in a rehearsal. With the tenths of a second
/// that Meta takes, a horizon of milliseconds is a small part of them.
const AHEAD_MAX: f64 = 3.0;

/// Head-room for latencies above the mean.
const HEAD_ROOM: f64 = 1.5;

/// How many requests may be under way.
#[derive(Debug, Clone)]
pub struct Slots {
    fixed: Option<usize>,
    latency_s: f64,
}

impl Slots {
    /// Sized from the pace and the observed latency; or fixed, for comparisons.
    pub fn new(fixed: Option<usize>) -> Self {
        Self { fixed, latency_s: 0.25 }
    }

    /// Learns from a reply's latency.
    pub fn observe(&mut self, latency: Duration) {
        self.latency_s += (latency.as_secs_f64() - self.latency_s) * WEIGHT;
    }

    /// How many of `slots` messages under way will have ended within `horizon`, so that as many more can go.
    pub fn freed_within(&self, horizon: Duration, slots: usize) -> usize {
        let share = (horizon.as_secs_f64() / self.latency_s).min(AHEAD_MAX);
        // A share of a count fits.
        (slots as f64 * share).ceil() as usize
    }

    /// The number of slots at this rate.
    pub fn count(&self, rate_per_second: f64) -> usize {
        self.fixed.unwrap_or_else(|| {
            // Negative and absurd values saturate.
            let wanted = (rate_per_second * self.latency_s * HEAD_ROOM).ceil() as usize;
            wanted.saturating_add(SLOTS_MIN).min(SLOTS_MAX)
        })
    }
}
