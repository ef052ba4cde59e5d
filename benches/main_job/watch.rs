//! When each message was claimed and when its request left.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use tidings::clock::{Clock, UnixMs};
use tidings::ledger::Settlement;
use tokio::time::Instant;

use crate::Failure;
use crate::candidate::Watched;
use crate::meter::{median, percentile};

/// The times of a run, as it goes on.
#[derive(Default)]
pub struct Watch {
    times: Mutex<Times>,
}

#[derive(Default)]
struct Times {
    left: Vec<(Bytes, Instant, UnixMs)>,
    claimed: HashMap<String, UnixMs>,
}

#[derive(Deserialize)]
struct Callback<'a> {
    biz_opaque_callback_data: &'a str,
}

impl Watch {
    /// A request is on its way out. Read later, so as not to hold it up.
    pub fn leaves(&self, body: &Bytes) {
        self.times().left.push((body.clone(), Clock::System.instant(), Clock::System.unix_ms()));
    }

    pub fn settled(&self, Settlement { claimed, .. }: &Settlement) {
        self.times().claimed.insert(claimed.attempt.callback(), claimed.claimed_at);
    }

    pub fn figures(&self) -> Result<Watched, Failure> {
        let times = self.times();
        let mut delays = Vec::new();
        for (body, _, left) in &times.left {
            let callback: Callback<'_> = serde_json::from_slice(body)?;
            let claimed = times.claimed.get(callback.biz_opaque_callback_data).ok_or("a request without a claim")?;
            delays.push((left - claimed) as f64);
        }
        let at: Vec<Instant> = times.left.iter().map(|(_, at, _)| *at).collect();
        let (first, last) = at.first().zip(at.last()).ok_or("nothing was sent")?;
        Ok(Watched {
            mean_per_second: (at.len() - 1) as f64 / (*last - *first).as_secs_f64(),
            fullest_second: fullest_second(&at),
            claim_to_request_ms_median: median(delays.clone()),
            claim_to_request_ms_p99: percentile(delays, 0.99),
        })
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most messages in any second, of times in order.
fn fullest_second(at: &[Instant]) -> u64 {
    let mut first = 0;
    let counts = at.iter().enumerate().map(|(last, time)| {
        while *time - at[first] >= Duration::from_secs(1) {
            first += 1;
        }
        (last - first + 1) as u64
    });
    counts.max().unwrap_or(0)
}
