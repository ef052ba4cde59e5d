//! When to send, what follows a refusal, and when it is too much. Pure: time is an argument, nothing sleeps, nothing is
//! drawn at random.

pub mod calendar;
pub mod pacing;
pub mod retry;
pub mod slots;
pub mod stop;
pub mod threshold;
