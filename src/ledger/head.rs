//! The head: a note beside the ledger of the newest attempt it has seen, and of how many people it was told to forget. A
//! ledger that is older than its note was restored from a backup: it does not know who was messaged since, nor who asked to
//! be messaged no more.
//!
//! The note is written after the ledger's own commit and is not synced: it may fall behind, but is never ahead. It catches
//! up when the ledger is opened.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::beside;
use super::error::LedgerError;

/// Where the number of forgotten people stands: behind the attempt, in a line of its own.
const FORGOTTEN_AT: u64 = 21;

/// The note of one ledger.
pub(super) struct Head {
    path: PathBuf,
    file: File,
}

impl Head {
    /// Opens the note and holds the ledger against it.
    pub(super) fn open(ledger: &Path, newest_attempt: i64, forgotten: i64) -> Result<Self, LedgerError> {
        let path = beside(ledger, ".head");
        let file_error = |source| LedgerError::File { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.create(true).read(true).write(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(file_error)?;
        let mut text = String::new();
        (&mut file).take(64).read_to_string(&mut text).map_err(file_error)?;
        let mut lines = text.lines().map(|line| line.trim().parse().unwrap_or(0));
        let (noted, noted_forgotten) = (lines.next().unwrap_or(0), lines.next().unwrap_or(0));
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
        if forgotten < noted_forgotten {
            return Err(LedgerError::Foreign {
                path: ledger.to_owned(),
                what: format!(
                    "is older than what it was told to forget: restored from a backup, it would message people who asked for \
                     none. Bring the newest one back; or delete {}, and at once run `tidings forget` again for them",
                    path.display()
                ),
            });
        }
        let head = Self { path, file };
        // A note that fell behind, or was lost, is to protect again from here on, whether anything is sent or not. And its
        // block is taken now: on a disk that is full later, the note is only written over.
        if text.is_empty() || noted < newest_attempt || noted_forgotten < forgotten {
            head.note(newest_attempt)?;
        }
        if noted_forgotten < forgotten {
            head.note_forgotten(forgotten)?;
        }
        Ok(head)
    }

    /// Notes the newest attempt.
    pub(super) fn note(&self, newest_attempt: i64) -> Result<(), LedgerError> {
        self.write(newest_attempt, 0)
    }

    /// Notes how many people are forgotten.
    pub(super) fn note_forgotten(&self, forgotten: i64) -> Result<(), LedgerError> {
        self.write(forgotten, FORGOTTEN_AT)
    }

    /// Of one width, so that a number always covers the one before.
    fn write(&self, number: i64, at: u64) -> Result<(), LedgerError> {
        let noted = self.file.write_all_at(format!("{number:020}\n").as_bytes(), at);
        noted.map_err(|source| LedgerError::File { path: self.path.clone(), source })
    }
}
