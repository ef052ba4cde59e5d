//! The tests of tidings: one binary, a module per subject, everything through public doors.

mod bubble;
mod campaign_file;
mod compose;
mod draft;
mod duplicates;
mod engine;
mod expression;
mod harness;
mod identities;
mod leaks;
mod ledger;
mod ledger_choice;
mod outcome;
mod pacing;
mod phones;
mod problem;
mod recipients_damaged;
mod recipients_file;
mod sandbox;
mod wire;
