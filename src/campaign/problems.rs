//! The problems of one campaign file, as they are found.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::problem::{Place, Problem};

/// Collects problems. Each comes with its way out.
pub(super) struct Problems {
    file: PathBuf,
    list: Vec<Problem>,
    places: HashSet<Place>,
}

impl Problems {
    pub(super) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), list: Vec::new(), places: HashSet::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A problem with the file as a whole.
    pub(super) fn of_file(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.list.push(Problem::of_file(&self.file, code, message).help(help));
    }

    /// A problem at a place.
    pub(super) fn add(
        &mut self,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.places.insert(place);
        self.list.push(Problem::at(&self.file, place, code, message).help(help));
    }

    /// Whether a problem stands at this place already: what is broken is not judged a second time.
    pub(super) fn stands_at(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    /// All of them, in file order.
    pub(super) fn sorted(mut self) -> Vec<Problem> {
        self.list.sort_by_key(|problem| problem.place);
        self.list
    }
}

/// A word of the author's, short enough for a line.
pub(super) fn shown(word: &str) -> String {
    const CHARS_MAX: usize = 60;
    let line = word.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'");
    if line.chars().count() <= CHARS_MAX {
        return format!("`{line}`");
    }
    format!("`{}…`", line.chars().take(CHARS_MAX).collect::<String>())
}
