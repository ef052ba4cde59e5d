//! The moments at which a life can end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Wake;

use tokio::sync::Notify;

use super::draw::Draw;

/// What is left of a commit that was under way at a death. Numbers are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing of it.
    Nothing,
    /// Its beginning: a log that ends somewhere in it.
    Short(u64),
    /// All but its last page, which holds something else.
    Garbled(u64),
    /// All but one bit of its last page.
    Flipped(u64),
    /// All but its first page: a disk writes in any order.
    Holed,
    /// Its length alone.
    Zeroed,
    /// All of it, though nobody was told.
    All,
}

impl Left {
    /// Every way to lose a commit in part.
    pub fn torn(draw: &mut Draw) -> [Self; 5] {
        [Self::Short(draw.next()), Self::Garbled(draw.next()), Self::Flipped(draw.next()), Self::Holed, Self::Zeroed]
    }

    /// Any of all.
    pub fn draw(draw: &mut Draw) -> Self {
        match draw.from(0..3) {
            0 => Self::Nothing,
            1 => Self::All,
            _ => {
                let torn = Self::torn(draw);
                draw.one_of(&torn)
            }
        }
    }
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

    /// There is something to do or to tell.
    pub fn ring(&self) {
        self.bell.notify_one();
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
