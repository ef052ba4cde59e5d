//! The write-ahead log: moved into the database when it is long.
//!
//! SQLite would do that by itself, and keep to itself that it failed: a run would go on sending on a disk that cannot sync.

use super::error::LedgerError;
use super::sqlite::Ledger;

/// A log of so many pages is moved: SQLite's own figure.
const PAGES_MAX: i64 = 1_000;

impl Ledger {
    /// From now on the log is moved only by [`Ledger::shorten_log`].
    pub(super) fn watch_log(&self) -> Result<(), LedgerError> {
        Ok(self.db.pragma_update(None, "wal_autocheckpoint", 0)?)
    }

    /// Moves a long log into the database. A disk without room for that is no failure: what the log holds is safe, and the
    /// commit that finds no room in it will say so.
    pub(super) fn shorten_log(&self) -> Result<(), LedgerError> {
        // Reads a number in memory.
        let pages: i64 = self.db.prepare_cached("PRAGMA wal_checkpoint = NOOP")?.query_row([], |row| row.get(1))?;
        if pages < PAGES_MAX {
            return Ok(());
        }
        let mut shorten = self.db.prepare_cached("PRAGMA wal_checkpoint = PASSIVE")?;
        match shorten.query_row([], |_| Ok(())).map_err(LedgerError::from) {
            Err(error) if !error.is_disk_full() => Err(error),
            _ => Ok(()),
        }
    }
}
