//! The loop. One place holds the state of a run, and everything that happens comes to it: commits of the ledger, answers
//! of WhatsApp, timers, the wish to stop.
//!
//! What is claimed is committed before it is sent; outcomes wait for the next commit, so that one sync serves a group.
//! Nothing here is unbounded: claims are made only for messages that can go within milliseconds, by the pace and by the
//! slots that answers will free.

mod renewing;
mod stopping;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;

use super::event::{Ending, Event};
use super::limits::{Limits, Pace};
use super::verdict::{Judgement, Lessons};
use crate::clock::{Clock, UnixMs, millis};
use crate::cloud::client::{Request, Sender};
use crate::cloud::outcome::Outcome;
use crate::cloud::wire;
use crate::ledger::{Claim, Claimed, Committed, Ledger, LedgerError, PlanId, RunId, Settlement, Verdict};
use crate::policy::pacing::Pacing;
use crate::policy::retry::WAIT_MAX;
use crate::policy::slots::Slots;
use crate::policy::token::{Generation, Tokens};
use renewing::Reading;

/// A commit of at least so many claims and settlements does not wait for more: its sync is well shared.
const GROUP: usize = 16;

/// How long a smaller commit waits for more to share its sync.
const LINGER: Duration = Duration::from_millis(2);

/// How far ahead of pace and free slots messages are claimed, so that a commit does not delay them.
const HORIZON: Duration = Duration::from_millis(20);

/// A claim that did not leave within this time, counted from before its commit, goes back: the longer an intent stands, the
/// less is known about the world it was made in.
const SEND_WITHIN: Duration = Duration::from_secs(2);

/// How long requests under way may take to end after the wish to stop. Below the 30 s that service managers give.
const GRACE: Duration = Duration::from_secs(20);

/// When nothing is due, the loop still looks around: a kill switch works within a second.
const IDLE: Duration = Duration::from_millis(500);

/// Sends what an open plan has left to send; nothing where too much went wrong already.
///
/// Each message on `stops` is a wish to stop: the first lets requests under way end, the second does not. The ledger comes
/// back unless it failed: then nothing more was sent, and what was under way is in doubt.
///
/// # Errors
/// When the ledger cannot be read or written, unless the disk is full and room was kept for that.
pub async fn run<S: Sender>(
    ledger: Ledger,
    (plan, run): (PlanId, RunId),
    limits: Limits,
    sender: Arc<S>,
    clock: Clock,
    mut stops: mpsc::Receiver<()>,
    mut listener: impl FnMut(Event<'_>),
) -> Result<(Ledger, Ending), LedgerError> {
    let lessons = Lessons::recalled(&ledger, plan, limits.stop_when)?;
    let mut engine = Engine::new(ledger, (plan, run), limits.pace, lessons, sender, clock);
    engine.stop_if_too_many();
    while !engine.is_done() {
        // Read once: a claim that falls due between two readings would be forgotten until something else happens.
        let (now, wall) = (clock.instant(), clock.unix_ms());
        engine.launch(now, wall);
        engine.begin_commit(now, wall);
        let wake = engine.wake(now, wall);
        tokio::select! {
            // In this order and no other, so that the same events make the same run. A commit brings work to send, so it
            // does not wait behind answers.
            biased;
            Some(()) = stops.recv() => engine.asked_to_stop(&mut listener),
            back = finished(&mut engine.committing), if engine.committing.is_some() => {
                if let Err(error) = engine.committed(back, &mut listener) {
                    engine.tell_what_is_lost(&mut listener).await;
                    return Err(error);
                }
            }
            renewal = renewing::ended(&mut engine.reading), if engine.reading.is_some() => {
                engine.go_on_with(renewal, &mut listener);
            }
            Some(done) = engine.under_way.join_next(), if !engine.under_way.is_empty() => {
                engine.finish(done, &mut listener);
                while let Some(done) = engine.under_way.try_join_next() {
                    engine.finish(done, &mut listener);
                }
            }
            () = tokio::time::sleep_until(wake) => engine.look_at_the_time(),
        }
    }
    engine.end()
}

/// A commit that came back from its thread.
struct Commit {
    begun: Instant,
    ledger: Ledger,
    settlements: Vec<Settlement>,
    asked: usize,
    result: Result<Committed, LedgerError>,
}

/// An attempt that came back from the network.
struct Answer {
    claimed: Claimed,
    outcome: Outcome,
    latency: Duration,
    /// Which token it was asked with.
    token: Generation,
}

struct Engine<S> {
    plan: PlanId,
    run: RunId,
    /// Sends with the token in use.
    sender: Arc<S>,
    tokens: Tokens,
    /// Set while the source of a refused token is read once more.
    reading: Option<Reading<S>>,
    clock: Clock,
    pacing: Pacing,
    slots: Slots,
    lessons: Lessons,
    /// Here between commits, on its own thread during one.
    ledger: Option<Ledger>,
    committing: Option<JoinHandle<Commit>>,
    /// Claimed, committed, not yet sent; each with the time before its commit.
    ready: VecDeque<(Claimed, Instant)>,
    under_way: JoinSet<Answer>,
    /// Ended, not yet committed.
    finished: Vec<Settlement>,
    /// When to claim again; none when nothing is left but what is under way.
    claim_at: Option<UnixMs>,
    /// Since when something waits for a commit.
    waiting_since: Option<Instant>,
    ending: Ending,
    /// Set while stopping: when to stop waiting for answers.
    leave_at: Option<Instant>,
    left: bool,
}

impl<S: Sender> Engine<S> {
    fn new(
        ledger: Ledger,
        (plan, run): (PlanId, RunId),
        pace: Pace,
        lessons: Lessons,
        sender: Arc<S>,
        clock: Clock,
    ) -> Self {
        Self {
            plan,
            run,
            sender,
            tokens: Tokens::default(),
            reading: None,
            clock,
            pacing: Pacing::new(pace.rate_per_second, clock.instant()),
            slots: Slots::new(pace.slots),
            lessons,
            ledger: Some(ledger),
            committing: None,
            ready: VecDeque::new(),
            under_way: JoinSet::new(),
            finished: Vec::new(),
            claim_at: Some(0),
            waiting_since: None,
            ending: Ending::Finished,
            leave_at: None,
            left: false,
        }
    }

    fn is_done(&self) -> bool {
        let idle = self.committing.is_none() && self.finished.is_empty() && self.ready.is_empty();
        let nothing_left = self.claim_at.is_none() || self.is_stopping();
        idle && nothing_left && self.under_way.is_empty() && self.reading.is_none()
    }

    fn is_stopping(&self) -> bool {
        self.leave_at.is_some()
    }

    /// Whether what is claimed goes back, and nothing more is.
    fn claims_nothing(&self) -> bool {
        self.is_stopping() || self.reading.is_some()
    }

    /// Sends what is claimed, as far as the pace allows.
    fn launch(&mut self, now: Instant, wall: UnixMs) {
        while let Some((claimed, since)) = self.ready.front() {
            // A machine that slept shows it on the wall clock only.
            let late = now - *since > SEND_WITHIN || wall - claimed.claimed_at > millis(SEND_WITHIN);
            if !late && (self.is_full() || self.pacing.grant(now).is_err()) {
                return;
            }
            match self.ready.pop_front() {
                Some((claimed, _)) if late => self.put_back(claimed),
                Some((claimed, _)) => self.send(claimed, now),
                None => return,
            }
        }
    }

    fn send(&mut self, claimed: Claimed, now: Instant) {
        let body = wire::envelope(&claimed.recipient, &claimed.template, &claimed.attempt.callback());
        let request = Request { endpoint: claimed.endpoint, body };
        let (sender, token, clock) = (Arc::clone(&self.sender), self.tokens.current(), self.clock);
        self.under_way.spawn(async move {
            let outcome = sender.send(request).await;
            Answer { claimed, outcome, latency: clock.instant() - now, token }
        });
    }

    /// A claim that is not sent after all. Nothing left, and that is what the ledger will say.
    fn put_back(&mut self, claimed: Claimed) {
        let settled_at = self.clock.unix_ms();
        let outcome = Outcome::NotSent { why: "it was not its turn before the run paused".to_owned() };
        self.finished.push(Settlement {
            claimed,
            outcome,
            verdict: Verdict::PutBack { due_at: settled_at },
            settled_at,
        });
    }

    fn put_back_ready(&mut self) {
        while let Some((claimed, _)) = self.ready.pop_front() {
            self.put_back(claimed);
        }
    }

    fn slot_count(&self) -> usize {
        self.slots.count(self.pacing.rate_per_second())
    }

    /// Whether as many requests are under way as may be.
    fn is_full(&self) -> bool {
        self.under_way.len() >= self.slot_count()
    }

    /// How many messages could go, now or within the horizon, if they were claimed.
    fn wanted(&self, now: Instant, wall: UnixMs) -> usize {
        // Far ahead means that the clock was set back.
        let due = self.claim_at.is_some_and(|at| at <= wall || at > wall + millis(WAIT_MAX));
        if !due || self.claims_nothing() {
            return 0;
        }
        let busy = self.under_way.len() + self.ready.len();
        let slots = self.slot_count();
        let free = (slots + self.slots.freed_within(HORIZON, slots)).saturating_sub(busy);
        let room = self.pacing.room(now, HORIZON).saturating_sub(self.ready.len());
        free.min(room)
    }

    /// Starts a commit when there is enough for one, or nothing to wait for.
    fn begin_commit(&mut self, now: Instant, wall: UnixMs) {
        if self.ledger.is_none() {
            return;
        }
        let wanted = self.wanted(now, wall);
        let work = wanted.max(self.finished.len());
        if work == 0 {
            self.waiting_since = None;
            return;
        }
        let since = *self.waiting_since.get_or_insert(now);
        let company_may_come = !self.under_way.is_empty() && !self.left;
        if work < GROUP && company_may_come && now - since < LINGER {
            return;
        }
        let Some(mut ledger) = self.ledger.take() else { return };
        self.waiting_since = None;
        let settlements = std::mem::take(&mut self.finished);
        let claim = (wanted > 0).then_some(Claim { plan: self.plan, run: self.run, count: wanted });
        self.committing = Some(tokio::task::spawn_blocking(move || {
            let result = ledger.commit(&settlements, claim, wall);
            Commit { begun: now, ledger, settlements, asked: wanted, result }
        }));
    }

    /// Takes a commit's fruits: what was claimed may go, what was settled may be told.
    fn committed(
        &mut self,
        back: Result<Commit, JoinError>,
        listener: &mut impl FnMut(Event<'_>),
    ) -> Result<(), LedgerError> {
        self.committing = None;
        let Commit { begun, ledger, settlements, asked, result } =
            back.map_err(|error| LedgerError::Broken(format!("the thread that writes it failed: {error}")))?;
        self.ledger = Some(ledger);
        let committed = match result {
            Ok(committed) => committed,
            Err(error) => {
                self.finished.splice(0..0, settlements);
                return self.fall_back_on_ballast(error, listener);
            }
        };
        let put_back_due = settlements.iter().filter_map(|settlement| match settlement.verdict {
            Verdict::PutBack { due_at } => Some(due_at),
            _ => None,
        });
        self.claim_at = match asked {
            0 => self.claim_at.into_iter().chain(put_back_due).min(),
            _ if committed.claimed.len() == asked => Some(0),
            _ => committed.next_due,
        };
        if committed.switched_off {
            self.stop_by_switch();
        }
        self.ready.extend(committed.claimed.into_iter().map(|claimed| (claimed, begun)));
        if self.claims_nothing() {
            self.put_back_ready();
        }
        for settlement in &settlements {
            listener(Event::Settled(settlement));
        }
        committed.failure.map_or(Ok(()), |error| self.fall_back_on_ballast(error, listener))
    }

    /// Takes an answer. A task that failed leaves its attempt without an outcome, which the end turns into a doubt.
    fn finish(&mut self, done: Result<Answer, JoinError>, listener: &mut impl FnMut(Event<'_>)) {
        let Ok(Answer { claimed, outcome, latency, token }) = done else { return };
        let (now, settled_at) = (self.clock.instant(), self.clock.unix_ms());
        if matches!(outcome, Outcome::Accepted { .. }) {
            self.slots.observe(latency);
            self.tokens.accepted(token);
        }
        let Judgement { verdict, stop, held } =
            self.lessons.judge(&claimed, &outcome, &mut self.pacing, now, settled_at);
        match stop {
            Some(ending) if ending.is_for_the_token() => self.token_refused(token, ending, listener),
            Some(ending) => self.stop(ending),
            None => {}
        }
        if let Some((wait, why)) = held {
            self.put_back_ready();
            listener(Event::Held { wait, why });
        }
        self.finished.push(Settlement { claimed, outcome, verdict, settled_at });
    }

    /// When to look again if nothing happens before.
    fn wake(&self, now: Instant, wall: UnixMs) -> Instant {
        let mut wake = now + IDLE;
        if let Some((_, since)) = self.ready.front() {
            wake = wake.min(*since + SEND_WITHIN + Duration::from_millis(1));
            if !self.is_full() {
                wake = wake.min(self.pacing.next());
            }
        }
        if let Some(at) = self.leave_at.filter(|_| !self.left) {
            wake = wake.min(at);
        }
        if self.ledger.is_some() {
            if let Some(since) = self.waiting_since {
                wake = wake.min(since + LINGER);
            }
            wake = wake.min(self.next_claim(now, wall).unwrap_or(wake));
        }
        wake
    }

    /// When the next claim becomes possible by time alone.
    fn next_claim(&self, now: Instant, wall: UnixMs) -> Option<Instant> {
        let at = self.claim_at.filter(|_| !self.claims_nothing())?;
        let wait = u64::try_from(at - wall).unwrap_or(0);
        let due = now + Duration::from_millis(wait);
        let paced = self.pacing.next().checked_sub(HORIZON).unwrap_or(due);
        // In the past means that only an answer can make room.
        Some(due.max(paced)).filter(|at| *at > now)
    }

    fn end(mut self) -> Result<(Ledger, Ending), LedgerError> {
        let Some(mut ledger) = self.ledger.take() else {
            return Err(LedgerError::Broken("it was not given back".to_owned()));
        };
        // Nothing is claimed from here on, and what is left to write has the room.
        ledger.release_ballast();
        ledger.recover(self.clock.unix_ms(), "the run stopped before an answer came")?;
        Ok((ledger, self.ending))
    }
}

async fn finished(committing: &mut Option<JoinHandle<Commit>>) -> Result<Commit, JoinError> {
    match committing {
        Some(commit) => commit.await,
        None => std::future::pending().await,
    }
}
