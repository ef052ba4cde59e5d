//! Problem: something wrong in a file, said so that its author can mend it.
//!
//! Not an error type to branch on: problems are collected, sorted by place and shown all at once.

mod codes;

use std::fmt;
use std::path::{Path, PathBuf};

pub use codes::CODES;

/// A position in a text file. Lines and columns start at 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
}

impl Place {
    /// The place so many lines further down.
    pub(crate) fn moved(self, lines: u64) -> Self {
        Self { line: self.line + lines, ..self }
    }
}

/// A place and its file, where what is written may come from more than one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The file as its author named it.
    pub file: PathBuf,
    /// Where in the file.
    pub place: Place,
}

/// What may be shown of the line that a problem stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// All of it.
    Line,
    /// All of it, a row of a recipients file.
    Row,
    /// A row of a recipients file with its phone numbers masked; they stand in this column, counted from 0, if it is known.
    MaskedRow(Option<u16>),
    /// Nothing: it may hold a secret.
    Nothing,
}

/// Something wrong in a file: where, what, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as its author named it.
    pub file: PathBuf,
    /// Where in the file; none when the file as a whole is meant (missing, unreadable).
    pub place: Option<Place>,
    /// How many characters are meant, from the place on; without it, the word that stands there.
    pub length: Option<u16>,
    /// What may be shown of the line.
    pub quote: Quote,
    /// A stable short name of the kind of problem, one of [`CODES`].
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write or do instead.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with a file as a whole.
    pub fn of_file(file: &Path, code: &'static str, message: impl Into<String>) -> Self {
        debug_assert!(CODES.binary_search(&code).is_ok(), "the code {code} is not in the list");
        Self {
            file: file.to_owned(),
            place: None,
            length: None,
            quote: Quote::Line,
            code,
            message: message.into(),
            help: None,
        }
    }

    /// A problem at one place of a file.
    pub fn at(file: &Path, place: Place, code: &'static str, message: impl Into<String>) -> Self {
        Self { place: Some(place), ..Self::of_file(file, code, message) }
    }

    /// A problem at one place of a recipients file, whose phone numbers are nobody's business.
    pub fn in_row(file: &Path, place: Place, code: &'static str, message: impl Into<String>) -> Self {
        Self { quote: Quote::MaskedRow(None), ..Self::at(file, place, code, message) }
    }

    /// The row of a recipients file that it stands in, as a spreadsheet numbers it.
    pub fn row(&self) -> Option<u64> {
        let in_row = matches!(self.quote, Quote::Row | Quote::MaskedRow(_));
        self.place.filter(|_| in_row).map(|place| place.line)
    }

    /// Says how many characters are meant.
    #[must_use]
    pub fn length(mut self, length: u64) -> Self {
        self.length = Some(u16::try_from(length).unwrap_or(u16::MAX));
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n    {help}"),
            None => Ok(()),
        }
    }
}

/// The nearest of `known` to a mistyped `word`, if any is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// The likeness of two texts takes a time that grows with both lengths; a longer text is no word.
    const WORD_BYTES_MAX: usize = 200;
    let is_word = |text: &str| text.len() <= WORD_BYTES_MAX;
    known
        .into_iter()
        .filter(|candidate| is_word(word) && is_word(candidate))
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
