//! Where in the file each character of a text stands: YAML folds lines, drops indentation and reads escapes.

use saphyr_parser::ScalarStyle;

use crate::problem::Place;

/// Where the file does not go on as the text does: bytes of the text, each with its place.
///
/// `raw` is the file from the text's first character on, which stands at `at`.
pub(super) fn turns(text: &str, raw: &[char], at: Place, style: ScalarStyle) -> Vec<(usize, Place)> {
    let mut raw = Raw { chars: raw, at, style };
    let mut turns = Vec::new();
    let mut expected = at;
    for (offset, c) in text.char_indices() {
        if !c.is_whitespace() {
            raw.skip_space();
        }
        if raw.at != expected {
            turns.push((offset, raw.at));
        }
        expected = Place { column: raw.at.column + 1, ..raw.at };
        if !raw.take(c) {
            // Nothing is known from here on; the nearest place has to do.
            break;
        }
    }
    turns
}

/// The rest of the file, and where it stands.
struct Raw<'r> {
    chars: &'r [char],
    at: Place,
    style: ScalarStyle,
}

impl Raw<'_> {
    /// White space at the start of a line and line breaks; the text has none of it, or one space.
    fn skip_space(&mut self) {
        loop {
            match self.chars {
                [c, ..] if c.is_whitespace() => self.advance(1),
                ['\\', '\n' | '\r', ..] if self.style == ScalarStyle::DoubleQuoted => self.advance(1),
                _ => return,
            }
        }
    }

    /// Goes over what makes this character in the text; false when it is not there.
    fn take(&mut self, c: char) -> bool {
        match self.chars {
            ['\\', kind, ..] if self.style == ScalarStyle::DoubleQuoted => self.advance(escape_length(*kind)),
            ['\'', '\'', ..] if self.style == ScalarStyle::SingleQuoted && c == '\'' => self.advance(2),
            [first, ..] if *first == c || (c.is_whitespace() && first.is_whitespace()) => self.advance(1),
            // A line break that was folded away by an escape or an empty line.
            _ => return c.is_whitespace(),
        }
        true
    }

    fn advance(&mut self, count: usize) {
        let (gone, rest) = self.chars.split_at(count.min(self.chars.len()));
        for c in gone {
            self.at = match c {
                '\n' => Place { line: self.at.line + 1, column: 1 },
                _ => Place { column: self.at.column + 1, ..self.at },
            };
        }
        self.chars = rest;
    }
}

/// The characters of an escape, the backslash included.
fn escape_length(kind: char) -> usize {
    match kind {
        'x' => 4,
        'u' => 6,
        'U' => 10,
        _ => 2,
    }
}
