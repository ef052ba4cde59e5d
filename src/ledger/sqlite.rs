//! The ledger file: opened so that a commit is on the disk, or not opened at all.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension};

use super::ballast::Ballast;
use super::disk::Place;
use super::erase::forgotten_people;
use super::error::LedgerError;
use super::head::Head;
use super::switch::Switch;
use super::{PlanId, RunId, disk, lock, private_directory};
use crate::clock::UnixMs;

/// `tdgs` in ASCII: tells a ledger from any other SQLite file.
pub(super) const APPLICATION_ID: i64 = 0x7464_6773;

/// Each makes the next format of the one before; the first makes it of an empty file.
pub(super) const SCHEMAS: [&str; 3] =
    [include_str!("schema/1.sql"), include_str!("schema/2.sql"), include_str!("schema/3.sql")];

/// What one attempt takes in the ledger, generously.
const ATTEMPT_BYTES: u64 = 512;

/// What the write-ahead log takes beside it.
const SIDE_FILES_BYTES: u64 = 16 * 1024 * 1024;

/// SQLite's number for `synchronous=FULL`.
const SYNCHRONOUS_FULL: i64 = 2;

/// An open ledger, held by this process alone.
pub struct Ledger {
    pub(super) db: Connection,
    /// The last row of the plan from which a first attempt was claimed.
    pub(super) cursor: i64,
    pub(super) last_attempt_id: i64,
    pub(super) commits: u64,
    pub(super) switch: Switch,
    pub(super) head: Head,
    pub(super) place: Place,
    ballast: Ballast,
    /// Freed by the kernel when the process dies, however it dies.
    _lock: File,
}

impl Ledger {
    /// Opens a ledger, or makes one, and takes it for this process.
    ///
    /// # Errors
    /// When another process holds it, it is no ledger, or the disk does not promise that a commit stays.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let file_error = |source| LedgerError::File { path: path.to_owned(), source };
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            private_directory(directory).map_err(file_error)?;
        }
        // SQLite gives its side files the mode of the database file.
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(file_error)?;
        // One ledger has one lock, whichever link leads to it.
        let path = &fs::canonicalize(path).map_err(file_error)?;
        disk::refuse_network(path)?;
        let lock = lock::take(path)?;
        let place = Place::of(path, &file).map_err(file_error)?;
        let ballast = Ballast::none(path);
        let db = Connection::open(path)?;
        prepare(&db, path)?;
        let last_attempt_id =
            db.query_row("SELECT coalesce(max(attempt_id), 0) FROM attempts", [], |row| row.get(0))?;
        let head = Head::open(path, last_attempt_id, forgotten_people(&db)?)?;
        let switch = Switch::of(path);
        Ok(Self { db, cursor: 0, last_attempt_id, commits: 0, switch, head, place, ballast, _lock: lock })
    }

    /// The kill switch beside the ledger.
    pub fn switch(&self) -> &Switch {
        &self.switch
    }

    /// Makes sure that the disk has room for the attempts at so many messages, and keeps some of it back, for outcomes to
    /// be written down should others fill the disk.
    ///
    /// # Errors
    /// When it has not: better known before the first message than in the middle.
    pub fn make_sure_of_room(&mut self, messages: u64) -> Result<(), LedgerError> {
        self.ballast.release();
        let path = self.db.path().map(PathBuf::from).unwrap_or_default();
        let needed = messages * ATTEMPT_BYTES + SIDE_FILES_BYTES + Ballast::bytes(messages);
        let file_error = |source| LedgerError::File { path: path.clone(), source };
        let disk = rustix::fs::statvfs(&path).map_err(|errno| file_error(errno.into()))?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) >= needed {
            return self.ballast.take(messages);
        }
        let missing = format!("the disk is nearly full: {} MiB are needed for the run", needed.div_ceil(1024 * 1024));
        Err(file_error(std::io::Error::new(std::io::ErrorKind::StorageFull, missing)))
    }

    /// Gives free the room that was kept back for outcomes. False when there was none. From then on a run claims nothing.
    pub fn release_ballast(&mut self) -> bool {
        self.ballast.release()
    }

    /// Writes down that a run of a plan starts.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn begin_run(&mut self, plan: PlanId, now: UnixMs) -> Result<RunId, LedgerError> {
        self.cursor = 0;
        self.watch_log()?;
        self.db.execute("INSERT INTO runs (plan_id, started_at) VALUES (?1, ?2)", (plan.0, now))?;
        Ok(RunId(self.db.last_insert_rowid()))
    }

    /// Writes down how a run ended.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn end_run(&mut self, run: RunId, now: UnixMs, exit_code: u8) -> Result<(), LedgerError> {
        self.db.execute("UPDATE runs SET ended_at = ?2, exit_code = ?3 WHERE run_id = ?1", (run.0, now, exit_code))?;
        self.place.check()
    }

    /// Whether the last run of a plan came to its end, and so to its report.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_reported(&self, plan: PlanId) -> Result<bool, LedgerError> {
        let ended: Option<bool> = self
            .db
            .query_row(
                "SELECT ended_at IS NOT NULL FROM runs WHERE plan_id = ?1 ORDER BY run_id DESC LIMIT 1",
                [plan.0],
                |row| row.get(0),
            )
            .optional()?;
        Ok(ended.unwrap_or(false))
    }
}

fn prepare(db: &Connection, path: &Path) -> Result<(), LedgerError> {
    let foreign = |what: String| LedgerError::Foreign { path: path.to_owned(), what };
    let number = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    db.set_prepared_statement_cache_capacity(32);
    // Otherwise a statement is planned anew whenever a value is bound that could choose another index: every claim.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let tables = match db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) {
        Ok(tables) => tables,
        Err(error) => {
            return Err(match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                    foreign("is not a ledger: it is no SQLite file, or a damaged one".to_owned())
                }
                _ => error.into(),
            });
        }
    };
    if tables > 0 && number("application_id")? != APPLICATION_ID {
        return Err(foreign("is not a ledger of tidings".to_owned()));
    }
    let version = number("user_version")?;
    let Some(missing) = usize::try_from(version).ok().and_then(|version| SCHEMAS.get(version..)) else {
        return Err(foreign(format!("was written by a newer version of tidings (format {version})")));
    };
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(foreign(format!("is on a file system that cannot hold a ledger (journal mode {mode})")));
    }
    db.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000;
         PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;",
    )?;
    if number("synchronous")? != SYNCHRONOUS_FULL {
        return Err(foreign("cannot be written durably (synchronous is not FULL)".to_owned()));
    }
    let check: Option<String> = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).optional()?;
    if check.as_deref() != Some("ok") {
        return Err(foreign(format!("is damaged: {}", check.as_deref().unwrap_or("no answer from its check"))));
    }
    upgrade(db, missing)?;
    Ok(())
}

/// All steps or none: a death in between leaves the format that was there.
fn upgrade(db: &Connection, missing: &[&str]) -> rusqlite::Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let (steps, version) = (missing.concat(), SCHEMAS.len());
    db.execute_batch(&format!(
        "BEGIN IMMEDIATE; {steps} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}; COMMIT;"
    ))
}
