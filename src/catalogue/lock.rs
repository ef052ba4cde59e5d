//! `templates.lock.json`: the templates of an account, in a form that changes only when they do.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cloud::templates::TemplateDefinition;
use crate::problem::{Place, Problem};

/// The file's name, beside the campaigns whose templates it holds.
pub const LOCK_FILE: &str = "templates.lock.json";

/// What stands in the place of the account's id in a lock of the built-in simulator's templates.
pub const SANDBOX: &str = "sandbox";

/// The form of the file.
const VERSION: u64 = 1;

/// Far more than the largest account has.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Whoever may read the campaigns may read this.
const MODE: u32 = 0o666;

const PULL: &str = "read it again with `tidings templates pull FILE`";

/// The templates of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// Meta's id of the account, or [`SANDBOX`].
    pub account: String,
    templates: Vec<TemplateDefinition>,
}

/// What writing did to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It holds other bytes than before, or was not there.
    Changed,
    /// It was left alone: its bytes are the same.
    Unchanged,
}

/// The file, with keys in alphabetical order.
#[derive(Serialize)]
struct Form<'l> {
    account: &'l str,
    lock_version: u64,
    templates: Vec<&'l Value>,
}

/// What all versions share.
#[derive(Deserialize)]
struct Head<'t> {
    #[serde(borrow)]
    lock_version: &'t RawValue,
}

#[derive(Deserialize)]
struct Body<'t> {
    account: String,
    #[serde(borrow)]
    templates: Vec<&'t RawValue>,
}

impl Lock {
    /// The templates of an account, whatever their order.
    pub fn new(account: impl Into<String>, mut templates: Vec<TemplateDefinition>) -> Self {
        templates.sort_by(|a, b| (&a.name, &a.language, &a.id).cmp(&(&b.name, &b.language, &b.id)));
        Self { account: account.into(), templates }
    }

    /// All templates, sorted by name, then language.
    pub fn templates(&self) -> &[TemplateDefinition] {
        &self.templates
    }

    /// The templates of this name, sorted by language.
    pub fn named<'l>(&'l self, name: &str) -> impl Iterator<Item = &'l TemplateDefinition> {
        self.templates.iter().filter(move |template| template.name == name)
    }

    /// The file's text: two readings of the same templates give the same.
    pub fn to_text(&self) -> String {
        let templates = self.templates.iter().map(TemplateDefinition::as_json).collect();
        let form = Form { account: &self.account, lock_version: VERSION, templates };
        // All keys are text and writing into memory does not fail, so there always is a text.
        serde_json::to_string_pretty(&form).unwrap_or_default() + "\n"
    }

    /// Writes the file, whole or not at all. One that says the same already is left alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<Written> {
        let text = self.to_text();
        if fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
            return Ok(Written::Unchanged);
        }
        // A link stays a link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new()
            .prefix(".templates.lock.")
            .permissions(Permissions::from_mode(MODE))
            .tempfile_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(Written::Changed)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// When it is not there, damaged, or of a later version of tidings.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let text = read_text(path)?;
        let broken = |error: &serde_json::Error, place| {
            Problem::at(path, place, "lock-damaged", format!("this is no lock file of templates: {}", reason(error)))
                .help(PULL)
        };
        let here = |error: serde_json::Error| broken(&error, place_of(&text, &error));
        let head: Head<'_> = serde_json::from_str(&text).map_err(here)?;
        if head.lock_version.get().parse() != Ok(VERSION) {
            let message =
                format!("this is version {} of the file, and this tidings reads {VERSION}", head.lock_version);
            let place = place_in(&text, head.lock_version);
            return Err(Problem::at(path, place, "lock-version", message)
                .help("use the version of tidings that wrote it, or a later one"));
        }
        let body: Body<'_> = serde_json::from_str(&text).map_err(here)?;
        let mut templates = Vec::with_capacity(body.templates.len());
        for raw in body.templates {
            let json = serde_json::from_str(raw.get()).map_err(|error| broken(&error, place_in(&text, raw)))?;
            templates.push(TemplateDefinition::from_json(json).map_err(|error| {
                Problem::at(path, place_in(&text, raw), "lock-damaged", error.to_string()).help(PULL)
            })?);
        }
        Ok(Self::new(body.account, templates))
    }
}

fn read_text(path: &Path) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes)) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Problem::of_file(path, "lock-missing", "there is no such file")
                .help("read the account's templates into it with `tidings templates pull FILE`"));
        }
        Err(error) => {
            return Err(Problem::of_file(path, "lock-unreadable", format!("cannot be read: {error}"))
                .help("check who may read the file"));
        }
        Ok(_) if bytes.len() as u64 > BYTES_MAX => {
            return Err(Problem::of_file(path, "lock-damaged", "is too large for a lock file of templates").help(PULL));
        }
        Ok(_) => {}
    }
    String::from_utf8(bytes).map_err(|_| Problem::of_file(path, "lock-damaged", "is not UTF-8 text").help(PULL))
}

/// Where reading ended. JSON's reader counts bytes.
fn place_of(text: &str, error: &serde_json::Error) -> Place {
    let number = error.line().max(1);
    let line = text.split('\n').nth(number - 1).unwrap_or_default();
    let begins_character = |byte: &u8| *byte & 0xC0 != 0x80;
    let column = line.bytes().take(error.column()).filter(begins_character).count();
    Place { line: number as u64, column: column.max(1) as u64 }
}

/// Where a part of the text starts.
fn place_in(text: &str, part: &RawValue) -> Place {
    let offset = (part.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
    Place { line, column }
}

/// What is wrong, without the place, which is told already.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
