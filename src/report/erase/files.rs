//! The files of reports, as they are on the disk. Only what tidings itself makes is touched: directories and files that are
//! no links, with the names that it gives them.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Rewritten;

/// What is at a path where a report may be.
pub(super) enum Kind {
    File(Vec<u8>),
    Link,
    Nothing,
}

/// The directories of a campaign's runs; none where there is no report yet.
pub(super) fn runs(campaign: &Path, rewritten: &mut Rewritten) -> Vec<PathBuf> {
    let mut runs = Vec::new();
    let entries = match fs::read_dir(campaign) {
        Err(error) if error.kind() == ErrorKind::NotFound => return runs,
        Err(error) => {
            rewritten.untreated.push((campaign.to_owned(), error));
            return runs;
        }
        Ok(entries) => entries,
    };
    for entry in entries {
        // The kind of an entry is its own, and not that of what a link leads to.
        let found = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
        match found {
            Ok((path, _)) if !is_run(&path) => {}
            Ok((path, kind)) if kind.is_dir() => runs.push(path),
            Ok((path, kind)) if kind.is_symlink() => rewritten.links.push(path),
            Ok(_) => {}
            Err(error) => rewritten.untreated.push((campaign.to_owned(), error)),
        }
    }
    runs.sort();
    runs
}

/// Whether a directory has a name such as `20260401T090000Z-7`, `20260401T090000Z-sandbox-7.2`.
fn is_run(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some((time, rest)) = name.split_once('-') else { return false };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = time
        .strip_suffix('Z')
        .and_then(|time| time.split_once('T'))
        .is_some_and(|(date, time)| date.len() == 8 && time.len() == 6 && is_digits(date) && is_digits(time));
    is_time && rest.strip_prefix("sandbox-").unwrap_or(rest).split('.').all(is_digits)
}

pub(super) fn read(path: &Path) -> io::Result<Kind> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Kind::Nothing),
        Err(error) => Err(error),
        Ok(found) if found.is_symlink() => Ok(Kind::Link),
        Ok(found) if found.is_file() => fs::read(path).map(Kind::File),
        Ok(_) => Err(io::Error::other("it is no file")),
    }
}

/// Removes what was left half written by a run or an erasure that died.
pub(super) fn remove_halves(run: &Path) -> io::Result<()> {
    for entry in fs::read_dir(run)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(".report.") && name.ends_with(".tmp") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".report.")
        .suffix(".tmp")
        .permissions(fs::metadata(path)?.permissions())
        .tempfile_in(directory)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The name, too, is to survive a power cut: what is erased from the ledger next tells whose line it was.
    fs::File::open(directory)?.sync_all()
}
