//! What a disk holds of a ledger: the copy that a death leaves to the next life.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::draw::Draw;
use super::step::Left;

/// The head of the write-ahead log, and of each page in it, beside the page.
const HEAD_BYTES: u64 = 32;
const PAGE_HEAD_BYTES: u64 = 24;
const PAGE_BYTES: u64 = 4096;

/// SQLite moves pages from the log into the database when there are so many; until then a log only grows, so that its
/// beginning is what it was before.
const PAGES_MAX: u64 = 1_000;

/// The database, its write-ahead log, and the note of the newest attempt. The index beside them is made anew from the log.
#[derive(Clone, Default)]
pub struct Image {
    database: Vec<u8>,
    log: Vec<u8>,
    head: Vec<u8>,
}

/// How far a ledger that is open had come.
#[derive(Clone, PartialEq, Eq)]
pub struct Mark {
    /// How long the log was, as far as it counted: commits make it longer.
    pub log_bytes: u64,
    head: Vec<u8>,
}

impl Mark {
    pub fn of(ledger: &Path) -> Self {
        Self { log_bytes: log_bytes(ledger), head: read(&head_of(ledger)) }
    }

    /// Where the log is so long, and the note is what it was: it follows the commit, and is not synced.
    pub fn with_log(&self, log_bytes: u64) -> Self {
        Self { log_bytes, head: self.head.clone() }
    }
}

impl Image {
    /// A ledger that nobody has open.
    pub fn of(ledger: &Path) -> Self {
        Self { database: read(ledger), log: read(&beside(ledger, "-wal")), head: read(&head_of(ledger)) }
    }

    /// A ledger that is open, as it was when it had come so far.
    pub fn at(ledger: &Path, mark: Mark) -> Self {
        let mut image = Self { head: mark.head, ..Self::of(ledger) };
        image.log.truncate(mark.log_bytes as usize);
        image
    }

    /// A ledger that is open, as a death leaves it on the way from one mark to the next.
    pub fn torn(ledger: &Path, known: &Mark, commit: &Mark, left: Left) -> Self {
        let whole = |log_bytes| Self::at(ledger, known.with_log(log_bytes));
        let (from, to) = (known.log_bytes as usize, commit.log_bytes as usize);
        if from >= to {
            return whole(known.log_bytes);
        }
        let mut image = whole(commit.log_bytes);
        let (page, part) = ((PAGE_HEAD_BYTES + PAGE_BYTES) as usize, &mut image.log[from.max(HEAD_BYTES as usize)..]);
        let last = part.len() - page..;
        match left {
            Left::Nothing => return whole(known.log_bytes),
            Left::All => {}
            Left::Short(draw) => return whole(known.log_bytes + Draw::new(draw).from(0..(to - from) as u64)),
            Left::Garbled(draw) => {
                let mut draw = Draw::new(draw);
                part[last][PAGE_HEAD_BYTES as usize..].fill_with(|| draw.next() as u8);
            }
            Left::Flipped(draw) => {
                let bit = Draw::new(draw).from(0..8 * page as u64) as usize;
                part[last][bit / 8] ^= 1 << (bit % 8);
            }
            Left::Holed => part[..page].fill(0),
            Left::Zeroed => part.fill(0),
        }
        image
    }

    /// The note of the newest attempt, in its file.
    pub fn head(&self) -> Vec<u8> {
        self.head.clone()
    }

    /// With another note; an empty one is none.
    pub fn with_head(self, head: Vec<u8>) -> Self {
        Self { head, ..self }
    }

    /// Where a ledger starts that is opened with this.
    pub fn mark(&self) -> Mark {
        Mark { log_bytes: self.log.len() as u64, head: self.head.clone() }
    }

    /// Puts the files where a ledger is looked for.
    pub fn restore(&self, ledger: &Path) {
        if !self.database.is_empty() {
            fs::write(ledger, &self.database).expect("a ledger");
            fs::write(beside(ledger, "-wal"), &self.log).expect("a log");
        }
        if !self.head.is_empty() {
            fs::write(head_of(ledger), &self.head).expect("a note");
        }
    }
}

fn log_bytes(ledger: &Path) -> u64 {
    let pages = log_pages(ledger).unwrap_or(0);
    assert!(pages < PAGES_MAX, "the log of a simulated ledger is to stay small, not {pages} pages");
    if pages == 0 { 0 } else { HEAD_BYTES + pages * (PAGE_HEAD_BYTES + PAGE_BYTES) }
}

/// The index says which pages of the log count, in its fifth word (`mxFrame`, <https://sqlite.org/walformat.html>). It is
/// not there before the ledger is opened.
fn log_pages(ledger: &Path) -> Option<u64> {
    let mut head = [0; 20];
    File::open(beside(ledger, "-shm")).and_then(|mut index| index.read_exact(&mut head)).ok()?;
    let word: [u8; 4] = head[16..].try_into().expect("a word");
    Some(u32::from_ne_bytes(word).into())
}

/// The note beside a ledger.
pub fn head_of(ledger: &Path) -> PathBuf {
    beside(ledger, ".head")
}

fn beside(ledger: &Path, ending: &str) -> PathBuf {
    let mut path = ledger.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

fn read(path: &Path) -> Vec<u8> {
    match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// A directory for one life of a ledger: in memory where there is such a thing, since a simulated power loss asks nothing
/// of the real disk.
pub fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a directory")
}
