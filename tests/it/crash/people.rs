//! What people do between two lives: decide about doubts, acknowledge breakers, bring back what they had backed up.

use tidings::clock::Clock;
use tidings::ledger::{BreakerId, Decision, Doubt, Ledger, PlanId, Standing};

use super::disk::{Death, Disk};
use super::image::{self, Image};
use super::laws::{Breach, Known};
use super::life::{End, Life, Obstacle, Simulation};
use super::step::{Cut, Left, Steps};
use crate::harness::ledger::{CAMPAIGN, key};

/// A ledger as it was, with what was known then.
#[derive(Clone)]
pub struct Backup {
    pub disk: Image,
    known: Known,
    digest: Option<[u8; 32]>,
    plan: Option<PlanId>,
    /// How many requests had begun.
    requests: usize,
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// About these.
    Done(Vec<String>),
    /// Requests of some may still arrive.
    TooEarly,
    /// Some are not in the recipients file any more.
    Gone,
    /// The program died, and nothing of it is left.
    Lost,
}

/// The shortest time between a claim and an order to send again.
const RESEND_AFTER_MS: i64 = 15 * 60 * 1_000;

impl Simulation {
    /// `tidings resolve`, for some of those in doubt.
    pub fn decide(&mut self, decision: Decision, whom: impl Fn(&str) -> bool, cut: Option<Cut>) -> Decided {
        let decided = self.by_hand(cut, |ledger, clock| {
            let mut doubts = ledger.doubts(CAMPAIGN).expect("doubts");
            doubts.retain(|doubt| whom(&doubt.recipient));
            if decision == Decision::Resend {
                if doubts.iter().any(|doubt| doubt.standing != Standing::InFile) {
                    return Decided::Gone;
                }
                if doubts.iter().any(|doubt| doubt.may_arrive_until() > clock.unix_ms()) {
                    return Decided::TooEarly;
                }
                assert!(doubts.iter().all(|doubt| clock.unix_ms() - doubt.claimed_at >= RESEND_AFTER_MS));
            }
            ledger.decide(&doubts, decision, clock.unix_ms()).expect("a decision");
            Decided::Done(doubts.into_iter().map(|Doubt { recipient, .. }| recipient).collect())
        });
        if let Some(Decided::Done(whom)) = &decided {
            self.laws.decided(decision, whom, &self.world.book());
        }
        decided.unwrap_or(Decided::Lost)
    }

    /// `tidings resume --acknowledge`, for the oldest breaker that stands. Whether it stands no more.
    pub fn acknowledge(&mut self, cut: Option<Cut>) -> bool {
        let acknowledged = self.by_hand(cut, |ledger, clock| {
            let breaker = breakers(ledger).into_iter().next()?;
            assert!(ledger.acknowledge(breaker, clock.unix_ms()).expect("an acknowledgement"));
            Some(breaker)
        });
        let Some(breaker) = acknowledged.flatten() else { return false };
        self.laws.known.latched.retain(|latched| *latched != breaker);
        true
    }

    /// Does something to the ledger; death may come here too. What was done, if it lasts.
    fn by_hand<T>(&mut self, cut: Option<Cut>, deed: impl FnOnce(&mut Ledger, Clock) -> T) -> Option<T> {
        let directory = image::directory();
        let path = directory.path().join("ledger.sqlite");
        self.disk.restore(&path);
        let steps = Steps::new(cut);
        let mut disk = Disk::new(path, &steps, &self.disk, false);
        let mut done = None;
        self.disk = match self.do_by_hand(&mut disk, |ledger, clock| done = Some(deed(ledger, clock))) {
            Ok(()) => Image::of(&disk.path),
            Err(Death(image)) => {
                done = done.filter(|_| steps.left() == Left::All);
                image
            }
        };
        done
    }

    fn do_by_hand(&mut self, disk: &mut Disk, deed: impl FnOnce(&mut Ledger, Clock)) -> Result<(), Death> {
        let clock = Clock::simulated(self.wall);
        let mut ledger = Ledger::open(&disk.path).expect("a ledger");
        disk.look()?;
        self.recover(&mut ledger, clock);
        disk.look()?;
        deed(&mut ledger, clock);
        disk.look()
    }

    pub fn back_up(&self) -> Backup {
        let (disk, known) = (self.disk.clone(), self.laws.known.clone());
        Backup { disk, known, digest: self.digest, plan: self.plan, requests: self.world.book().at.len() }
    }

    /// Lives with a ledger that was brought back from a backup, beside the note of the one that it replaces; if it is
    /// refused, the newest is brought back.
    pub async fn live_restored(&mut self, backup: &Backup, life: &Life) -> End {
        let newest = self.back_up();
        let head = newest.disk.head();
        self.put(&Backup { disk: backup.disk.clone().with_head(head), ..backup.clone() });
        let (end, _) = self.live(life).await;
        if end == End::NotBegun(Obstacle::OldLedger) {
            self.put(&newest);
        } else if newest.requests > backup.requests {
            self.laws.breaches.push(Breach::ForgotWhoWasAsked(newest.requests - backup.requests));
        }
        end
    }

    fn put(&mut self, backup: &Backup) {
        let Backup { disk, known, digest, plan, .. } = backup.clone();
        (self.disk, self.laws.known, self.digest, self.plan) = (disk, known, digest, plan);
    }
}

/// The breakers that stop the campaign.
pub fn breakers(ledger: &Ledger) -> Vec<BreakerId> {
    let breakers = ledger.breakers(CAMPAIGN, key(CAMPAIGN).phone_number_id).expect("breakers");
    breakers.into_iter().map(|breaker| breaker.id).collect()
}
