//! The moments at which a life can end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Wake;

use tokio::sync::Notify;

/// What is left of a commit that was under way at a death.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing of it.
    Nothing,
    /// Half of it.
    Half,
    /// All of it, though nobody was told.
    All,
}

/// When a life ends: at its so many-th IO point, from 1.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    pub at: usize,
    pub left: Left,
}

/// Counts the IO points of a life and ends it at one of them.
pub struct Steps {
    reached: AtomicUsize,
    cut: Option<Cut>,
    dead: AtomicBool,
    bell: Notify,
}

/// Wakes whoever drives the engine.
pub struct Bell(pub Arc<Steps>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.bell.notify_one();
    }
}

impl Steps {
    pub fn new(cut: Option<Cut>) -> Arc<Self> {
        Arc::new(Self { reached: AtomicUsize::new(0), cut, dead: AtomicBool::new(false), bell: Notify::new() })
    }

    /// An IO point is reached. Tells whether life goes on.
    #[must_use]
    pub fn step(&self) -> bool {
        if self.is_dead() {
            return false;
        }
        let reached = self.reached.fetch_add(1, Ordering::SeqCst) + 1;
        if self.cut.is_none_or(|cut| cut.at != reached) {
            return true;
        }
        self.dead.store(true, Ordering::SeqCst);
        self.bell.notify_one();
        false
    }

    /// As [`Steps::step`], for what runs beside the engine: in death nothing goes on.
    pub async fn step_or_stay(&self) {
        if !self.step() {
            std::future::pending().await
        }
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    pub fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    pub fn left(&self) -> Left {
        self.cut.map_or(Left::All, |cut| cut.left)
    }

    /// Whether the engine has something to do.
    pub async fn has_rung(&self) -> bool {
        tokio::select! {
            biased;
            () = self.bell.notified() => true,
            () = std::future::ready(()) => false,
        }
    }

    /// Waits until the engine has something to do, or is dead.
    pub async fn wait(&self) {
        self.bell.notified().await;
    }
}
