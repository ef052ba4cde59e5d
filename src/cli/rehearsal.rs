//! A rehearsal: the simulator in this process, and a ledger that is thrown away.

use std::num::NonZeroU32;
use std::path::PathBuf;

use tempfile::TempDir;

use super::failure::Failure;
use super::printer::{Printer, counted};
use crate::sandbox::embedded::Embedded;
use crate::sandbox::faults::{FaultShare, Faults, Script};
use crate::sandbox::latency::Latency;

/// How the simulator behaves.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sandbox options")]
pub struct ScriptArgs {
    /// Let this share of requests go wrong, such as `131026=2%` or `reset-accepted=0.5%`. May be repeated.
    #[arg(long = "fault", value_name = "KIND=PERCENT")]
    faults: Vec<FaultShare>,
    /// How long an answer takes, such as `50ms` or `20ms..200ms`.
    #[arg(long, value_name = "TIME", default_value = "0")]
    latency: Latency,
    /// Refuse more requests a second than this with code 130429.
    #[arg(long, value_name = "N")]
    rate_limit: Option<NonZeroU32>,
    /// Chooses who meets which fault; the same seed repeats a rehearsal.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

impl ScriptArgs {
    /// Whether anything was asked of the simulator.
    pub fn is_asked(&self) -> bool {
        let Self { faults, latency, rate_limit, seed } = self;
        !faults.is_empty() || *latency != Latency::default() || rate_limit.is_some() || *seed != 0
    }

    /// The script of a simulator.
    pub fn script(&self) -> Result<Script, Failure> {
        let faults = Faults::new(self.faults.clone()).map_err(|error| Failure::Usage(error.to_string()))?;
        let Self { latency, rate_limit, seed, .. } = *self;
        Ok(Script { seed, latency, rate_limit, faults, ..Script::default() })
    }
}

/// A simulator and a ledger, gone with the process.
pub struct Rehearsal {
    sandbox: Embedded,
    home: TempDir,
}

impl Rehearsal {
    /// Starts the simulator on a free port of this machine.
    pub fn start(script: Script) -> Result<Self, Failure> {
        let sandbox = Embedded::start(script)?;
        Ok(Self { sandbox, home: tempfile::Builder::new().prefix("tidings-").tempdir()? })
    }

    /// The simulator's address.
    pub fn url(&self) -> String {
        self.sandbox.base_url()
    }

    /// Where the ledger is.
    pub fn ledger(&self) -> PathBuf {
        self.home.path().join("ledger.sqlite")
    }

    /// Holds the run against the simulator's own book, which knows nothing of the ledger.
    pub fn check_the_book(&self, printer: Printer) -> Result<(), Failure> {
        let book = self.sandbox.book();
        if book.recipients_twice > 0 {
            return Err(Failure::Bug(format!("{} people got a message twice", book.recipients_twice)));
        }
        printer.talk(&format!("sandbox: took {}, nobody's twice", counted(book.accepted, "message")));
        Ok(())
    }
}
