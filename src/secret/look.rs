//! Words that look like access tokens, wherever they stand.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

/// How every access token of Meta's begins.
const META: &str = "EAA";

static META_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(META));

/// The words of a line that look like access tokens, as byte ranges. They are ASCII.
///
/// Meta's tokens start with `EAA`; of others the length tells, outside of links, whose signatures are as long.
pub fn token_like(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for chunk in line.split_inclusive([' ', '"', '\'', '\t', ',']) {
        let in_link = chunk.contains("://");
        for word in chunk.split_inclusive(|c: char| !is_word(c)) {
            let token = word.trim_end_matches(|c| !is_word(c));
            if is_token_like(token, in_link) {
                found.push(start..start + token.len());
            }
            start += word.len();
        }
    }
    found
}

/// Where in a line of data an access token of Meta's stands, as a byte. Of other tokens the length would tell, but data
/// may hold long codes of its own.
pub fn meta_token(line: &str) -> Option<usize> {
    META_FINDER.find(line.as_bytes())?;
    token_like(line).into_iter().find(|word| line[word.clone()].starts_with(META)).map(|word| word.start)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn is_token_like(word: &str, in_link: bool) -> bool {
    const META_CHARS_MIN: usize = 30;
    const OTHER_CHARS_MIN: usize = 100;
    let has = |kind: fn(&char) -> bool| word.chars().any(|c| kind(&c));
    let meta = word.starts_with(META) && word.len() >= META_CHARS_MIN;
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    meta || (!in_link && word.len() >= OTHER_CHARS_MIN && mixed)
}
