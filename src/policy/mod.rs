//! When to send, what follows a refusal, when it is too much, and what it may cost. Pure: time is an argument, nothing
//! sleeps, nothing is drawn at random.

pub mod calendar;
pub mod pacing;
pub mod price;
pub mod retry;
pub mod slots;
pub mod stop;
pub mod threshold;
pub mod token;
