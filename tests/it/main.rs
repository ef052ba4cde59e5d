//! The tests of tidings: one binary, a module per subject, everything through public doors.

mod bubble;
mod compose;
mod draft;
mod engine;
mod expression;
mod harness;
mod ledger;
mod outcome;
mod pacing;
mod problem;
mod wire;
