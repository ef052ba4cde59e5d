//! Commands to paste: they name the same file and the same ledger as the command that prints them.

use std::path::Path;

use super::Global;

/// What ends every run under way of a folder.
pub const STOP_ALL: &str = "`tidings stop --all`";

/// `tidings VERB FILE`, with the ledger where the command line named one.
pub fn command(verb: &str, file: &Path, global: &Global) -> String {
    let ledger = global.ledger.as_ref().map(|ledger| format!(" --ledger {}", word(ledger)));
    format!("tidings {verb} {}{}", word(file), ledger.unwrap_or_default())
}

/// A path as one word for a shell.
pub fn word(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./,:+@%".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// A path as people know it: from where they are, where it is below.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let real = here.canonicalize().unwrap_or_default();
    let below = path.strip_prefix(here).or_else(|_| path.strip_prefix(real));
    below.unwrap_or(path).display().to_string()
}
