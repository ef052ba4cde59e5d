//! What follows a refusal. Pure: a refusal in, a decision out.

use std::time::Duration;

use super::threshold::Trouble;
use crate::cloud::fault::{self, Effect};
use crate::cloud::outcome::Refusal;

/// How often one person is asked again after WhatsApp's limit on messages to one person.
const PAIR_ATTEMPTS_MAX: u32 = 5;

/// How long a message waits after a fault of its template: long enough for the others to show whether the template
/// works at all.
const TEMPLATE_WAIT: Duration = Duration::from_secs(10);

/// No message waits longer than this. One that seems to was put back by a clock that has been set back since.
pub const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

/// What to do after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Lasting: this message is refused.
    Refused,
    /// This message again, after a while; the others go on.
    Again(Duration),
    /// This message again, and the whole sender slows down, for as long as WhatsApp asks if it does.
    SlowDown(Option<Duration>),
    /// This message stays to be sent, and the run stops.
    Stop(StopReason),
}

/// Why a run stops before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The token is not accepted.
    Token,
    /// The proof of the app secret is missing or wrong.
    Proof,
    /// The number or account cannot send.
    Sender,
    /// The template, or how it is filled, is wrong for everybody.
    Template,
    /// Nothing can be reached.
    Unreachable,
    /// Requests leave and no verdict comes back.
    NoVerdicts,
    /// A person has turned the kill switch on.
    KillSwitch,
    /// WhatsApp has asked to slow down for so long that it is no matter of pace.
    Throttled,
    /// Too many of the last messages went wrong.
    TooMany(Trouble),
}

/// What is known of a template when one of its messages is refused for the template's sake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateStanding {
    /// Somebody got it in this run: the fault may lie in this one message.
    Works,
    /// Nobody got it yet.
    Unproven,
    /// Only faults for a while: it is wrong for everybody.
    Broken,
}

/// Decides what follows when a message is refused for the `time`-th time (from 1) in a run.
///
/// Only this run counts, and only refusals that concern this message: throttles and claims that were not sent say
/// nothing about it, and what an earlier run learnt of a template may have been mended since.
///
/// For the limit on messages to one person Meta documents waits of 4^n seconds. A fault of the template is asked once
/// more, later: where it is the template's own, the run has stopped by then and nobody was refused for it.
pub fn after(refusal: &Refusal, time: u32, standing: TemplateStanding) -> Next {
    match refusal.effect() {
        Effect::Throttle => Next::SlowDown(refusal.retry_after_s.map(Duration::from_secs).max(lasts(refusal))),
        Effect::Pair if time < PAIR_ATTEMPTS_MAX => Next::Again(Duration::from_secs(4_u64.pow(time.min(4)))),
        Effect::Pair | Effect::Recipient => Next::Refused,
        Effect::Template => match standing {
            TemplateStanding::Broken => Next::Stop(StopReason::Template),
            TemplateStanding::Works | TemplateStanding::Unproven if time == 1 => Next::Again(TEMPLATE_WAIT),
            TemplateStanding::Works => Next::Refused,
            TemplateStanding::Unproven => Next::Stop(StopReason::Template),
        },
        Effect::Sender => Next::Stop(StopReason::Sender),
        Effect::Token if refusal.is_about_proof() => Next::Stop(StopReason::Proof),
        Effect::Token => Next::Stop(StopReason::Token),
        // `classify` puts these in doubt; should one come here, asking again could message a person twice.
        Effect::Ambiguous => Next::Refused,
    }
}

/// How long the fault lasts at least, as far as Meta says.
fn lasts(refusal: &Refusal) -> Option<Duration> {
    fault::lookup(refusal.code).and_then(|fault| fault.lasts)
}
