//! A run's directory: made, and its room reserved, before the first message.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use super::ReportError;

/// What a line takes in the largest of the files, generously.
const BYTES_PER_LINE: u64 = 512;

/// How many directories of one second are tried before giving up.
const NAMES_MAX: u32 = 1000;

/// Keeps the disk space of the files to come until they are written.
const RESERVE: &str = ".reserve";

/// The directory of one run.
#[derive(Debug)]
pub struct Directory {
    /// Where it is.
    pub path: PathBuf,
}

impl Directory {
    /// Makes `parent/name`, or `parent/name.2` and so on where a run of the same second has it, and reserves room for
    /// `lines` lines.
    ///
    /// # Errors
    /// When it cannot be made, or the disk has no room.
    pub fn create(parent: &Path, name: &str, lines: u64) -> Result<Self, ReportError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(parent)
            .map_err(|source| ReportError::File { path: parent.to_owned(), source })?;
        let path = make(parent, name)?;
        let directory = Self { path };
        match set_aside(&directory.path.join(RESERVE), lines.max(1) * BYTES_PER_LINE) {
            Ok(()) => Ok(directory),
            Err(source) => Err(ReportError::File { path: directory.path.clone(), source }),
        }
    }

    /// Gives the reserved room free for the files of the end.
    pub fn release(&self) {
        // Gone already is as good; where it cannot be removed, the next write says why.
        let _ = fs::remove_file(self.path.join(RESERVE));
    }

    /// Opens a file to append to while the run goes on.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn append(&self, name: &str) -> Result<File, ReportError> {
        let path = self.path.join(name);
        let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        opened.map_err(|source| ReportError::File { path, source })
    }

    /// Writes a file whole: to a temporary one, synced and renamed, so that it is never seen half.
    ///
    /// # Errors
    /// When it cannot be written, or `write` fails.
    pub fn write<E: From<ReportError>>(
        &self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (path, temporary) = (self.path.join(name), self.path.join(format!(".{name}.tmp")));
        let file_error = |source| E::from(ReportError::File { path: path.clone(), source });
        let opened = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&temporary);
        let mut file = BufWriter::new(opened.map_err(file_error)?);
        write(&mut file)?;
        let file = file.into_inner().map_err(|error| file_error(error.into_error()))?;
        file.sync_all().map_err(file_error)?;
        fs::rename(&temporary, &path).map_err(file_error)
    }

    /// The error of a failed write to one of its files.
    pub fn error(&self, name: &str, source: io::Error) -> ReportError {
        ReportError::File { path: self.path.join(name), source }
    }
}

impl Drop for Directory {
    /// A run that failed before it wrote anything leaves no directory that says nothing.
    fn drop(&mut self) {
        self.release();
        // Fails where there is something to keep.
        let _ = fs::remove_dir(&self.path);
    }
}

fn make(parent: &Path, name: &str) -> Result<PathBuf, ReportError> {
    for count in 1..NAMES_MAX {
        let path = parent.join(if count == 1 { name.to_owned() } else { format!("{name}.{count}") });
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(ReportError::File { path, source }),
        }
    }
    Err(ReportError::File { path: parent.join(name), source: io::ErrorKind::AlreadyExists.into() })
}

fn set_aside(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    match fallocate(&file, FallocateFlags::empty(), 0, bytes) {
        // Where space cannot be set aside, at least a small write shows a disk that is full now.
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
            file.write_all(&[0; 4096]).and_then(|()| file.sync_all())
        }
        set_aside => Ok(set_aside?),
    }
}
