//! The disk under a ledger that is open, and what a death leaves of it.

use std::path::PathBuf;
use std::sync::Arc;

use super::image::{Image, Mark};
use super::step::Steps;

/// The end of a life, and what it leaves.
pub struct Death(pub Image);

pub struct Disk {
    pub path: PathBuf,
    pub steps: Arc<Steps>,
    /// With every commit that the program knows of.
    known: Mark,
    /// With one less.
    older: Mark,
    /// Loses a commit that it said was safe.
    loses_syncs: bool,
}

impl Disk {
    /// Under a ledger that is about to be opened, with what is on the disk.
    pub fn new(path: PathBuf, steps: &Arc<Steps>, image: &Image, loses_syncs: bool) -> Self {
        let known = image.mark();
        Self { path, steps: Arc::clone(steps), older: known.clone(), known, loses_syncs }
    }

    /// Whether there is more than what is known.
    pub fn commit(&self) -> Option<Mark> {
        Some(Mark::of(&self.path)).filter(|now| now.log_bytes != self.known.log_bytes)
    }

    pub fn know(&mut self, now: Mark) {
        self.older = std::mem::replace(&mut self.known, now);
    }

    /// A commit since the last look is an IO point.
    pub fn look(&mut self) -> Result<(), Death> {
        let Some(now) = self.commit() else { return Ok(()) };
        if !self.steps.step() {
            return Err(self.death_within(&now));
        }
        self.know(now);
        Ok(())
    }

    /// A death while no commit is under way.
    pub fn death(&self) -> Death {
        self.death_within(&self.known)
    }

    /// What a death leaves of a commit that is under way.
    pub fn death_within(&self, commit: &Mark) -> Death {
        let image = if self.loses_syncs {
            Image::at(&self.path, self.older.clone())
        } else {
            Image::torn(&self.path, &self.known, commit, self.steps.left())
        };
        Death(image)
    }
}
