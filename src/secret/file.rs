//! A secret in a file, as people keep one, and as Docker, Kubernetes and systemd mount theirs.
//!
//! Nobody else may be able to write it, nor to put another in its place, nor to read it. Those mounts are the exception:
//! they show their files to every user of a container, and no mode can be set there. So a file that others may read
//! passes where only the machine's owner can have put it: on a mount that is read only, or root's own in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, StatVfsMountFlags};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::{TOKEN_BYTES_MAX, Token, TokenError};

const GROUP_OR_OTHERS_READ: u32 = 0o044;
const OTHERS_READ: u32 = 0o004;
const GROUP_OR_OTHERS_WRITE: u32 = 0o022;
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// The file systems that live in memory, by their numbers in `statfs(2)`: tmpfs and ramfs.
const IN_MEMORY: [u32; 2] = [0x0102_1994, 0x8584_58f6];

pub(super) fn read(path: &Path) -> Result<Token, TokenError> {
    Token::from_text(&text(path)?, &format!("the file {}", path.display()))
}

/// Any other secret: what a store is asked with.
pub(super) fn secret(path: &Path) -> Result<SecretString, TokenError> {
    let text = text(path)?;
    match text.trim() {
        "" => Err(TokenError::Unfit { path: path.to_owned(), what: "is empty".to_owned() }),
        text => Ok(SecretString::from(text)),
    }
}

fn text(path: &Path) -> Result<Zeroizing<String>, TokenError> {
    let unreadable = |source: io::Error| TokenError::Unreadable { path: path.to_owned(), source };
    let unfit = |what: String| TokenError::Unfit { path: path.to_owned(), what };
    let file = open(path).map_err(unreadable)?;
    fault(&file, path).map_err(unreadable)?.map_or(Ok(()), |what| Err(unfit(what)))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(TOKEN_BYTES_MAX + 1));
    file.take(TOKEN_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > TOKEN_BYTES_MAX {
        return Err(unfit(format!("is longer than {} KiB, so it does not hold a token alone", TOKEN_BYTES_MAX / 1024)));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| unfit("is not UTF-8 text; save it as plain text".to_owned()))?;
    // Windows puts a mark first.
    Ok(Zeroizing::new(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()))
}

/// Without waiting for whoever might write into a FIFO.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// Why a file that was opened is no place for a secret.
fn fault(file: &File, path: &Path) -> io::Result<Option<String>> {
    let stat = rustix::fs::fstat(file)?;
    let kind = FileType::from_raw_mode(stat.st_mode);
    if kind != FileType::RegularFile {
        return Ok(Some(format!("is {}, not a file", kind_name(kind))));
    }
    let mode = stat.st_mode & 0o7777;
    let mend = format!("(mode {mode:04o}): chmod 600 {}", path.display());
    if mode & GROUP_OR_OTHERS_WRITE != 0 {
        return Ok(Some(format!("may be changed by other users {mend}")));
    }
    // Only root can have given a group its own file to read: how services get their secrets.
    let readable = if stat.st_uid == 0 { OTHERS_READ } else { GROUP_OR_OTHERS_READ };
    if mode & readable != 0 && !is_mounted_secret(file, stat.st_uid)? {
        return Ok(Some(format!("may be read by other users {mend}")));
    }
    open_directory(path).map(|directory| {
        directory.map(|directory| {
            let directory = directory.display();
            format!("may be replaced by anybody, who may all write in {directory}: chmod o-w {directory}")
        })
    })
}

fn kind_name(kind: FileType) -> &'static str {
    match kind {
        FileType::Directory => "a directory",
        FileType::Fifo => "a pipe",
        FileType::Socket => "a socket",
        _ => "a device",
    }
}

/// Whether only the machine's owner can have put a file where it is.
fn is_mounted_secret(file: &File, owner: u32) -> io::Result<bool> {
    if rustix::fs::fstatvfs(file)?.f_flag.contains(StatVfsMountFlags::RDONLY) {
        return Ok(true);
    }
    // The field's type differs from machine to machine; the numbers fit into 32 bits on all.
    let file_system = rustix::fs::fstatfs(file)?.f_type as u32;
    Ok(owner == 0 && IN_MEMORY.contains(&file_system))
}

/// A directory above the file, or above a link that leads to it, in which anybody could put another in its place.
fn open_directory(path: &Path) -> io::Result<Option<PathBuf>> {
    for place in [std::path::absolute(path)?, path.canonicalize()?] {
        for directory in place.ancestors().skip(1) {
            let mode = rustix::fs::stat(directory)?.st_mode;
            if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
                return Ok(Some(directory.to_owned()));
            }
        }
    }
    Ok(None)
}
