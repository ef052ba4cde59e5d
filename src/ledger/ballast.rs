//! Ballast: room on the ledger's disk that is taken before the first message and given free when the disk is full, so that
//! what was answered until then can still be written down.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use super::beside;
use super::error::LedgerError;

/// Enough for the outcomes of all requests that can be under way, by far.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What writing down one outcome takes, when a commit has it for itself: a page of each table and index that it touches.
const OUTCOME_BYTES: u64 = 16 * 1024;

/// What writing down that a run ended takes, and the index of the write-ahead log.
const END_BYTES: u64 = 256 * 1024;

/// The ballast of one ledger.
pub(super) struct Ballast {
    path: PathBuf,
    is_held: bool,
}

impl Ballast {
    /// None yet. What a process that died left behind is given free.
    pub(super) fn none(ledger: &Path) -> Self {
        let path = beside(ledger, ".ballast");
        // There hardly ever is one, and where it cannot be removed, taking it anew says why.
        let _ = fs::remove_file(&path);
        Self { path, is_held: false }
    }

    /// How many bytes the outcomes of so many messages may need.
    pub(super) fn bytes(messages: u64) -> u64 {
        messages.saturating_mul(OUTCOME_BYTES).saturating_add(END_BYTES).min(BYTES_MAX)
    }

    /// Takes room for the outcomes of so many messages.
    pub(super) fn take(&mut self, messages: u64) -> Result<(), LedgerError> {
        self.release();
        self.is_held = true;
        let taken = set_aside(&self.path, Self::bytes(messages));
        taken.map_err(|source| LedgerError::File { path: self.path.clone(), source })
    }

    /// Gives the room free. False when there was none.
    pub(super) fn release(&mut self) -> bool {
        if !std::mem::take(&mut self.is_held) {
            return false;
        }
        // Cut off first: some file systems take their time with a file that has no name any more.
        let cut = OpenOptions::new().write(true).open(&self.path).and_then(|file| file.set_len(0));
        fs::remove_file(&self.path).is_ok() || cut.is_ok()
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        self.release();
    }
}

fn set_aside(path: &Path, bytes: u64) -> io::Result<()> {
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    match fallocate(&file, FallocateFlags::empty(), 0, bytes) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => fill(&file, bytes),
        set_aside => Ok(set_aside?),
    }
}

/// Where space cannot be set aside, it is written full.
fn fill(mut file: &File, bytes: u64) -> io::Result<()> {
    let block = [0; 64 * 1024];
    for _ in 0..bytes.div_ceil(block.len() as u64) {
        file.write_all(&block)?;
    }
    file.sync_all()
}
