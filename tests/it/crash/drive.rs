//! Drives the engine, so that the simulation knows what is on the disk at each moment, and what the engine was told.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tidings::ledger::{Ledger, LedgerError};
use tidings::run::Ending;
use tokio::task::{spawn_blocking, yield_now};

use super::disk::{Death, Disk};
use super::outside::Outside;
use super::step::{Bell, Steps};

pub type Drive = Pin<Box<dyn Future<Output = Result<(Ledger, Ending), LedgerError>>>>;

/// Into so many parts a commit is cut, for other things to happen in between.
const PARTS: u32 = 4;

/// Commits end only where it says so.
pub async fn drive(
    driving: Drive,
    sync: Duration,
    outside: &Outside,
    disk: &mut Disk,
) -> Result<(Ledger, Ending), Death> {
    let steps = Arc::clone(&disk.steps);
    let mut driver = Driver::new(driving, &steps);
    loop {
        let (open, closed) = std::sync::mpsc::channel::<()>();
        let gate = spawn_blocking(move || closed.recv());
        let mut ended = driver.poll(outside).await;
        for _ in 0..if sync.is_zero() { 0 } else { PARTS } {
            if ended.is_some() || steps.is_dead() {
                break;
            }
            tokio::time::advance(sync / PARTS).await;
            settle().await;
            if steps.has_rung().await && !steps.is_dead() {
                ended = driver.poll(outside).await;
            }
        }
        drop(open);
        let _ = gate.await.expect("a gate");
        match ended {
            Some(Ok(ended)) => return Ok(ended.expect("a run that ends")),
            Some(Err(Dead)) => return Err(disk.death()),
            None => {}
        }
        // Commits come in turn: after this one nothing is under way.
        spawn_blocking(|| ()).await.expect("a turn");
        let commit = disk.commit();
        if !steps.is_dead() && (commit.is_none() || steps.step()) {
            steps.wait().await;
        }
        if steps.is_dead() {
            return Err(commit.map_or_else(|| disk.death(), |commit| disk.death_within(&commit)));
        }
        if let Some(now) = commit {
            disk.know(now);
        }
    }
}

/// Lets everything run that can run at this moment. Otherwise it would run while a thread is waited for, or later, as
/// threads go, and no seed would repeat.
async fn settle() {
    for _ in 0..3 {
        yield_now().await;
    }
}

struct Dead;

struct Driver {
    driving: Drive,
    steps: Arc<Steps>,
    waker: Waker,
}

impl Driver {
    fn new(driving: Drive, steps: &Arc<Steps>) -> Self {
        Self { driving, steps: Arc::clone(steps), waker: Waker::from(Arc::new(Bell(Arc::clone(steps)))) }
    }

    /// Lets the engine go on as far as it can, and tells it what is to be told. None as long as it has not ended.
    async fn poll(&mut self, outside: &Outside) -> Option<Result<<Drive as Future>::Output, Dead>> {
        while let Some(word) = outside.next() {
            // The requests that the engine has handed over are on their way by the time it hears.
            settle().await;
            if self.steps.is_dead() {
                return Some(Err(Dead));
            }
            outside.tell(word);
            let ended = self.poll_engine().await;
            if ended.is_some() {
                return ended;
            }
        }
        self.poll_engine().await
    }

    async fn poll_engine(&mut self) -> Option<Result<<Drive as Future>::Output, Dead>> {
        let polled = self.driving.as_mut().poll(&mut Context::from_waker(&self.waker));
        settle().await;
        // It may die as it tells the news: what it went on to do never happened.
        match polled {
            _ if self.steps.is_dead() => Some(Err(Dead)),
            Poll::Ready(ended) => Some(Ok(ended)),
            Poll::Pending => None,
        }
    }
}
