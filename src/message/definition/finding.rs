//! What was found in one language or another, each said once.

use std::path::Path;

use crate::problem::{Place, Problem};

/// What is wrong, and in which languages.
struct Finding {
    place: Place,
    code: &'static str,
    message: String,
    help: String,
    /// None where the message says it.
    languages: Option<Vec<String>>,
}

/// What is wrong with an entry of `templates`, in all its languages.
pub(super) struct Findings<'e> {
    file: &'e Path,
    all: &'e [String],
    language: String,
    found: Vec<Finding>,
}

impl<'e> Findings<'e> {
    pub fn new(file: &'e Path, languages: &'e [String]) -> Self {
        Self { file, all: languages, language: String::new(), found: Vec::new() }
    }

    /// What is added from now on is of this language.
    pub fn begin(&mut self, language: &str) {
        language.clone_into(&mut self.language);
    }

    /// Something that is said of one language, or of all, by its own words.
    pub fn alone(&mut self, place: Place, code: &'static str, message: String, help: String) {
        self.found.push(Finding { place, code, message, help, languages: None });
    }

    /// Something that other languages may share.
    pub fn add(&mut self, place: Place, code: &'static str, message: String, help: String) {
        let language = self.language.clone();
        let same = |known: &&mut Finding| {
            (known.place, known.code) == (place, code) && known.message == message && known.help == help
        };
        match self.found.iter_mut().find(same) {
            Some(Finding { languages: Some(languages), .. }) if languages.contains(&language) => {}
            Some(Finding { languages: Some(languages), .. }) => languages.push(language),
            _ => self.found.push(Finding { place, code, message, help, languages: Some(vec![language]) }),
        }
    }

    /// Where a finding does not hold for all languages, it says for which: mended for them, it would not fit the others.
    pub fn into_problems(self) -> impl Iterator<Item = Problem> {
        self.found.into_iter().map(move |Finding { place, code, message, help, languages }| {
            let (message, help) = match languages {
                Some(languages) if languages.len() < self.all.len() => {
                    let codes: Vec<&str> = languages.iter().map(String::as_str).collect();
                    let help = format!("{help}; in an entry of its own, for the templates differ by language");
                    (format!("in {}, {message}", listed(&codes)), help)
                }
                _ => (message, help),
            };
            Problem::at(self.file, place, code, message).help(help)
        })
    }
}

/// Words in a line: `` `a`, `b` and `c` ``.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
