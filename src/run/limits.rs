//! What a run may do: how fast to send, and how much may go wrong.

use crate::policy::threshold::StopWhen;

/// How fast to send.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Messages a second.
    pub rate_per_second: f64,
    /// A fixed number of requests under way, for comparisons; none to size it from pace and latency.
    pub slots: Option<usize>,
}

/// How fast to send, and how much may go wrong.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How fast to send.
    pub pace: Pace,
    /// How much may go wrong, of what this run and those before it settled.
    pub stop_when: StopWhen,
}

impl From<Pace> for Limits {
    /// With no thresholds but those that are built in.
    fn from(pace: Pace) -> Self {
        Self { pace, stop_when: StopWhen::default() }
    }
}
