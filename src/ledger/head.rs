//! The head: a note beside the ledger of the newest attempt it has seen. A ledger that is older than its note was restored
//! from a backup, and has forgotten who was messaged since.
//!
//! The note is written after the ledger's own commit and is not synced: it may fall behind, but is never ahead. It catches
//! up when the ledger is opened.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::beside;
use super::error::LedgerError;

/// The note of one ledger.
pub(super) struct Head {
    path: PathBuf,
    file: File,
}

impl Head {
    /// Opens the note and holds the ledger against it.
    pub(super) fn open(ledger: &Path, newest_attempt: i64) -> Result<Self, LedgerError> {
        let path = beside(ledger, ".head");
        let file_error = |source| LedgerError::File { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.create(true).read(true).write(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(file_error)?;
        let mut text = String::new();
        (&mut file).take(64).read_to_string(&mut text).map_err(file_error)?;
        let noted = text.trim().parse().unwrap_or(0);
        if newest_attempt < noted {
            return Err(LedgerError::Foreign {
                path: ledger.to_owned(),
                what: format!(
                    "is older than what was sent from it: restored from a backup, it has forgotten who was messaged since. \
                     Bring the newest one back; or, if these people may be messaged again, delete {}",
                    path.display()
                ),
            });
        }
        let head = Self { path, file };
        // A note that fell behind, or was lost, is to protect again from here on, whether anything is sent or not. And its
        // block is taken now: on a disk that is full later, the note is only written over.
        if text.is_empty() || noted < newest_attempt {
            head.note(newest_attempt)?;
        }
        Ok(head)
    }

    /// Notes the newest attempt.
    pub(super) fn note(&self, newest_attempt: i64) -> Result<(), LedgerError> {
        // Of one width, so that a note always covers the one before.
        let text = format!("{newest_attempt:020}\n");
        let noted = self.file.write_all_at(text.as_bytes(), 0);
        noted.map_err(|source| LedgerError::File { path: self.path.clone(), source })
    }
}
