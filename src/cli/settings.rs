//! What holds for a campaign and where each value comes from, for people and for programs.

use std::path::Path;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::campaign::{Origin, Setting};
use crate::message::wrap::{WIDTH_MAX, wrapped};
use crate::problem::Location;

/// What stands where there is no value.
const NONE: &str = "none";

/// What stands where nobody says otherwise.
const BUILT_IN: &str = "built in";

/// Between two columns.
const GAP: usize = 2;

/// Values are not squeezed below this, however long the names around them are.
const VALUE_WIDTH_MIN: usize = 10;

/// In three columns: the key, its value, and the line that says so.
pub fn columns(settings: &[Setting]) -> Vec<String> {
    let rows: Vec<[String; 3]> = settings.iter().map(|it| [it.key.clone(), value(it), origin(&it.origin)]).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
    let (keys, origins) = (width(0), width(2));
    let room = WIDTH_MAX.saturating_sub(GAP + keys + GAP + GAP + origins);
    let values = width(1).min(room.max(VALUE_WIDTH_MIN));
    let line = |key: &str, value: &str, origin: &str| {
        let padded =
            |text: &str, width: usize| format!("{text}{}", " ".repeat((width + GAP).saturating_sub(text.width())));
        format!("{}{}{}{origin}", " ".repeat(GAP), padded(key, keys), padded(value, values)).trim_end().to_owned()
    };
    let lines = |[key, value, origin]: &[String; 3]| {
        let parts = wrapped(value, values);
        let names = [(key.as_str(), origin.as_str())].into_iter().chain(std::iter::repeat(("", "")));
        parts.iter().zip(names).map(|(part, (key, origin))| line(key, part, origin)).collect::<Vec<_>>()
    };
    rows.iter().flat_map(lines).collect()
}

fn value(setting: &Setting) -> String {
    setting.value.clone().unwrap_or_else(|| NONE.to_owned())
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Campaign(Location { file, place }) | Origin::Defaults(Location { file, place }) => {
            let name = file.file_name().unwrap_or(file.as_os_str());
            format!("{}:{}", Path::new(name).display(), place.line)
        }
        Origin::BuiltIn => BUILT_IN.to_owned(),
    }
}

/// A value, and where it comes from.
#[derive(Serialize)]
pub struct SettingTold<'s> {
    key: &'s str,
    value: Option<&'s str>,
    /// `campaign`, `defaults` or `built-in`.
    origin: &'static str,
    file: Option<String>,
    line: Option<u64>,
}

/// The same for programs.
pub fn told(settings: &[Setting]) -> Vec<SettingTold<'_>> {
    settings.iter().map(SettingTold::of).collect()
}

impl<'s> SettingTold<'s> {
    fn of(Setting { key, value, origin }: &'s Setting) -> Self {
        let (origin, location) = match origin {
            Origin::Campaign(location) => ("campaign", Some(location)),
            Origin::Defaults(location) => ("defaults", Some(location)),
            Origin::BuiltIn => ("built-in", None),
        };
        let file = location.map(|location| location.file.display().to_string());
        Self { key, value: value.as_deref(), origin, file, line: location.map(|location| location.place.line) }
    }
}
