//! What a template's text leaves open: `{{1}}` or `{{first_name}}`.

/// A gap in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder<'t> {
    /// Filled by position, counted from 1.
    Number(u32),
    /// Filled by name.
    Name(&'t str),
}

/// A text between gaps, or a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Fixed text.
    Text(&'t str),
    /// A gap.
    Placeholder(Placeholder<'t>),
}

/// Cuts a text at its gaps. Nothing is lost: what looks like half a gap, or holds anything but letters, digits and `_`,
/// is text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut fixed, mut from) = (0, 0);
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        let inner = open + 2;
        let gap = text[inner..].find("}}").map(|at| inner + at).zip(
            // Of `{{{1}}` the last two count.
            (!text[inner..].starts_with('{')).then_some(()),
        );
        match gap.and_then(|(close, ())| Some((close, placeholder(&text[inner..close])?))) {
            Some((close, placeholder)) => {
                if fixed < open {
                    pieces.push(Piece::Text(&text[fixed..open]));
                }
                pieces.push(Piece::Placeholder(placeholder));
                (fixed, from) = (close + 2, close + 2);
            }
            None => from = open + 1,
        }
    }
    if fixed < text.len() {
        pieces.push(Piece::Text(&text[fixed..]));
    }
    pieces
}

/// The gaps of a text in the order in which they come first, each once.
pub fn placeholders(text: &str) -> Vec<Placeholder<'_>> {
    let mut found = Vec::new();
    for piece in pieces(text) {
        if let Piece::Placeholder(placeholder) = piece
            && !found.contains(&placeholder)
        {
            found.push(placeholder);
        }
    }
    found
}

fn placeholder(inner: &str) -> Option<Placeholder<'_>> {
    let name = inner.trim();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(legal) {
        return None;
    }
    Some(name.parse().map_or(Placeholder::Name(name), Placeholder::Number))
}
