//! Whether a ledger is about real messages or rehearsals. One that was both would take people for messaged who were not.

use rusqlite::{Connection, OptionalExtension};

use super::error::LedgerError;
use super::peek::Peek;
use super::sqlite::Ledger;

/// What a ledger is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Messages that WhatsApp takes.
    Real,
    /// Messages that a simulator takes.
    Rehearsal,
}

impl Ledger {
    /// What the ledger is about; none before anything was sent.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn purpose(&self) -> Result<Option<Purpose>, LedgerError> {
        written(&self.db)
    }

    /// Writes down what the ledger is about, unless that stands there.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn dedicate(&mut self, purpose: Purpose) -> Result<(), LedgerError> {
        self.db.execute(
            "INSERT INTO purpose (only, rehearsal) VALUES (1, ?1) ON CONFLICT DO NOTHING",
            [purpose == Purpose::Rehearsal],
        )?;
        Ok(())
    }
}

impl Peek {
    /// What [`Ledger::purpose`] tells.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn purpose(&self) -> Result<Option<Purpose>, LedgerError> {
        written(&self.db)
    }
}

fn written(db: &Connection) -> Result<Option<Purpose>, LedgerError> {
    let rehearsal = db.query_row("SELECT rehearsal FROM purpose", [], |row| row.get(0)).optional()?;
    Ok(rehearsal.map(|rehearsal: bool| if rehearsal { Purpose::Rehearsal } else { Purpose::Real }))
}
