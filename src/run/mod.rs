//! The engine: claim, commit, send, settle, until nothing is left or there is a reason to stop.

pub mod engine;
mod event;
mod limits;
mod verdict;

pub use engine::run;
pub use event::{Ending, Event, TOKEN};
pub use limits::{Limits, Pace};
