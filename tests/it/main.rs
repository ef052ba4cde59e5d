//! The tests of tidings: one binary, a module per subject, everything through public doors.

mod bubble;
mod campaign_file;
mod cli_preview;
mod cli_run;
mod cli_sandbox;
mod cli_stop;
mod cli_token;
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
mod report;
mod sandbox;
mod wire;
