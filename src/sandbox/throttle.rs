//! The limit on requests a second.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(1);

/// Lets at most `limit` requests through in any one second. Those turned away do not count.
pub(super) struct Throttle {
    limit: usize,
    passed_at: VecDeque<Duration>,
}

impl Throttle {
    pub(super) fn new(limit_per_second: NonZeroU32) -> Self {
        Self { limit: limit_per_second.get() as usize, passed_at: VecDeque::new() }
    }

    /// Whether a request that comes at `now` may pass.
    pub(super) fn pass(&mut self, now: Duration) -> bool {
        while self.passed_at.front().is_some_and(|&at| now.saturating_sub(at) >= WINDOW) {
            self.passed_at.pop_front();
        }
        let free = self.passed_at.len() < self.limit;
        if free {
            self.passed_at.push_back(now);
        }
        free
    }
}
