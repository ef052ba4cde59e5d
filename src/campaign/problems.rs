//! The problems of one campaign file, as they are found.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::problem::{Place, Problem, Quote};

/// Collects problems. Each comes with its way out.
pub(super) struct Problems {
    file: PathBuf,
    list: Vec<Problem>,
    places: HashSet<Place>,
    lengths: HashMap<Place, u16>,
}

impl Problems {
    pub(super) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), list: Vec::new(), places: HashSet::new(), lengths: HashMap::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Whether a problem stands in a part of the file.
    pub(super) fn stand_within(&self, from: Place, to: Option<Place>) -> bool {
        self.places.iter().any(|place| *place >= from && to.is_none_or(|to| *place < to))
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
        self.push(place, code, message, help);
    }

    fn push(
        &mut self,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Problem {
        self.places.insert(place);
        self.list.push_mut(Problem::at(&self.file, place, code, message).help(help))
    }

    /// A problem with a line that may hold a secret: nothing of the line is shown.
    pub(super) fn add_secret(
        &mut self,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(place, code, message, help).quote = Quote::Nothing;
    }

    /// A problem with what begins at a place, and not with the word that stands there.
    pub(super) fn add_point(
        &mut self,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(place, code, message, help).length = Some(1);
    }

    /// Whether there is a problem of one of these kinds.
    pub(super) fn has(&self, codes: &[&str]) -> bool {
        self.list.iter().any(|problem| codes.contains(&problem.code))
    }

    /// How many characters the value takes that starts at a place.
    pub(super) fn note_length(&mut self, place: Place, length: u64) {
        self.lengths.insert(place, u16::try_from(length).unwrap_or(u16::MAX));
    }

    /// Whether a problem stands at this place already: what is broken is not judged a second time.
    pub(super) fn stands_at(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    /// All of them, in file order.
    pub(super) fn sorted(mut self) -> Vec<Problem> {
        for problem in self.list.iter_mut().filter(|problem| problem.length.is_none()) {
            problem.length = problem.place.and_then(|place| self.lengths.get(&place).copied());
        }
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
