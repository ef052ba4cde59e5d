//! When to send, and what follows a refusal. Pure: time is an argument, nothing sleeps, nothing is drawn at random.

pub mod calendar;
pub mod pacing;
pub mod retry;
pub mod slots;
pub mod stop;
