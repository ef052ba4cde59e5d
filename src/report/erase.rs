//! Erasing people from reports that are on the disk: their lines stay, for the sums, and say nothing of them any more.
//!
//! Each file is written whole to a temporary one, with the mode that it had, synced and renamed. An erasure that dies in
//! between is begun again and finds the lines that are left: what it needs to know them stays in the ledger until then.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::line::{message_key, refused};
use super::{ReportError, csv, jsonl};
use crate::audience::phone::{FORGOTTEN, PURGED};
use crate::audience::sought::Sought;
use crate::clock::{UnixMs, compact};
use crate::ledger::Marked;

/// Files of a run's directory that hold people.
const FILES: [&str; 2] = ["report.csv", "report.jsonl"];

/// Written last: where it is, the run has ended.
const SUMMARY: &str = "summary.json";

/// Whose lines are erased.
pub struct Erasure<'a> {
    /// Of each message key in the ledger, what is put in its place.
    keys: HashMap<String, String>,
    whose: Whose<'a>,
}

enum Whose<'a> {
    /// One person's, wherever they stand; and what stands in place of the reason of a row that was turned away.
    Of(&'a Sought, String),
    /// Also whatever stands in reports of before, and of nobody in the ledger: rows that were turned away, rehearsals.
    Before(String),
}

/// What was erased from reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Lines.
    pub lines: u64,
    /// In so many files.
    pub files: u64,
}

impl<'a> Erasure<'a> {
    /// Of one person, for this reason.
    pub fn of(person: &'a Sought, reason: String) -> Self {
        Self { keys: HashMap::new(), whose: Whose::Of(person, reason) }
    }

    /// Of everybody whose messages are added, and of what is older than a time and nobody's.
    pub fn before(time: UnixMs) -> Self {
        // Directories of runs are named by the time when they began.
        Self { keys: HashMap::new(), whose: Whose::Before(compact(time)) }
    }

    /// Adds a message whose lines are erased.
    pub fn add(&mut self, marked: &Marked<'_>) {
        let key = |identity| message_key(marked.campaign, marked.occurrence, identity);
        self.keys.insert(key(marked.identity), key(marked.pseudonym));
    }

    /// Erases from all reports of a campaign: those in the directories within this one.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn reports(&self, campaign: &Path) -> Result<Rewritten, ReportError> {
        let mut rewritten = Rewritten::default();
        for run in runs(campaign)? {
            let unknown = self.unknown(&run)?;
            // None of the ledger's runs is under way, for the ledger is ours; a rehearsal may be.
            if !is_rehearsal(&run) || run.join(SUMMARY).exists() {
                remove_halves(&run)?;
            }
            for name in FILES {
                let path = run.join(name);
                let Some(text) = read(&path)? else { continue };
                let (text, lines) = match name {
                    "report.csv" => self.table(&path, &text, &unknown)?,
                    _ => self.lines(&text, &unknown),
                };
                if lines > 0 {
                    replace(&path, &text)?;
                    rewritten.lines += lines;
                    rewritten.files += 1;
                }
            }
        }
        Ok(rewritten)
    }

    /// Which lines of a run are erased though the ledger knows no message of theirs. The ledger of a rehearsal is gone.
    fn unknown(&self, run: &Path) -> Result<Unknown, ReportError> {
        let name = run.file_name().unwrap_or_default().to_string_lossy();
        Ok(match &self.whose {
            Whose::Of(person, _) if is_rehearsal(run) => Unknown::ErasedWithKey(rehearsed_key(run, person)?),
            Whose::Of(..) => Unknown::Kept,
            Whose::Before(time) if *name >= **time => Unknown::Kept,
            Whose::Before(_) if is_rehearsal(run) => Unknown::Erased,
            Whose::Before(_) => Unknown::ErasedIfTurnedAway,
        })
    }

    fn table(&self, path: &Path, text: &[u8], unknown: &Unknown) -> Result<(Vec<u8>, u64), ReportError> {
        let failed = |source| ReportError::File { path: path.to_owned(), source };
        let Some(mut rows) = csv::Reader::new(text) else { return Ok((Vec::new(), 0)) };
        let mut writer = csv::RecordWriter::new(Vec::new()).map_err(failed)?;
        let mut lines = 0;
        while let Some(mut cells) = rows.next().map_err(failed)? {
            if cells.len() == csv::COLUMNS.len() {
                let mut line = Cells(&mut cells);
                lines += u64::from(self.erase(&mut line, unknown));
            }
            writer.add(&cells).map_err(failed)?;
        }
        Ok((writer.finish().map_err(failed)?, lines))
    }

    fn lines(&self, text: &[u8], unknown: &Unknown) -> (Vec<u8>, u64) {
        let (mut erased, mut count) = (Vec::with_capacity(text.len()), 0);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            // Half a line, of a run that died, says nothing that the next report does not.
            let Ok(mut object) = serde_json::from_slice::<Map<String, Value>>(line) else {
                count += 1;
                continue;
            };
            if self.erase(&mut object, unknown) {
                erased.extend_from_slice(jsonl::escaped(&Value::Object(object).to_string()).as_bytes());
                erased.push(b'\n');
                count += 1;
            } else {
                erased.extend_from_slice(line);
            }
        }
        (erased, count)
    }

    /// Erases a line, if it is one of those. False when it is not, or was erased before.
    fn erase(&self, line: &mut impl Fields, unknown: &Unknown) -> bool {
        let (recipient, key) = (line.get("recipient"), line.get("message_key"));
        let was_erased = recipient == FORGOTTEN || recipient == PURGED && matches!(self.whose, Whose::Before(_));
        let known = self.keys.get(&key);
        let is_theirs = known.is_some()
            || unknown.is_erased(&key, line.get("state") == "turned_away")
            || matches!(&self.whose, Whose::Of(person, _)
                if names(person, &recipient, key.is_empty()) || person.stands_in(&line.get("reason")));
        if was_erased || !is_theirs {
            return false;
        }
        let (word, turned_away) = match &self.whose {
            Whose::Of(_, reason) => (FORGOTTEN, reason.as_str()),
            Whose::Before(_) => (PURGED, ""),
        };
        let reason = match (line.get("state").as_str(), line.get("code").parse()) {
            ("turned_away", _) => turned_away.to_owned(),
            ("refused", Ok(code)) => refused(code, "").into_owned(),
            ("refused" | "in_doubt", _) => String::new(),
            _ => line.get("reason"),
        };
        line.set("recipient", word);
        line.set("reason", &reason);
        // WhatsApp's id of a message holds the phone number, in Base64.
        line.set("wamid", "");
        line.set("message_key", known.map_or("", String::as_str));
        true
    }
}

/// What becomes of lines that the ledger knows no message of.
#[derive(Debug)]
enum Unknown {
    Kept,
    ErasedWithKey(String),
    ErasedIfTurnedAway,
    Erased,
}

impl Unknown {
    fn is_erased(&self, key: &str, is_turned_away: bool) -> bool {
        match self {
            Self::Kept => false,
            Self::ErasedWithKey(theirs) => key == theirs,
            Self::ErasedIfTurnedAway => is_turned_away,
            Self::Erased => true,
        }
    }
}

fn is_rehearsal(run: &Path) -> bool {
    run.file_name().is_some_and(|name| name.to_string_lossy().contains("-sandbox-"))
}

/// The key that a person's message had in a rehearsal. One that died left no summary, and is taken for the only occurrence.
fn rehearsed_key(run: &Path, person: &Sought) -> Result<String, ReportError> {
    let campaign = run.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let summary: Value =
        read(&run.join(SUMMARY))?.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let occurrence = summary["occurrence"].as_str().unwrap_or("once");
    Ok(message_key(&campaign, occurrence, person.person().identity().cast_signed()))
}

/// A masked number is nobody's for certain. One that has no key to tell by, and may be theirs, is taken for theirs.
fn names(person: &Sought, recipient: &str, has_no_key: bool) -> bool {
    person.is_named_by(recipient) || has_no_key && person.may_be_masked_as(recipient)
}

/// A line of a report, in either format, by its columns. What is empty here is `null` there.
trait Fields {
    fn get(&self, column: &str) -> String;
    fn set(&mut self, column: &str, text: &str);
}

struct Cells<'a>(&'a mut Vec<String>);

impl Cells<'_> {
    fn at(column: &str) -> usize {
        csv::COLUMNS.iter().position(|name| *name == column).unwrap_or_default()
    }
}

impl Fields for Cells<'_> {
    fn get(&self, column: &str) -> String {
        csv::plain(&self.0[Self::at(column)]).to_owned()
    }

    fn set(&mut self, column: &str, text: &str) {
        self.0[Self::at(column)] = csv::cell(text).into_owned();
    }
}

impl Fields for Map<String, Value> {
    fn get(&self, column: &str) -> String {
        match Map::get(self, column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    fn set(&mut self, column: &str, text: &str) {
        let value = if text.is_empty() { Value::Null } else { text.into() };
        self.insert(column.to_owned(), value);
    }
}

/// The directories of a campaign's runs; none where there is no report yet.
fn runs(campaign: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let failed = |source| ReportError::File { path: campaign.to_owned(), source };
    let entries = match fs::read_dir(campaign) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut runs = paths.map_err(failed)?;
    runs.retain(|path| path.is_dir());
    runs.sort();
    Ok(runs)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, ReportError> {
    match fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ReportError::File { path: path.to_owned(), source }),
    }
}

/// Removes what was left half written by a run or an erasure that died.
fn remove_halves(run: &Path) -> Result<(), ReportError> {
    let failed = |source| ReportError::File { path: run.to_owned(), source };
    for entry in fs::read_dir(run).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(".report.") && name.ends_with(".tmp") {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

fn replace(path: &Path, text: &[u8]) -> Result<(), ReportError> {
    let put = || -> std::io::Result<()> {
        // A link stays a link.
        let path = fs::canonicalize(path)?;
        let directory = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new()
            .prefix(".report.")
            .suffix(".tmp")
            .permissions(fs::metadata(&path)?.permissions())
            .tempfile_in(directory)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        // The name, too, is to survive a power cut: what is erased from the ledger next tells whose line it was.
        fs::File::open(directory)?.sync_all()
    };
    put().map_err(|source| ReportError::File { path: path.to_owned(), source })
}
