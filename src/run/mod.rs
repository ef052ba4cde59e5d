//! The engine: claim, commit, send, settle, until nothing is left or there is a reason to stop.

pub mod engine;
mod event;
mod verdict;

pub use engine::{Pace, run};
pub use event::{Ending, Event};
