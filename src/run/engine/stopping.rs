//! How a run comes to its end before everybody has their message: asked to, by the kill switch, by what answers say, or
//! because the ledger fails.

use super::{Engine, GRACE};
use crate::cloud::client::Sender;
use crate::ledger::{Ledger, LedgerError};
use crate::policy::retry::StopReason;
use crate::run::event::{Ending, Event};

impl<S: Sender> Engine<S> {
    pub(super) fn stop(&mut self, ending: Ending) {
        // An answer that comes while the run is stopping may tell what no later run would get past.
        if !self.is_stopping() || (ending.latch().is_some() && self.ending.latch().is_none()) {
            self.ending = ending;
        }
        if !self.is_stopping() {
            self.leave_at = Some(self.clock.instant() + GRACE);
            self.put_back_ready();
        }
    }

    /// Before the first message: what earlier runs came to may be too much already.
    pub(super) fn stop_if_too_many(&mut self) {
        if let Some(ending) = self.lessons.too_many() {
            self.stop(ending);
        }
    }

    pub(super) fn asked_to_stop(&mut self, listener: &mut impl FnMut(Event<'_>)) {
        if self.is_stopping() {
            return self.leave();
        }
        self.stop(Ending::Asked);
        listener(Event::Draining { under_way: self.under_way.len() });
    }

    /// Waits for no further answer. What is under way keeps its attempt without an outcome; answers that are here already
    /// still count.
    pub(super) fn leave(&mut self) {
        self.under_way.abort_all();
        self.left = true;
        self.stop_reading();
    }

    pub(super) fn stop_by_switch(&mut self) {
        let detail = "somebody ran `tidings stop`".to_owned();
        self.stop(Ending::Stopped { reason: StopReason::KillSwitch, detail });
    }

    pub(super) fn look_at_the_time(&mut self) {
        if self.leave_at.is_some_and(|at| at <= self.clock.instant()) {
            self.leave();
        }
        // A ledger that cannot tell is found out by the next commit.
        let ledger = self.ledger.as_ref();
        if ledger.is_some_and(|ledger| ledger.is_switched_off(self.plan).unwrap_or(false)) {
            self.stop_by_switch();
        }
    }

    /// Where the disk is full, and only there, room was kept for what was answered: that is written, and nothing more is
    /// claimed. A second time there is none.
    pub(super) fn fall_back_on_ballast(
        &mut self,
        error: LedgerError,
        listener: &mut impl FnMut(Event<'_>),
    ) -> Result<(), LedgerError> {
        if !error.is_disk_full() || !self.ledger.as_mut().is_some_and(Ledger::release_ballast) {
            return Err(error);
        }
        self.stop(Ending::DiskFull);
        if self.ending == Ending::Asked {
            self.ending = Ending::DiskFull;
        }
        listener(Event::DiskFull { under_way: self.under_way.len() });
        Ok(())
    }

    /// The ledger failed: nothing more is sent, and what is known but not written down is told, so that it is not lost too.
    /// Requests under way may still end; the next start finds all of these in doubt.
    pub(super) async fn tell_what_is_lost(&mut self, listener: &mut impl FnMut(Event<'_>)) {
        let patience = tokio::time::sleep(GRACE);
        tokio::pin!(patience);
        loop {
            for settlement in self.finished.drain(..) {
                listener(Event::Unwritten(&settlement));
            }
            if self.under_way.is_empty() {
                return;
            }
            tokio::select! {
                Some(done) = self.under_way.join_next() => self.finish(done, listener),
                () = &mut patience => return,
            }
        }
    }
}
