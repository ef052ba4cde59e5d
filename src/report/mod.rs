//! The report: what became of each row, folded from the ledger and never from the news about it.
//!
//! `report.jsonl` grows while the run goes on, so that it can be watched and something is there after a crash. At the end
//! it is written once more from the ledger, beside `report.csv` and `summary.json`: whole, to a temporary file, renamed.

pub mod csv;
pub mod directory;
pub mod erase;
pub mod jsonl;
pub mod line;
pub mod live;
pub mod schema;
pub mod summary;

use std::io;

use crate::ledger::LedgerError;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The file system failed.
    #[error("the report {path} cannot be written: {source}", path = path.display())]
    File {
        /// Which file or directory.
        path: std::path::PathBuf,
        /// Why.
        source: io::Error,
    },
}
