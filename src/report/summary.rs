//! `summary.json`: the run in numbers.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::ledger::Tally;

/// The version of the file's shape. It grows when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// The run in numbers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary<'a> {
    /// The version of this shape.
    #[schemars(example = 1)]
    pub schema_version: u32,
    /// The program's version.
    #[schemars(example = &"0.1.0")]
    pub tidings: &'static str,
    /// The campaign key.
    #[schemars(example = &"spring_sale_2026")]
    pub campaign: &'a str,
    /// Which occurrence.
    #[schemars(example = &"once")]
    pub occurrence: &'a str,
    /// The business phone number's id.
    #[schemars(example = &"106540352242922")]
    pub phone_number_id: &'a str,
    /// Whether it went to the built-in simulator.
    pub sandbox: bool,
    /// When the run began, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"), example = &"2026-04-01T09:00:00.000Z")]
    pub started_at: String,
    /// When it ended, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"), example = &"2026-04-01T09:00:12.000Z")]
    pub ended_at: String,
    /// From start to end, in milliseconds.
    #[schemars(example = 12000)]
    pub duration_ms: i64,
    /// Why the run ended, in words.
    #[schemars(example = &"finished")]
    pub ending: &'a str,
    /// The program's exit code.
    #[schemars(example = 0)]
    pub exit_code: u8,
    /// The rows of the recipients file by where they stand now.
    pub counts: Tally,
    /// Messages of the plan before that this one withdrew.
    pub withdrawn_before: Withdrawn,
    /// Messages of the campaign that are in doubt, that nobody holds, and that no row of the file is about.
    pub in_doubt_besides: u64,
    /// What this run did.
    pub this_run: ThisRun,
    /// What the run was made from.
    pub digests: Digests,
}

/// Messages that an older plan left to be sent, and that never will be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Withdrawn {
    /// Their rows are not in the recipients file any more.
    pub removed: u64,
    /// Their occurrence is over.
    pub over: u64,
}

/// What one run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ThisRun {
    /// Messages that WhatsApp took.
    pub accepted: u64,
    /// Messages that it refused for good.
    pub refused: u64,
    /// Messages whose fate is unknown.
    pub in_doubt: u64,
    /// Attempts after which a message was put back.
    pub put_back: u64,
}

/// SHA-256 in hexadecimal.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Digests {
    /// Of the campaign file.
    pub campaign: String,
    /// Of `tidings.yaml` beside it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defaults: Option<String>,
    /// Of the recipients file.
    pub recipients: String,
}

/// Writes the file.
///
/// # Errors
/// When writing fails.
pub fn write(file: &mut impl Write, summary: &Summary<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *file, summary)?;
    file.write_all(b"\n")
}
