//! A look at a ledger before a run: whether one could be held there, whether it is sound, and whom it has reached of late.
//! Nothing is written.

use std::io;
use std::path::Path;

use rusqlite::{ErrorCode, OptionalExtension};
use rustix::fs::{Access, access};

use super::claim::{ACCEPTED, IN_DOUBT};
use super::disk;
use super::error::LedgerError;
use super::peek::Peek;
use super::sqlite::{APPLICATION_ID, SCHEMAS};
use super::state::State;
use crate::clock::UnixMs;

/// Makes sure that a ledger could be held at this path: that its folder, or the nearest one above it that exists, can be
/// written and is on a local disk, and that a file that is there can be written.
///
/// # Errors
/// With what keeps a ledger from being there.
pub fn look_at_place(path: &Path) -> Result<(), LedgerError> {
    let file_error = |place: &Path, source: io::Error| LedgerError::File { path: place.to_owned(), source };
    let here = Path::new(".");
    let above = path.ancestors().skip(1).map(|folder| if folder.as_os_str().is_empty() { here } else { folder });
    let folder = above.into_iter().find(|folder| folder.exists()).unwrap_or(here);
    for place in [folder, path].into_iter().filter(|place| place.exists()) {
        let rights = if place.is_dir() { Access::WRITE_OK | Access::EXEC_OK } else { Access::WRITE_OK };
        access(place, rights).map_err(|errno| file_error(place, errno.into()))?;
    }
    disk::refuse_network(folder)
}

impl Peek {
    /// Makes sure that it is a ledger of this version's, or of an earlier one's, and undamaged.
    ///
    /// # Errors
    /// With what it is instead.
    pub fn check(&self, path: &Path) -> Result<(), LedgerError> {
        let foreign = |what: String| LedgerError::Foreign { path: path.to_owned(), what };
        let number = |pragma: &str| self.db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let id = number("application_id").map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                foreign("is not a ledger: it is no SQLite file, or a damaged one".to_owned())
            }
            _ => error.into(),
        })?;
        if id != APPLICATION_ID {
            return Err(foreign("is not a ledger of tidings".to_owned()));
        }
        let version = number("user_version")?;
        if usize::try_from(version).is_ok_and(|version| version > SCHEMAS.len()) {
            return Err(foreign(format!("was written by a newer version of tidings (format {version})")));
        }
        let check: Option<String> = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).optional()?;
        match check.as_deref() {
            Some("ok") => Ok(()),
            found => Err(foreign(format!("is damaged: {}", found.unwrap_or("no answer from its check")))),
        }
    }

    /// How many people were written to since then, by all campaigns of the ledger: those whose message was accepted, is
    /// in doubt or under way. The same people count towards WhatsApp's limit on those whom a business writes to first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn people_since(&self, since: UnixMs) -> Result<u64, LedgerError> {
        let people = self.db.query_row(
            "SELECT count(DISTINCT identity) FROM attempts JOIN messages USING (message_id)
             WHERE claimed_at >= ?1 AND (outcome IS NULL OR outcome IN (?2, ?3))",
            (since, ACCEPTED, IN_DOUBT),
            |row| row.get::<_, i64>(0),
        )?;
        Ok(people.unsigned_abs())
    }

    /// How many messages of a campaign are over, in one occurrence or in all: a run sends none of them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn messages_over(&self, campaign: &str, occurrence: Option<&str>) -> Result<u64, LedgerError> {
        let over = self.db.query_row(
            "SELECT count(*) FROM messages JOIN occurrences USING (occurrence_id)
             WHERE campaign = ?1 AND (?2 IS NULL OR occurrence = ?2) AND state <> ?3",
            (campaign, occurrence, State::Planned.number()),
            |row| row.get::<_, i64>(0),
        )?;
        Ok(over.unsigned_abs())
    }
}
