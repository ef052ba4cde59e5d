//! A saved plan: every row and every word that somebody looked at and approved, in one file.
//!
//! JSON lines: what it was made from, a line for each row, and at the end the sums and a digest of everything before. It
//! is written and read as a stream; a change anywhere, and a missing end, are told. It holds phone numbers, so only its
//! owner may read it.

pub(super) mod footer;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

pub use footer::{Ceiling, Footer};

use super::{Outline, Plan, Planned};
use crate::clock::UnixMs;
use crate::cloud::Endpoint;

/// The version of the file's shape.
pub const FORMAT: u32 = 2;

/// An approval is about today's world. As long as people need from one working day to the next.
pub const VALID_FOR: Duration = Duration::from_secs(24 * 3600);

/// What a digest looks like, and one to show.
const SHA256: &str = "^[0-9a-f]{64}$";
const SHA256_SHOWN: &str = "0f3c5a7e9b1d2f4a6c8e0a2b4d6f80910f3c5a7e9b1d2f4a6c8e0a2b4d6f8091";

/// Far beyond a row with Meta's longest texts.
const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// What a plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of this shape.
    #[schemars(extend("const" = FORMAT), example = FORMAT)]
    pub tidings_plan: u32,
    /// The program's version.
    #[schemars(example = &"0.1.0")]
    pub tidings: String,
    /// The campaign key.
    #[schemars(example = &"spring_sale_2026")]
    pub campaign: String,
    /// Which occurrence; where each row has its own, the expression that gives it.
    #[schemars(example = &"once")]
    pub occurrence: String,
    /// The sender.
    #[schemars(example = &"106540352242922")]
    pub phone_number_id: String,
    /// When it was made, in milliseconds since 1970 UTC.
    #[schemars(example = 1_775_034_000_000_i64)]
    pub created_at_ms: UnixMs,
    /// Until when it may be sent.
    #[schemars(example = 1_775_120_400_000_i64)]
    pub expires_at_ms: UnixMs,
    /// SHA-256 of the campaign file.
    #[schemars(regex(pattern = SHA256), example = SHA256_SHOWN)]
    pub campaign_sha256: String,
    /// SHA-256 of the defaults beside the campaign file, if there are any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schemars(regex(pattern = SHA256), example = SHA256_SHOWN)]
    pub defaults_sha256: Option<String>,
    /// SHA-256 of the recipients file.
    #[schemars(regex(pattern = SHA256), example = SHA256_SHOWN)]
    pub recipients_sha256: String,
}

/// A row of a saved plan.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["message"] }, { "required": ["turned_away"] }]))]
pub struct SavedRow<'a> {
    /// Row as a spreadsheet numbers it: the header is row 1.
    #[schemars(range(min = 1), example = 2)]
    pub row: u64,
    /// E.164 number or business-scoped user id; of a row that is turned away, what its cell says.
    #[serde(borrow)]
    #[schemars(example = &"+12025550101")]
    pub recipient: Cow<'a, str>,
    /// Its message, or none when it is turned away.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    #[schemars(example = json!({ "occurrence": "once", "endpoint": "messages", "name": "hello_world", "language": "en_US", "template": { "name": "hello_world", "language": { "policy": "deterministic", "code": "en_US" } } }))]
    pub message: Option<SavedMessage<'a>>,
    /// Why it is turned away.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    #[schemars(example = &"the column `first_name` is empty")]
    pub turned_away: Option<Cow<'a, str>>,
}

/// A message of a saved plan.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedMessage<'a> {
    /// Which occurrence of the campaign.
    #[serde(borrow)]
    #[schemars(example = &"once")]
    pub occurrence: Cow<'a, str>,
    /// Which endpoint sends it.
    #[schemars(example = SavedEndpoint::Messages)]
    pub endpoint: SavedEndpoint,
    /// The template's name.
    #[serde(borrow)]
    #[schemars(example = &"hello_world")]
    pub name: Cow<'a, str>,
    /// The template's language.
    #[serde(borrow)]
    #[schemars(example = &"en_US")]
    pub language: Cow<'a, str>,
    /// The `template` object, byte for byte as it is sent.
    #[serde(borrow)]
    #[schemars(with = "Map<String, Value>", example = json!({ "name": "hello_world", "language": { "policy": "deterministic", "code": "en_US" } }))]
    pub template: &'a RawValue,
}

/// An endpoint, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SavedEndpoint {
    /// By `/messages`.
    Messages,
    /// By `/marketing_messages`.
    MarketingMessages,
}

impl From<Endpoint> for SavedEndpoint {
    fn from(endpoint: Endpoint) -> Self {
        match endpoint {
            Endpoint::Messages => Self::Messages,
            Endpoint::MarketingMessages => Self::MarketingMessages,
        }
    }
}

impl From<SavedEndpoint> for Endpoint {
    fn from(endpoint: SavedEndpoint) -> Self {
        match endpoint {
            SavedEndpoint::Messages => Self::Messages,
            SavedEndpoint::MarketingMessages => Self::MarketingMessages,
        }
    }
}

/// Why a saved plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// The file cannot be read.
    #[error("the plan cannot be read: {0}")]
    File(#[from] io::Error),
    /// The file is something else.
    #[error("this is no saved plan of tidings; save one with: tidings preview FILE --out PLAN")]
    Foreign,
    /// Another version wrote it.
    #[error("the plan was saved by another version of tidings (format {0}); save it again")]
    Format(u32),
    /// Its end is missing, or something follows.
    #[error("the plan is not whole: {0}")]
    Cut(&'static str),
    /// Somebody, or a broken disk, changed it.
    #[error("the plan was altered after it was saved: {0}")]
    Altered(String),
}

/// Writes a plan, row by row. Dropped before its end, it leaves no file.
pub struct Writer {
    file: BufWriter<NamedTempFile>,
    digest: Sha256,
}

impl Writer {
    /// Begins the file that [`Writer::finish`] puts at `path`.
    ///
    /// # Errors
    /// When its directory cannot be written.
    pub fn create(path: &Path, header: &Header) -> io::Result<Self> {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = BufWriter::new(NamedTempFile::new_in(directory)?);
        let mut writer = Self { file, digest: Sha256::new() };
        writer.line(header)?;
        Ok(writer)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When writing fails.
    pub fn add(&mut self, planned: &Planned<'_>) -> io::Result<()> {
        let row = match *planned {
            Planned::TurnedAway { row, recipient, reason, .. } => {
                SavedRow { row, recipient: recipient.into(), message: None, turned_away: Some(reason.into()) }
            }
            Planned::Message { row, recipient, occurrence, message, .. } => {
                let saved = SavedMessage {
                    occurrence: occurrence.into(),
                    endpoint: message.endpoint.into(),
                    name: message.name.into(),
                    language: message.language.into(),
                    template: serde_json::from_str(&message.template)?,
                };
                SavedRow { row, recipient: recipient.into(), message: Some(saved), turned_away: None }
            }
        };
        self.line(&row)
    }

    /// Writes the end and puts the file in its place.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self, plan: &Plan<'_>, outline: &Outline, path: &Path) -> io::Result<()> {
        let footer = Footer::of(plan, outline).sealed(&self.digest)?;
        self.line(&footer)?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.digest.update(&text);
        self.file.write_all(&text)
    }
}

/// Reads a plan, row by row.
pub struct Reader {
    file: BufReader<File>,
    digest: Sha256,
    line: Vec<u8>,
    header: Header,
    rows: u64,
    turned_away: u64,
    messages: BTreeMap<String, u64>,
}

impl Reader {
    /// Opens a saved plan and reads what it was made from.
    ///
    /// # Errors
    /// When it cannot be read, or is no plan of this version.
    pub fn open(path: &Path) -> Result<Self, SavedError> {
        let mut file = BufReader::new(File::open(path)?);
        let mut line = Vec::new();
        read_line(&mut file, &mut line)?;
        // The version first: another one may have other fields.
        let foreign = |_| SavedError::Foreign;
        let Version { tidings_plan } = serde_json::from_slice(&line).map_err(foreign)?;
        if tidings_plan != FORMAT {
            return Err(SavedError::Format(tidings_plan));
        }
        let header = serde_json::from_slice(&line).map_err(foreign)?;
        let digest = Sha256::new_with_prefix(&line);
        Ok(Self { file, digest, line, header, rows: 0, turned_away: 0, messages: BTreeMap::new() })
    }

    /// What it was made from.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Visits every row. Nothing that was visited counts before this has ended well: only the end tells whether the plan is
    /// whole.
    ///
    /// # Errors
    /// When the plan is not whole or was altered, or `visit` fails.
    pub fn rows<E: From<SavedError>>(
        mut self,
        mut visit: impl FnMut(&SavedRow<'_>) -> Result<(), E>,
    ) -> Result<Footer, E> {
        loop {
            let before = self.digest.clone();
            if read_line(&mut self.file, &mut self.line)? == 0 {
                return Err(SavedError::Cut("its last line is missing").into());
            }
            self.digest.update(&self.line);
            if let Ok(row) = serde_json::from_slice::<SavedRow<'_>>(&self.line) {
                self.rows += 1;
                match &row.message {
                    Some(SavedMessage { name, language, .. }) => {
                        *self.messages.entry(form(name, language)).or_default() += 1;
                    }
                    None => self.turned_away += 1,
                }
                visit(&row)?;
                continue;
            }
            return Ok(self.end(before)?);
        }
    }

    fn end(mut self, before: Sha256) -> Result<Footer, SavedError> {
        let line = self.rows + 2;
        let footer: Footer = serde_json::from_slice(&self.line)
            .map_err(|_| SavedError::Altered(format!("line {line} is neither a row nor its end")))?;
        if read_line(&mut self.file, &mut self.line)? != 0 {
            return Err(SavedError::Cut("something follows its last line"));
        }
        let Footer { rows, messages, turned_away, .. } = &footer;
        if (rows, messages, turned_away) != (&self.rows, &self.messages, &self.turned_away) {
            return Err(SavedError::Altered("its sums are not those of its rows".to_owned()));
        }
        if footer != footer.clone().sealed(&before)? {
            return Err(SavedError::Altered("its digest is not that of its lines".to_owned()));
        }
        Ok(footer)
    }
}

#[derive(Deserialize)]
struct Version {
    tidings_plan: u32,
}

fn read_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> Result<usize, SavedError> {
    line.clear();
    let count = file.take(LINE_BYTES_MAX).read_until(b'\n', line)?;
    if count > 0 && line.last() != Some(&b'\n') {
        return Err(SavedError::Cut("a line ends too early, or never"));
    }
    Ok(count)
}

/// A template and its language, as people write them.
pub(super) fn form(name: &str, language: &str) -> String {
    format!("{name} ({language})")
}

/// A digest in hexadecimal.
pub fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
