//! The problems of one campaign, as they are found: of its file, and of the defaults beside it.
//!
//! Places of both stand in one row of lines, as if the defaults were written far below the campaign, so that a place tells
//! its file.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::problem::{Location, Place, Problem, Quote};

/// The lines of the defaults are counted on from here; no campaign file has so many.
pub(super) const DEFAULTS_FROM: u64 = 1 << 32;

/// Collects problems. Each comes with its way out.
pub(super) struct Problems {
    file: PathBuf,
    /// The defaults beside the campaign, if there are any.
    defaults: Option<PathBuf>,
    list: Vec<Problem>,
    places: HashSet<Place>,
    lengths: HashMap<Place, u16>,
}

impl Problems {
    pub(super) fn of(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            defaults: None,
            list: Vec::new(),
            places: HashSet::new(),
            lengths: HashMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Takes over the problems of the defaults, whose places are moved down by [`DEFAULTS_FROM`].
    pub(super) fn adopt(&mut self, defaults: Self) {
        let moved = |place: Place| place.moved(DEFAULTS_FROM);
        self.list.extend(defaults.list.into_iter().map(|it| Problem { place: it.place.map(moved), ..it }));
        self.places.extend(defaults.places.into_iter().map(moved));
        self.lengths.extend(defaults.lengths.into_iter().map(|(place, length)| (moved(place), length)));
        self.defaults = Some(defaults.file);
    }

    /// The file that a place is in, and where it is there.
    pub(super) fn location(&self, place: Place) -> Location {
        match (&self.defaults, place.line.checked_sub(DEFAULTS_FROM)) {
            (Some(file), Some(line)) => Location { file: file.clone(), place: Place { line, ..place } },
            _ => Location { file: self.file.clone(), place },
        }
    }

    /// The name of the campaign's other file: the defaults for a place in the campaign file, and that for one in the
    /// defaults. None where there are no defaults.
    pub(super) fn other(&self, place: Place) -> Option<String> {
        let defaults = self.defaults.as_ref()?;
        let other = if self.location(place).file == *defaults { &self.file } else { defaults };
        other.file_name().map(|name| name.to_string_lossy().into_owned())
    }

    /// Whether a problem stands in a part of the file, or from a place to its end.
    pub(super) fn stand_within(&self, from: Place, to: Option<Place>) -> bool {
        let to = to.unwrap_or(Place { line: DEFAULTS_FROM, column: 0 });
        self.places.iter().any(|place| (from..to).contains(place))
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
        let file = self.location(place).file;
        self.list.push_mut(Problem::at(&file, place, code, message).help(help))
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

    /// All of them, in file order: the campaign's first.
    pub(super) fn sorted(mut self) -> Vec<Problem> {
        for problem in self.list.iter_mut().filter(|problem| problem.length.is_none()) {
            problem.length = problem.place.and_then(|place| self.lengths.get(&place).copied());
        }
        self.list.sort_by_key(|problem| (problem.file != self.file, problem.place));
        let mut list = std::mem::take(&mut self.list);
        for problem in &mut list {
            problem.place = problem.place.map(|place| self.location(place).place);
        }
        list
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
