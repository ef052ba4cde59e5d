//! `report.jsonl` while a run goes on: a line for each settlement, soon after it is in the ledger.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::time::Duration;

use tokio::time::Instant;

use super::ReportError;
use super::directory::Directory;
use super::jsonl;
use super::line::{Line, Style};
use crate::clock::Clock;
use crate::ledger::Settlement;

/// A line is in the file at most this much later.
const FLUSH_EVERY: Duration = Duration::from_millis(500);

/// The report of a run that goes on. A disk that fails now spoils only this file: the ledger has everything.
pub struct Live<'a> {
    file: BufWriter<File>,
    style: Style<'a>,
    clock: Clock,
    flushed: Instant,
    failed: bool,
}

impl<'a> Live<'a> {
    /// Begins the file in the directory of a run.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn create(directory: &Directory, style: Style<'a>, clock: Clock) -> Result<Self, ReportError> {
        let file = BufWriter::new(directory.append("report.jsonl")?);
        Ok(Self { file, style, clock, flushed: clock.instant(), failed: false })
    }

    /// Adds a line, if the settlement was the last word about its message.
    ///
    /// # Errors
    /// When writing fails, once: from then on nothing more is added.
    pub fn add(&mut self, settlement: &Settlement) -> io::Result<()> {
        let Some(line) = Line::of_settlement(settlement, &self.style).filter(|_| !self.failed) else { return Ok(()) };
        let added = jsonl::add(&mut self.file, &line).and_then(|()| self.flush_now_and_then());
        self.failed = added.is_err();
        added
    }

    fn flush_now_and_then(&mut self) -> io::Result<()> {
        let now = self.clock.instant();
        if now - self.flushed < FLUSH_EVERY {
            return Ok(());
        }
        self.flushed = now;
        self.file.flush()
    }
}
