//! The expressions of one message, rendered at once: to start the engine costs more than most of them do.
//!
//! Each gives the same text as when it is rendered alone. Where one fails, nothing is had of any, and they are rendered
//! alone, so that what is wrong is said of the right one.

use std::ops::Range;

use super::engine::Engines;
use super::row::Row;
use super::scan;

/// Stands between the texts. In none of them: a cell that holds it makes one text too many.
const BETWEEN: char = '\u{1f}';

/// The sources of expressions, in order.
#[derive(Default)]
pub(super) struct Sources {
    source: String,
    count: usize,
}

impl Sources {
    /// Adds a source and says which text it becomes; none for one that might not mean the same beside others.
    pub fn add(&mut self, source: &str) -> Option<usize> {
        if !scan::is_self_contained(source) || source.contains(BETWEEN) {
            return None;
        }
        if self.count > 0 {
            self.source.push(BETWEEN);
        }
        self.source.push_str(source);
        self.count += 1;
        Some(self.count - 1)
    }

    /// Compiles them in the engine of a tier, under this name; none where there are not several.
    pub fn compile(self, name: String, tier: usize, engines: &mut Engines) -> Option<Bundle> {
        if self.count < 2 {
            return None;
        }
        engines.get_mut(tier).add_template_owned(name.clone(), self.source).ok()?;
        Some(Bundle { tier, name, count: self.count })
    }
}

/// Several expressions, compiled.
pub(super) struct Bundle {
    /// Of the engine that they are compiled in.
    tier: usize,
    name: String,
    count: usize,
}

/// What they gave for a row.
pub(super) struct Rendered {
    text: String,
    ranges: Vec<Range<usize>>,
}

impl Bundle {
    /// All texts for a row; none when they cannot be had at once.
    pub fn render(&self, row: &Row<'_>) -> Option<Rendered> {
        // Each prints what it holds already: what they print together needs no cap.
        let text = row.engines.get(self.tier).get_template(&self.name).ok()?.render(row.values()).ok()?;
        let mut ranges = Vec::with_capacity(self.count);
        let mut start = 0;
        for (end, _) in text.match_indices(BETWEEN) {
            ranges.push(start..end);
            start = end + BETWEEN.len_utf8();
        }
        ranges.push(start..text.len());
        (ranges.len() == self.count).then_some(Rendered { text, ranges })
    }
}

impl Rendered {
    /// The text of the source that [`Sources::add`] gave this number.
    pub fn get(&self, number: usize) -> &str {
        &self.text[self.ranges[number].clone()]
    }
}
