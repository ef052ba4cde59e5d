//! Capitals at the beginning of names, and texts cut short.

use unicode_segmentation::UnicodeSegmentation;

/// Each word with a capital, and the rest small: `MARIA-JOSÉ` and `maria-josé` are `Maria-José`, `o'neill` is `O'Neill`.
///
/// A word that mixes capitals and small letters by itself stays so: `McDonald`. With `dotted`, the capital of `i` is `İ`.
pub(super) fn titled(text: &str, dotted: bool) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_alphabetic() && !is_mark(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        titled.push_str(&titled_word(word, dotted, follows_letters(text, rest)));
        let separator = behind.chars().next().map_or(0, char::len_utf8);
        titled.push_str(&behind[..separator]);
        rest = &behind[separator..];
    }
    titled
}

/// Signs that belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

/// Whether what comes before is a digit, or an apostrophe behind more than one letter: `2nd` and `it's`, not `o'neill`.
fn follows_letters(text: &str, rest: &str) -> bool {
    let before = &text[..text.len() - rest.len()];
    if before.ends_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let Some(word) = before.strip_suffix(['\'', '’']) else { return false };
    word.chars().rev().take_while(|c| c.is_alphabetic()).count() > 1
}

fn titled_word(word: &str, dotted: bool, inside: bool) -> String {
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mixed = first.is_uppercase() && chars.clone().any(char::is_lowercase) && chars.clone().any(char::is_uppercase);
    if mixed {
        return word.to_owned();
    }
    if word.is_ascii() && !dotted {
        let mut titled = word.to_ascii_lowercase();
        if !inside {
            titled[..1].make_ascii_uppercase();
        }
        return titled;
    }
    if inside {
        return lowered(word, dotted);
    }
    let capital = if dotted && first == 'i' { "İ".to_owned() } else { first.to_uppercase().collect() };
    // As one text: whether a Greek sigma is the last letter shows only there.
    capital + &lowered(word, dotted)[lowered(&word[..first.len_utf8()], dotted).len()..]
}

fn lowered(text: &str, dotted: bool) -> String {
    if dotted { text.replace('I', "ı").replace('İ', "i").to_lowercase() } else { text.to_lowercase() }
}

/// The text, or as much of it as makes `most` characters together with `…`. Counts what people see as one character.
pub(super) fn truncated(text: &str, most: usize) -> String {
    let Some((cut, _)) = text.grapheme_indices(true).nth(most) else { return text.to_owned() };
    let kept = text[..cut].graphemes(true).next_back().map_or(cut, |last| cut - last.len());
    format!("{}…", text[..kept].trim_end())
}
