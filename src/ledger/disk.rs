//! Disks that a ledger can trust, and the file that it is on them.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::LedgerError;

/// File systems on which locks and syncs do not promise what they do on a local disk, by the number that Linux gives each
/// (`statfs(2)`).
const NETWORK: [(u32, &str); 6] = [
    (0x6969, "NFS"),
    (0xFF53_4D42, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0x517B, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
];

/// Which file a path named when it was opened.
pub(super) struct Place {
    path: PathBuf,
    file: (u64, u64),
}

impl Place {
    /// The place of a ledger whose file is open.
    pub(super) fn of(path: &Path, file: &File) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: number(&file.metadata()?) })
    }

    /// Makes sure that the path still names the same file. What is written to one without a name, no later start reads.
    pub(super) fn check(&self) -> Result<(), LedgerError> {
        match fs::metadata(&self.path) {
            Ok(now) if number(&now) == self.file => Ok(()),
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(LedgerError::File { path: self.path.clone(), source })
            }
            _ => Err(LedgerError::Foreign {
                path: self.path.clone(),
                what: "was deleted, moved or replaced while a run used it: bring it back before the next start"
                    .to_owned(),
            }),
        }
    }
}

/// No two files have the same, as long as they are open.
fn number(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// Refuses a ledger on a network file system: two machines could hold it at once, or a commit be lost.
pub(super) fn refuse_network(ledger: &Path) -> Result<(), LedgerError> {
    let disk = rustix::fs::statfs(ledger)
        .map_err(|errno| LedgerError::File { path: ledger.to_owned(), source: errno.into() })?;
    // The number has 32 bits; some platforms widen it with its sign.
    let number = disk.f_type as u32;
    match NETWORK.iter().find(|(network, _)| *network == number) {
        None => Ok(()),
        Some((_, name)) => Err(LedgerError::Foreign {
            path: ledger.to_owned(),
            what: format!("is on a network file system ({name}), which cannot hold a ledger: put it on a local disk"),
        }),
    }
}
