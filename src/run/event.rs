//! What a run tells: the news on its way, and why it ended.

use std::time::Duration;

use crate::ledger::Settlement;
use crate::policy::retry::StopReason;

/// What happened, told after it is in the ledger.
#[derive(Debug)]
pub enum Event<'a> {
    /// An attempt was settled.
    Settled(&'a Settlement),
    /// An attempt ended, and the ledger could not be told.
    Unwritten(&'a Settlement),
    /// Everybody waits.
    Held {
        /// For how long.
        wait: Duration,
        /// Why, in words for people.
        why: String,
    },
    /// The wish to stop was heard; requests under way may still end.
    Draining {
        /// How many.
        under_way: usize,
    },
    /// The disk of the ledger is full: nothing is claimed any more, requests under way may still end.
    DiskFull {
        /// How many.
        under_way: usize,
    },
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is left to send.
    Finished,
    /// It was asked to stop; what was not sent stays to be sent.
    Asked,
    /// The disk of the ledger is full. What was answered is written down all the same; what was not sent stays to be sent.
    DiskFull,
    /// It stopped by itself; what was not sent stays to be sent.
    Stopped {
        /// Why.
        reason: StopReason,
        /// What WhatsApp or the network said, or how many messages are too many.
        detail: String,
    },
}

impl Ending {
    /// Whether the reason lasts until a person has looked: it is told, whatever else the run would have ended for.
    pub(super) fn lasts(&self) -> bool {
        match self {
            Self::Finished | Self::Asked | Self::DiskFull => false,
            Self::Stopped { reason, .. } => match reason {
                StopReason::Token
                | StopReason::Sender
                | StopReason::Template
                | StopReason::NoVerdicts
                | StopReason::TooMany(_) => true,
                StopReason::Unreachable | StopReason::Throttled | StopReason::KillSwitch => false,
            },
        }
    }
}
