//! Disks that a ledger can trust.

use std::path::Path;

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
