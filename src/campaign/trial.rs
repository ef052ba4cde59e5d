//! The author's own tests: rows, and what should come of each.

use crate::problem::Place;

/// A row of the author's own, and what should come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Where it stands in the campaign file.
    pub at: Place,
    /// Its cells: column, cell, and the column's place.
    pub row: Vec<(String, String, Place)>,
    /// What should come of it.
    pub expect: Vec<Expected>,
}

/// One thing that should come of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What is looked at.
    pub wanted: Wanted,
    /// What it should be; of a row that is turned away, words from the reason.
    pub value: String,
    /// Where that stands in the campaign file.
    pub at: Place,
}

/// What a test looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The template's name.
    Template,
    /// The language's code.
    Language,
    /// The header's text or media.
    Header,
    /// A body parameter, by its number from 1.
    BodyNumber(usize),
    /// A body parameter, by its name.
    BodyName(String),
    /// A button, by its position from 0.
    Button(u64),
    /// That the row becomes no message.
    TurnedAway,
}

impl Wanted {
    /// What people call it.
    pub fn words(&self) -> String {
        match self {
            Self::Template => "template".to_owned(),
            Self::Language => "language".to_owned(),
            Self::Header => "header".to_owned(),
            Self::BodyNumber(number) => format!("body parameter {number}"),
            Self::BodyName(name) => format!("body parameter `{name}`"),
            Self::Button(position) => format!("button {position}"),
            Self::TurnedAway => "reason".to_owned(),
        }
    }
}
