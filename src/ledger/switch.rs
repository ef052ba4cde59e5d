//! The kill switch: a file beside the ledger that says what must not be sent. Anybody may make one, even by hand, while a
//! run holds the ledger; it is looked at before every claim, and one that cannot be read stops everything.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{beside, private_directory};

/// The line that stops every campaign of a ledger.
const EVERYTHING: &str = "*";

/// The kill switch of one ledger.
#[derive(Debug, Clone)]
pub struct Switch {
    path: PathBuf,
}

/// What a kill switch stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One campaign.
    Campaign,
    /// Every campaign of the ledger.
    Everything,
}

impl Switch {
    /// The switch of the ledger at this path, whichever link leads to it.
    pub fn of(ledger: &Path) -> Self {
        let real = fs::canonicalize(ledger).unwrap_or_else(|_| target(ledger));
        Self { path: beside(&real, ".stop") }
    }

    /// Where its file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What stops a campaign; none when it may be sent. What cannot be read stops everything.
    pub fn stops(&self, campaign: &str) -> Option<Reach> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(_) => return Some(Reach::Everything),
        };
        // An empty file, from a hurried `touch`, means stop.
        if text.trim().is_empty() || lines(&text).any(is_for_everything) {
            return Some(Reach::Everything);
        }
        text.lines().any(|line| line.trim() == campaign).then_some(Reach::Campaign)
    }

    /// Stops one campaign, or every one of the ledger.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn turn_on(&self, campaign: Option<&str>) -> io::Result<()> {
        if let Some(directory) = self.path.parent() {
            private_directory(directory)?;
        }
        let _turn = self.take_turn()?;
        let mut text = match fs::read(&self.path) {
            // Empty, it stops everything, and one more stop must not make that less.
            Ok(text) if text.trim_ascii().is_empty() => format!("{EVERYTHING}\n").into_bytes(),
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        // What was made by hand may end without a line break: two names in one line would stop neither.
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend_from_slice(format!("{}\n", campaign.unwrap_or(EVERYTHING)).as_bytes());
        self.replace(&text)
    }

    /// Lifts the stop of one campaign, or that of everything; stops of other campaigns stay.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn turn_off(&self, campaign: Option<&str>) -> io::Result<()> {
        let _turn = self.take_turn()?;
        let text = fs::read_to_string(&self.path)?;
        let stays = |line: &&str| campaign.map_or(!is_for_everything(line), |campaign| *line != campaign);
        let left: Vec<&str> = lines(&text).filter(stays).collect();
        if left.is_empty() {
            return fs::remove_file(&self.path);
        }
        self.replace((left.join("\n") + "\n").as_bytes())
    }

    /// Whoever changes the file waits for the one before: a stop must not vanish because another is lifted.
    fn take_turn(&self) -> io::Result<File> {
        let turn = writable().open(beside(&self.path, ".lock"))?;
        turn.lock()?;
        Ok(turn)
    }

    /// In one go: half a file would stop what nobody meant.
    fn replace(&self, text: &[u8]) -> io::Result<()> {
        let new = beside(&self.path, ".new");
        let mut file = writable().truncate(true).open(&new)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)
    }
}

/// Where links lead that end at a file which is not there yet.
fn target(path: &Path) -> PathBuf {
    const LINKS_MAX: usize = 40;
    let next = |at: &PathBuf| fs::read_link(at).ok().map(|link| at.parent().unwrap_or(Path::new("")).join(link));
    let links = std::iter::successors(Some(path.to_owned()), next);
    links.take(LINKS_MAX).last().unwrap_or_else(|| path.to_owned())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// What can be no campaign key was meant to stop something, and nobody knows what: it stops everything.
fn is_for_everything(line: &str) -> bool {
    let in_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    !line.bytes().all(in_key)
}

fn writable() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).write(true).mode(0o600);
    options
}
