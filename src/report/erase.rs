//! Erasing people from reports that are on the disk: their lines stay, for the sums, and say nothing of them any more.
//!
//! Each file is written whole to a temporary one, with the mode that it had, synced and renamed. An erasure that dies in
//! between is begun again and finds the lines that are left: what it needs to know them stays in the ledger until then.

mod files;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::line::{message_key, refused};
use super::{csv, jsonl};
use crate::audience::phone::{FORGOTTEN, PURGED};
use crate::audience::sought::Sought;
use crate::clock::{UnixMs, compact};
use crate::ledger::Marked;
use files::{Kind, read, remove_halves, replace, runs};

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

/// What was erased from reports, and what was not.
#[derive(Debug, Default)]
pub struct Rewritten {
    /// Lines.
    pub lines: u64,
    /// In so many files.
    pub files: u64,
    /// What could not be read or written, and why: somebody may still stand there.
    pub untreated: Vec<(PathBuf, io::Error)>,
    /// Links, which are not followed: what they lead to is not known to be a report.
    pub links: Vec<PathBuf>,
    /// Files whose lines are not all lines of a report: somebody edited them.
    pub edited: Vec<PathBuf>,
}

impl Rewritten {
    /// Adds what was erased elsewhere.
    pub fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.files += other.files;
        self.untreated.extend(other.untreated);
        self.links.extend(other.links);
        self.edited.extend(other.edited);
    }
}

/// A report without somebody.
struct Copied {
    text: Vec<u8>,
    /// So many of its lines were changed.
    lines: u64,
    /// Whether something in it is no line of a report. That stays as it is.
    edited: bool,
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

    /// Erases from all reports of a campaign: those in the directories within this one. What cannot be read or written keeps
    /// nothing else from being treated.
    pub fn reports(&self, campaign: &Path) -> Rewritten {
        let mut rewritten = Rewritten::default();
        for run in runs(campaign, &mut rewritten) {
            // None of the ledger's runs is under way, for the ledger is ours; a rehearsal may be.
            if (!is_rehearsal(&run) || run.join(SUMMARY).exists())
                && let Err(error) = remove_halves(&run)
            {
                rewritten.untreated.push((run.clone(), error));
            }
            for name in FILES {
                let path = run.join(name);
                if let Err(error) = self.report(&run, &path, &mut rewritten) {
                    rewritten.untreated.push((path, error));
                }
            }
        }
        rewritten
    }

    fn report(&self, run: &Path, path: &Path, rewritten: &mut Rewritten) -> io::Result<()> {
        let text = match read(path)? {
            Kind::File(text) => text,
            Kind::Link => {
                rewritten.links.push(path.to_owned());
                return Ok(());
            }
            Kind::Nothing => return Ok(()),
        };
        let unknown = self.unknown(run)?;
        let is_table = path.extension().is_some_and(|ending| ending == "csv");
        let copied = if is_table { self.table(&text, &unknown)? } else { self.lines(&text, &unknown) };
        if copied.lines > 0 {
            replace(path, &copied.text)?;
            rewritten.lines += copied.lines;
            rewritten.files += 1;
        }
        if copied.edited {
            rewritten.edited.push(path.to_owned());
        }
        Ok(())
    }

    /// Which lines of a run are erased though the ledger knows no message of theirs. The ledger of a rehearsal is gone.
    fn unknown(&self, run: &Path) -> io::Result<Unknown> {
        let name = run.file_name().unwrap_or_default().to_string_lossy();
        Ok(match &self.whose {
            Whose::Of(person, _) if is_rehearsal(run) => Unknown::ErasedWithKey(rehearsed_key(run, person)?),
            Whose::Of(..) => Unknown::Kept,
            Whose::Before(time) if *name >= **time => Unknown::Kept,
            Whose::Before(_) if is_rehearsal(run) => Unknown::Erased,
            Whose::Before(_) => Unknown::ErasedIfTurnedAway,
        })
    }

    fn table(&self, text: &[u8], unknown: &Unknown) -> io::Result<Copied> {
        // A byte that is no UTF-8 was put there by another program.
        let text = String::from_utf8_lossy(text);
        let Some(mut rows) = csv::Reader::new(text.as_bytes()) else {
            return Ok(Copied { text: Vec::new(), lines: 0, edited: !text.trim().is_empty() });
        };
        let mut writer = csv::RecordWriter::new(Vec::new())?;
        let (mut lines, mut edited) = (0, false);
        while let Some(mut cells) = rows.next()? {
            if cells.len() == csv::COLUMNS.len() {
                let mut line = Cells(&mut cells);
                lines += u64::from(self.erase(&mut line, unknown));
            } else {
                edited = true;
            }
            writer.add(&cells)?;
        }
        Ok(Copied { text: writer.finish()?, lines, edited })
    }

    fn lines(&self, text: &[u8], unknown: &Unknown) -> Copied {
        let mut copied = Copied { text: Vec::with_capacity(text.len()), lines: 0, edited: false };
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let Ok(mut object) = serde_json::from_str::<Map<String, Value>>(&String::from_utf8_lossy(line)) else {
                // Half a line, of a run that died, says nothing that the next report does not.
                if line.ends_with(b"\n") {
                    copied.text.extend_from_slice(line);
                    copied.edited |= !line.trim_ascii().is_empty();
                } else {
                    copied.lines += 1;
                }
                continue;
            };
            if self.erase(&mut object, unknown) {
                copied.text.extend_from_slice(jsonl::escaped(&Value::Object(object).to_string()).as_bytes());
                copied.text.push(b'\n');
                copied.lines += 1;
            } else {
                copied.text.extend_from_slice(line);
            }
        }
        copied
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
fn rehearsed_key(run: &Path, person: &Sought) -> io::Result<String> {
    let campaign = run.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let summary: Value = match read(&run.join(SUMMARY))? {
        Kind::File(text) => serde_json::from_slice(&text).unwrap_or_default(),
        Kind::Link | Kind::Nothing => Value::Null,
    };
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
