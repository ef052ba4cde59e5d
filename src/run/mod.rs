//! The engine: claim, commit, send, settle, until nothing is left or there is a reason to stop.

pub mod engine;
mod verdict;

pub use engine::{Ending, Event, Pace, run};
