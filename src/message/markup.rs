//! The marks that WhatsApp reads in a body: `*bold*`, `_italic_`, `~struck through~` and three backticks for code.
//!
//! Source: WhatsApp's help page on formatting, and what its apps do. A mark opens at the start of a word and closes at the
//! end of one, on the same line; code may go over lines, and nothing is read inside it. Marks that a recipient's cell
//! brings count as those of the template: that is what a phone does, so that is what is shown.

use super::chat::{Origin, Span, Style};

const FENCE: [char; 3] = ['`'; 3];

/// A character with all that is known of it.
struct Sign {
    char: char,
    origin: Origin,
    style: Style,
    is_mark: bool,
}

/// Texts, one after another, with their marks read.
pub(super) fn spans(pieces: Vec<(String, Origin)>) -> Vec<Span> {
    let mut signs = signs(pieces);
    read(&mut signs, Style::default(), None);
    merged(&signs)
}

/// Texts, one after another, where marks mean nothing.
pub(super) fn as_written(pieces: Vec<(String, Origin)>) -> Vec<Span> {
    merged(&signs(pieces))
}

fn signs(pieces: Vec<(String, Origin)>) -> Vec<Sign> {
    let sign = |char, origin| Sign { char, origin, style: Style::default(), is_mark: false };
    pieces.iter().flat_map(|(text, origin)| text.chars().map(|char| sign(char, *origin))).collect()
}

/// Reads the marks of signs that stand within `style`. `after` is what follows them.
fn read(signs: &mut [Sign], style: Style, after: Option<char>) {
    let mut at = 0;
    while at < signs.len() {
        let before = at.checked_sub(1).map(|before| signs[before].char);
        if let Some(close) = fence_end(signs, at) {
            mark(&mut signs[at..at + FENCE.len()], style);
            signs[at + FENCE.len()..close].iter_mut().for_each(|sign| sign.style = Style { code: true, ..style });
            mark(&mut signs[close..close + FENCE.len()], style);
            at = close + FENCE.len();
        } else if let Some(inner) = styled(style, signs[at].char)
            && let Some(close) = end(signs, at, before, after)
        {
            mark(&mut signs[at..=at], style);
            let mark_char = signs[close].char;
            read(&mut signs[at + 1..close], inner, Some(mark_char));
            mark(&mut signs[close..=close], style);
            at = close + 1;
        } else {
            signs[at].style = style;
            at += 1;
        }
    }
}

fn mark(signs: &mut [Sign], style: Style) {
    for sign in signs {
        (sign.is_mark, sign.style) = (true, style);
    }
}

/// The style that a mark adds; none where it is no mark, or the style is there already.
fn styled(style: Style, mark: char) -> Option<Style> {
    let inner = match mark {
        '*' => Style { bold: true, ..style },
        '_' => Style { italic: true, ..style },
        '~' => Style { strike: true, ..style },
        _ => return None,
    };
    (inner != style).then_some(inner)
}

/// Where the code that opens here ends.
fn fence_end(signs: &[Sign], open: usize) -> Option<usize> {
    let is_fence = |at: usize| signs.get(at..at + FENCE.len()).is_some_and(|it| it.iter().all(|it| it.char == '`'));
    let from = open + FENCE.len();
    let close = is_fence(open).then(|| (from + 1..signs.len()).find(|at| is_fence(*at))).flatten()?;
    signs[from..close].iter().any(|sign| !sign.char.is_whitespace()).then_some(close)
}

/// Where the mark that opens here closes.
fn end(signs: &[Sign], open: usize, before: Option<char>, after: Option<char>) -> Option<usize> {
    let mark = signs[open].char;
    let opens = |next: char| !next.is_whitespace() && next != mark;
    if before.is_some_and(char::is_alphanumeric) || !signs.get(open + 1).is_some_and(|next| opens(next.char)) {
        return None;
    }
    let line = signs[open + 1..].iter().take_while(|sign| sign.char != '\n').count();
    (open + 2..open + 1 + line).find(|&at| {
        let next = signs.get(at + 1).map(|next| next.char).or(after);
        signs[at].char == mark
            && !signs[at - 1].char.is_whitespace()
            && !next.is_some_and(|next| next.is_alphanumeric() || next == mark)
    })
}

fn merged(signs: &[Sign]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for Sign { char, origin, style, is_mark } in signs {
        match spans.last_mut() {
            Some(span) if (span.origin, span.style, span.is_mark) == (*origin, *style, *is_mark) => {
                span.text.push(*char)
            }
            _ => spans.push(Span { text: char.to_string(), style: *style, origin: *origin, is_mark: *is_mark }),
        }
    }
    spans
}
