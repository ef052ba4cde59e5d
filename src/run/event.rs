//! What a run tells: the news on its way, and why it ended.

use std::time::Duration;

use crate::ledger::{Scope, Settlement};
use crate::policy::retry::StopReason;
use crate::policy::threshold::Trouble;

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
    /// WhatsApp refuses the token: everybody waits while its source is read once more.
    TokenRefused {
        /// What WhatsApp said.
        said: &'a str,
    },
    /// The source gave another token, and sending goes on with it.
    TokenRenewed,
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

/// The kind of a breaker of the token, which has an exit code of its own.
pub const TOKEN: &str = "token";

impl Ending {
    /// Whether another token might have made a difference.
    pub fn is_for_the_token(&self) -> bool {
        matches!(self, Self::Stopped { reason: StopReason::Token | StopReason::Proof, .. })
    }

    /// The same, with more about why.
    pub(super) fn explained(self, why: &str) -> Self {
        match self {
            Self::Stopped { reason, detail } => Self::Stopped { reason, detail: format!("{detail}; {why}") },
            ending => ending,
        }
    }

    /// What stays stopped until a person has looked, and the kind of the breaker; none for what may pass by itself.
    pub fn latch(&self) -> Option<(Scope, &'static str)> {
        let Self::Stopped { reason, .. } = self else { return None };
        match reason {
            StopReason::Token | StopReason::Proof => Some((Scope::Sender, TOKEN)),
            StopReason::Sender => Some((Scope::Sender, "sender")),
            StopReason::Template => Some((Scope::Campaign, "template")),
            StopReason::NoVerdicts => Some((Scope::Sender, "no verdicts")),
            StopReason::TooMany(Trouble::Refused) => Some((Scope::Campaign, "refused")),
            StopReason::TooMany(Trouble::InDoubt) => Some((Scope::Campaign, "in doubt")),
            StopReason::Unreachable | StopReason::Throttled | StopReason::KillSwitch => None,
        }
    }
}
