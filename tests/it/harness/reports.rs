//! A run's report as its readers see it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The columns of `report.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub row: u64,
    pub recipient: String,
    pub template: String,
    pub language: String,
    pub state: String,
    pub reason: String,
    pub code: Option<i64>,
    pub wamid: String,
    pub attempts: u32,
    pub first_attempt_at: String,
    pub settled_at: String,
    pub delivery: String,
    pub delivery_at: String,
    pub message_key: String,
}

pub type Jsonl = serde_json::Map<String, serde_json::Value>;
pub type Summary = serde_json::Value;

/// `report.csv`.
pub struct Report {
    pub bytes: Vec<u8>,
    pub rows: Vec<Row>,
}

impl Report {
    pub fn read(directory: &Path) -> Self {
        let bytes = fs::read(directory.join("report.csv")).expect("report.csv");
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a byte order mark");
        let rows = csv::Reader::from_reader(text).deserialize().collect::<Result<_, _>>().expect("rows");
        Self { bytes, rows }
    }

    /// How many rows stand where.
    pub fn states(&self) -> BTreeMap<&str, usize> {
        self.rows.iter().fold(BTreeMap::new(), |mut states, row| {
            *states.entry(row.state.as_str()).or_default() += 1;
            states
        })
    }

    /// Rows that stand in this state.
    pub fn of(&self, state: &str) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.state == state).collect()
    }
}

/// The directory of the newest run under a project's `reports`.
pub fn newest(home: &Path) -> Option<PathBuf> {
    all(home).pop()
}

/// The directories of all runs, oldest first.
pub fn all(home: &Path) -> Vec<PathBuf> {
    let entries = |directory: &Path| {
        fs::read_dir(directory).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
    };
    let mut runs: Vec<_> = entries(&home.join("reports")).iter().flat_map(|campaign| entries(campaign)).collect();
    // By time, and within a second by the number of the run.
    runs.sort_by_key(|run| {
        let name = run.file_name().expect("a name").to_str().expect("a name in UTF-8").to_owned();
        let (time, number) = name.split_once('-').expect("a time and a number");
        (time.to_owned(), number.len(), name)
    });
    runs
}

pub fn summary(directory: &Path) -> Summary {
    serde_json::from_slice(&fs::read(directory.join("summary.json")).expect("summary.json")).expect("JSON")
}

pub fn jsonl(directory: &Path) -> Vec<Jsonl> {
    let text = fs::read_to_string(directory.join("report.jsonl")).expect("report.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}
