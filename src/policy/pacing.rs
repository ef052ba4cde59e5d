//! Pacing: how fast a sender may go.
//!
//! A token bucket in the form of a virtual schedule: each message moves the schedule on by one interval, and a message
//! may go when the schedule is at most a small slack ahead of the clock. The slack makes up for late timers; the interval
//! is stretched by as much, so that no window of one second ever holds more than the limit.

use std::time::Duration;

use tokio::time::Instant;

/// How late a timer may be without a message being lost to it.
const SLACK: Duration = Duration::from_millis(5);

/// Up to this rate the intervals are so long that late timers hardly matter, and are kept exactly.
const EXACT_UP_TO_PER_SECOND: f64 = 20.0;

/// After a throttle the rate is halved, but never below this, so that a run always goes on.
const RATE_MIN_PER_SECOND: f64 = 1.0;

/// The part of the limit that is won back each second without a throttle.
const RECOVERY_PER_SECOND: f64 = 0.02;

/// The shortest pause after a throttle, whatever was asked for: "again in no time" would be asking without end.
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// The longest pause after a throttle, whatever was asked for.
const PAUSE_MAX: Duration = Duration::from_secs(300);

/// The pace of one sender.
#[derive(Debug, Clone)]
pub struct Pacing {
    limit_per_second: f64,
    rate_per_second: f64,
    /// When the schedule has room for the next message.
    scheduled: Instant,
    held_until: Instant,
    throttles_in_a_row: u32,
    recovered_at: Instant,
}

impl Pacing {
    /// A pace of at most `limit_per_second` messages in any second.
    pub fn new(limit_per_second: f64, now: Instant) -> Self {
        Self {
            limit_per_second,
            rate_per_second: limit_per_second,
            scheduled: now,
            held_until: now,
            throttles_in_a_row: 0,
            recovered_at: now,
        }
    }

    /// Takes leave to send one message now, or tells when to ask again.
    ///
    /// # Errors
    /// The instant at which asking again makes sense.
    pub fn grant(&mut self, now: Instant) -> Result<(), Instant> {
        let due = self.next();
        if now < due {
            return Err(due);
        }
        self.scheduled = self.scheduled.max(now) + self.interval();
        Ok(())
    }

    /// How many messages could go until `horizon`, if nothing changes.
    pub fn room(&self, now: Instant, horizon: Duration) -> usize {
        let end = now + horizon;
        let first = self.next();
        if first > end {
            return 0;
        }
        let interval = self.interval().as_secs_f64();
        let span = (end - first.max(self.scheduled.max(now) - self.slack())).as_secs_f64();
        // A count of messages within milliseconds fits; the cast saturates anyway.
        (span / interval) as usize + 1
    }

    /// When the next message may go, if nothing changes.
    pub fn next(&self) -> Instant {
        self.held_until.max(self.scheduled.checked_sub(self.slack()).unwrap_or(self.scheduled))
    }

    /// When the current wait of everybody ends, or the last one ended.
    pub fn held_until(&self) -> Instant {
        self.held_until
    }

    /// Nobody goes before this time; the pace stays.
    pub fn hold(&mut self, until: Instant) {
        self.held_until = self.held_until.max(until);
    }

    /// WhatsApp said "too fast": everybody waits, and the pace is halved. Tells how long the wait is.
    ///
    /// `wait` is what WhatsApp asked for, if it did; it is kept between one second and five minutes. Replies to requests that left before the last throttle was known do
    /// not count again, and get none.
    pub fn throttled(&mut self, now: Instant, wait: Option<Duration>) -> Option<Duration> {
        if now < self.held_until {
            return None;
        }
        let backoff = Duration::from_secs(1 << self.throttles_in_a_row.min(8));
        self.throttles_in_a_row += 1;
        let wait = wait.unwrap_or(backoff).clamp(PAUSE_MIN, PAUSE_MAX);
        self.held_until = now + wait;
        self.rate_per_second = (self.rate_per_second / 2.0).max(RATE_MIN_PER_SECOND.min(self.limit_per_second));
        self.recovered_at = self.held_until;
        Some(wait)
    }

    /// A message was taken: what was lost to throttles is slowly won back.
    pub fn went_well(&mut self, now: Instant) {
        if now <= self.recovered_at {
            return;
        }
        let won = (now - self.recovered_at).as_secs_f64() * RECOVERY_PER_SECOND * self.limit_per_second;
        self.rate_per_second = (self.rate_per_second + won).min(self.limit_per_second);
        self.recovered_at = now;
        self.throttles_in_a_row = 0;
    }

    /// The current rate in messages a second.
    pub fn rate_per_second(&self) -> f64 {
        self.rate_per_second
    }

    fn slack(&self) -> Duration {
        if self.rate_per_second > EXACT_UP_TO_PER_SECOND { SLACK } else { Duration::ZERO }
    }

    /// With a slack of s and an interval of 1/r, one second holds at most r·(1+s)+1 messages: r is chosen so that this
    /// is the rate asked for.
    fn interval(&self) -> Duration {
        let rate = self.rate_per_second;
        let even = match self.slack() {
            Duration::ZERO => rate,
            slack => (rate - 1.0) / (1.0 + slack.as_secs_f64()),
        };
        Duration::from_secs_f64(1.0 / even)
    }
}
