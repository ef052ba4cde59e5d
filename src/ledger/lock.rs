//! One run at a time: a lock that the kernel frees when its process dies, however it dies.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::beside;
use super::error::LedgerError;
use crate::clock::{rfc3339, system_unix_ms};

/// Takes the lock of a ledger, or tells who holds it.
///
/// It is a file of its own: SQLite's locks come and go with transactions, this one stays for the whole run.
pub(super) fn take(ledger: &Path) -> Result<File, LedgerError> {
    let path = beside(ledger, ".lock");
    let file_error = |source| LedgerError::File { path: path.clone(), source };
    let mut options = OpenOptions::new();
    options.create(true).read(true).write(true).truncate(false).mode(0o600);
    let mut lock = options.open(&path).map_err(file_error)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Only for the message; an unreadable note is no reason for another error.
            let _ = lock.take(256).read_to_string(&mut holder);
            return Err(LedgerError::Held { holder: holder.trim().to_owned() });
        }
        Err(fs::TryLockError::Error(source)) => return Err(file_error(source)),
    }
    lock.set_len(0)
        .and_then(|()| lock.rewind())
        .and_then(|()| lock.write_all(note().as_bytes()))
        .map_err(file_error)?;
    Ok(lock)
}

/// Who holds it, for whom it keeps waiting.
fn note() -> String {
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy();
    format!("process {} on {host} since {}\n", std::process::id(), rfc3339(system_unix_ms()))
}
