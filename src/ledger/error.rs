//! Why a ledger cannot be used.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::state::Illegal;

/// Why the ledger cannot be used. Nothing is sent after any of these.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database failed.
    #[error("the ledger cannot be read or written: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file system failed.
    #[error("the ledger {path} cannot be used: {source}", path = path.display())]
    File {
        /// Which path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is something else, or from another version.
    #[error("{path} {what}", path = path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
        /// What it is.
        what: String,
    },
    /// Another process holds it.
    #[error("another run holds this ledger ({holder})")]
    Held {
        /// Who, as far as is known.
        holder: String,
    },
    /// A message was about to change in a way that is not allowed.
    #[error("the ledger contradicts itself: {0}")]
    Illegal(#[from] Illegal),
    /// Rows that should be there are not.
    #[error("the ledger contradicts itself: {0}")]
    Broken(String),
}

impl LedgerError {
    /// Whether a write failed for want of room, and for nothing else: what was to be written may be tried again where room
    /// is made. After any other failure, above all that of a sync, nobody knows what the disk holds.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(error) => error.sqlite_error_code() == Some(ErrorCode::DiskFull),
            Self::File { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}
