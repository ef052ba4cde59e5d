//! Text in columns, for people who look at a screen.

use unicode_width::UnicodeWidthStr;

use crate::audience::invisible::harmless;

/// What every screen shows without breaking lines itself.
pub const WIDTH_MAX: usize = 80;

/// Breaks between words where it can, inside a word where it must. Each line is at most `width` columns wide.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    broken(text, width).iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The same with the spaces at the ends of lines, so that no character of the text is lost or added.
pub(super) fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in harmless(text).split_inclusive(' ') {
        for piece in pieces(word, width) {
            let line = lines.last_mut().filter(|line| line.width() + piece.trim_end().width() <= width);
            match line {
                Some(line) => line.push_str(&piece),
                None => lines.push(piece),
            }
        }
    }
    lines
}

fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let mut longer = pieces.last().map_or_else(String::new, String::clone);
        longer.push(c);
        match pieces.last_mut() {
            Some(piece) if longer.trim_end().width() <= width => *piece = longer,
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}
