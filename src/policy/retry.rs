//! What follows a refusal. Pure: a refusal in, a decision out.

use std::time::Duration;

use crate::cloud::fault::Effect;
use crate::cloud::outcome::Refusal;

/// How often one person is asked again after WhatsApp's limit on messages to one person.
const PAIR_ATTEMPTS_MAX: u32 = 5;

/// What to do after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Lasting: this message is refused.
    Refused,
    /// This message again, after a while; the others go on.
    Again(Duration),
    /// This message again, and the whole sender slows down.
    SlowDown(Option<Duration>),
    /// This message stays to be sent, and the run stops.
    Stop(StopReason),
}

/// Why a run stops before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The token is not accepted.
    Token,
    /// The number or account cannot send.
    Sender,
    /// The template, or how it is filled, is wrong for everybody.
    Template,
}

/// Decides what follows the refusal of the `attempt`-th attempt (from 1) at a message.
///
/// For the limit on messages to one person Meta documents waits of 4^n seconds.
pub fn after(refusal: &Refusal, attempt: u32) -> Next {
    match refusal.effect() {
        Effect::Throttle => Next::SlowDown(refusal.retry_after_s.map(Duration::from_secs)),
        Effect::Pair if attempt < PAIR_ATTEMPTS_MAX => Next::Again(Duration::from_secs(4_u64.pow(attempt.min(6)))),
        Effect::Pair | Effect::Recipient => Next::Refused,
        Effect::Template => Next::Stop(StopReason::Template),
        Effect::Sender => Next::Stop(StopReason::Sender),
        Effect::Token => Next::Stop(StopReason::Token),
        // `classify` puts these in doubt; should one come here, asking again could message a person twice.
        Effect::Ambiguous => Next::Refused,
    }
}
