//! From the outcome of an attempt to what becomes of its message and of the run.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::event::Ending;
use crate::clock::{UnixMs, millis};
use crate::cloud::fault::Effect;
use crate::cloud::outcome::{Outcome, Refusal};
use crate::ledger::{Claimed, Ledger, LedgerError, PlanId, Verdict};
use crate::policy::pacing::Pacing;
use crate::policy::retry::{self, Next, StopReason, TemplateStanding};
use crate::policy::stop::{Doubts, Reach, Templates, Throttles};
use crate::policy::threshold::{StopWhen, Thresholds, Trouble};

/// What the run has learnt from outcomes so far.
#[derive(Debug)]
pub struct Lessons {
    thresholds: Thresholds,
    reach: Reach,
    throttles: Throttles,
    doubts: Doubts,
    templates: Templates,
    /// How often messages were refused for their own or their template's sake, as long as they are asked again.
    refusals: HashMap<i64, u32>,
}

/// What follows an outcome.
#[derive(Debug)]
pub struct Judgement {
    /// What becomes of the message.
    pub verdict: Verdict,
    /// Set when the run has to stop.
    pub stop: Option<Ending>,
    /// Set when everybody waits, and why, in words for people.
    pub held: Option<(Duration, String)>,
}

impl Judgement {
    fn of(verdict: Verdict) -> Self {
        Self { verdict, stop: None, held: None }
    }

    fn stop(verdict: Verdict, reason: StopReason, detail: &str) -> Self {
        Self { stop: Some(Ending::Stopped { reason, detail: detail.to_owned() }), ..Self::of(verdict) }
    }
}

impl Lessons {
    /// At the start of a run: what its thresholds need to know of those before it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn recalled(ledger: &Ledger, plan: PlanId, stop_when: StopWhen) -> Result<Self, LedgerError> {
        let mut thresholds = Thresholds::new(stop_when);
        for trouble in ledger.last_settled(plan, stop_when.of_last())? {
            thresholds.recall(trouble);
        }
        Ok(Self {
            thresholds,
            reach: Reach::default(),
            throttles: Throttles::default(),
            doubts: Doubts::default(),
            templates: Templates::default(),
            refusals: HashMap::new(),
        })
    }

    /// Set when the run has to stop for what it and those before it came to.
    pub fn too_many(&self) -> Option<Ending> {
        self.thresholds
            .trip()
            .map(|trip| Ending::Stopped { reason: StopReason::TooMany(trip.trouble()), detail: trip.to_string() })
    }

    /// Judges an outcome, and slows the pace where it says so.
    pub fn judge(
        &mut self,
        claimed: &Claimed,
        outcome: &Outcome,
        pacing: &mut Pacing,
        now: Instant,
        wall: UnixMs,
    ) -> Judgement {
        let mut judgement = self.judge_alone(claimed, outcome, pacing, now, wall);
        let trouble = match judgement.verdict {
            Verdict::Accepted => None,
            Verdict::Refused => Some(Trouble::Refused),
            Verdict::InDoubt => Some(Trouble::InDoubt),
            Verdict::PutBack { .. } => return judgement,
        };
        self.thresholds.settled(trouble);
        judgement.stop = judgement.stop.or_else(|| self.too_many());
        judgement
    }

    /// What follows an outcome, whatever the share of others like it.
    fn judge_alone(
        &mut self,
        claimed: &Claimed,
        outcome: &Outcome,
        pacing: &mut Pacing,
        now: Instant,
        wall: UnixMs,
    ) -> Judgement {
        if !matches!(outcome, Outcome::NotSent { .. }) {
            self.reach.reached();
        }
        match outcome {
            Outcome::Accepted { .. } => {
                self.doubts.verdict();
                self.throttles.passed();
                self.refusals.remove(&claimed.message());
                self.templates.accepted(&claimed.name, &claimed.language);
                pacing.went_well(now);
                Judgement::of(Verdict::Accepted)
            }
            Outcome::InDoubt { cause, why } if self.doubts.one_more(*cause) => {
                Judgement::stop(Verdict::InDoubt, StopReason::NoVerdicts, why)
            }
            Outcome::InDoubt { .. } => Judgement::of(Verdict::InDoubt),
            Outcome::NotSent { why } => self.not_sent(why, pacing, now, wall),
            Outcome::Refused(refusal) => {
                self.doubts.verdict();
                self.refused(claimed, refusal, pacing, now, wall)
            }
        }
    }

    /// Nothing left this machine: the message goes back, and everybody waits a while before the next try.
    fn not_sent(&mut self, why: &str, pacing: &mut Pacing, now: Instant, wall: UnixMs) -> Judgement {
        let again = Verdict::PutBack { due_at: wall };
        // What failed while a wait was on had left before it began, and says nothing new.
        if now < pacing.held_until() {
            return Judgement::of(again);
        }
        match self.reach.failed(now) {
            None => Judgement::stop(again, StopReason::Unreachable, why),
            Some(wait) => {
                pacing.hold(now + wait);
                Judgement { held: Some((wait, format!("WhatsApp cannot be reached: {why}"))), ..Judgement::of(again) }
            }
        }
    }

    fn refused(
        &mut self,
        claimed: &Claimed,
        refusal: &Refusal,
        pacing: &mut Pacing,
        now: Instant,
        wall: UnixMs,
    ) -> Judgement {
        let standing = match refusal.effect() {
            Effect::Template => self.templates.fault(&claimed.name, &claimed.language),
            _ => TemplateStanding::Works,
        };
        let time = match refusal.effect() {
            Effect::Template | Effect::Pair => self.one_more_refusal(claimed.message()),
            _ => 1,
        };
        match retry::after(refusal, time, standing) {
            Next::Refused => {
                self.throttles.passed();
                self.refusals.remove(&claimed.message());
                Judgement::of(Verdict::Refused)
            }
            Next::Again(wait) => Judgement::of(Verdict::PutBack { due_at: wall + millis(wait) }),
            Next::Stop(reason) => Judgement::stop(Verdict::PutBack { due_at: wall }, reason, &words(refusal)),
            Next::SlowDown(_) if self.throttles.one_more(now) => {
                Judgement::stop(Verdict::PutBack { due_at: wall }, StopReason::Throttled, &words(refusal))
            }
            Next::SlowDown(wait) => {
                let why = || format!("WhatsApp asks to slow down (code {})", refusal.code);
                let held = pacing.throttled(now, wait).map(|wait| (wait, why()));
                Judgement { held, ..Judgement::of(Verdict::PutBack { due_at: wall }) }
            }
        }
    }

    fn one_more_refusal(&mut self, message: i64) -> u32 {
        let times = self.refusals.entry(message).or_default();
        *times += 1;
        *times
    }
}

/// What WhatsApp said, for people.
fn words(refusal: &Refusal) -> String {
    format!("code {}: {}", refusal.code, refusal.detail)
}
