//! What is no mistake for certain, and yet worth a look before many people read it: a stand-in for an empty cell, letters that
//! an encoding garbled, another program's placeholder.
//!
//! What can be nothing but a mistake is a [`rule`](super::rule)'s to refuse. A message whose text is in order costs a look at
//! each of its bytes, and nothing else.

use super::rule::MISSING;

/// Something odd about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What it is.
    pub kind: Kind,
    /// Where it comes from: a column of the recipients file, where it is one, else a part of the message.
    pub place: String,
}

impl Oddity {
    /// In words: ``column `first_name` holds `#N/A` ``.
    pub fn words(&self) -> String {
        format!("{} {}", self.place, self.kind.words())
    }
}

/// What is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The cell is empty, and something else is said in its place.
    StandIn,
    /// A word that spreadsheets and programs write where something is missing, amidst others.
    Missing(&'static str),
    /// Letters of one encoding that were read as those of another.
    Garbled,
    /// HTML, which phones show as it stands.
    Html,
    /// A placeholder of another program, never filled in.
    Placeholder,
    /// A long number that a spreadsheet shortened.
    Figure,
    /// An e-mail address and nothing else.
    Email,
    /// Neither a letter nor a digit.
    Wordless,
}

impl Kind {
    /// A stable short name, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::StandIn => "stand-in",
            Self::Missing(_) => "missing-word",
            Self::Garbled => "garbled-letters",
            Self::Html => "html",
            Self::Placeholder => "other-placeholder",
            Self::Figure => "shortened-number",
            Self::Email => "email-address",
            Self::Wordless => "no-words",
        }
    }

    fn words(self) -> String {
        let words = match self {
            Self::StandIn => "is empty, so something else is said",
            Self::Missing(word) => return format!("holds `{word}`, which stands for something missing"),
            Self::Garbled => "holds garbled letters, such as `Ã©` for `é`",
            Self::Html => "holds HTML, such as `&amp;` or `<br>`, which phones show as it stands",
            Self::Placeholder => "holds another program's placeholder, such as `[[name]]` or `%NAME%`",
            Self::Figure => "holds a number that a spreadsheet shortened, such as `5.5E+12`",
            Self::Email => "is an e-mail address",
            Self::Wordless => "has neither a letter nor a digit",
        };
        words.to_owned()
    }
}

/// What is odd about a text that a person reads; what is worst, where it is several things.
pub(super) fn of_words(text: &str) -> Option<Kind> {
    let marks = marks(text);
    if marks == 0 {
        return wordless(text);
    }
    let has = |mark: u8| marks & mark != 0;
    let missing = has(WORD | HASH | SLASH | BRACKET).then(|| missing(text)).flatten();
    missing
        .or_else(|| (has(FOREIGN) && is_garbled(text)).then_some(Kind::Garbled))
        .or_else(|| (has(BRACKET) && is_placeholder(text)).then_some(Kind::Placeholder))
        .or_else(|| (has(MARKUP) && is_html(text)).then_some(Kind::Html))
        .or_else(|| (has(SIGN) && is_figure(text)).then_some(Kind::Figure))
        .or_else(|| (has(SIGN) && is_email(text)).then_some(Kind::Email))
        .or_else(|| wordless(text))
}

/// What is odd about a link or a code, where almost every sign may be meant.
pub(super) fn of_link(text: &str) -> Option<Kind> {
    let marks = marks(text);
    let has = |mark: u8| marks & mark != 0;
    (has(WORD | HASH | SLASH | BRACKET).then(|| missing(text)).flatten())
        .or_else(|| (has(FOREIGN) && is_garbled(text)).then_some(Kind::Garbled))
        .or_else(|| (has(MARKUP) && text.contains("&amp;")).then_some(Kind::Html))
        .or_else(|| (has(SIGN) && is_figure(text)).then_some(Kind::Figure))
}

/// An `n` or `N`: something missing may be said by a word.
const WORD: u8 = 1;
const HASH: u8 = 2;
const SLASH: u8 = 4;
/// The first byte of a letter that garbled text begins with.
const FOREIGN: u8 = 8;
const BRACKET: u8 = 16;
const MARKUP: u8 = 32;
const SIGN: u8 = 64;

const fn mark(byte: u8) -> u8 {
    match byte {
        b'n' | b'N' => WORD,
        b'#' => HASH,
        b'/' => SLASH,
        0xc3 | 0xef => FOREIGN,
        b'[' | b'{' | b'%' | b'|' => BRACKET,
        b'&' => MARKUP,
        b'<' => MARKUP | BRACKET,
        b'+' | b'@' => SIGN,
        _ => 0,
    }
}

/// What each byte may be a sign of.
const MARKS: [u8; 256] = {
    let mut marks = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        marks[byte] = mark(byte as u8);
        byte += 1;
    }
    marks
};

fn marks(text: &str) -> u8 {
    text.bytes().fold(0, |marks, byte| marks | MARKS[usize::from(byte)])
}

/// Words for something missing that are no words of a language; `null` is one in German, and `None` in English.
const AMIDST_OTHERS: &[&str] = &["NULL", "NaN", "undefined", "N/A", "n/a", "(null)", "[object Object]"];

fn missing(text: &str) -> Option<Kind> {
    // All errors of spreadsheets begin with this sign.
    let errors: &[&str] = if text.contains('#') { MISSING } else { &[] };
    let errors = errors.iter().filter(|word| word.starts_with('#'));
    let amidst_others = AMIDST_OTHERS.iter().filter(|word| stands_in(text.as_bytes(), word.as_bytes()));
    let word = errors.chain(amidst_others).find(|word| stands_alone(text, word))?;
    Some(Kind::Missing(word))
}

/// Whether a short word stands in a text: soon known where its first letters do not, which a search prepares longer for.
fn stands_in(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part[0] == word[0] && part == word)
}

/// Whether a word stands in a text, and not amidst other letters.
fn stands_alone(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// UTF-8 that was read as Windows-1252, letter by letter; and the sign for what could not be read.
fn is_garbled(text: &str) -> bool {
    const ALWAYS: [&str; 6] = ["\u{fffd}", "â€", "ðŸ", "ï»", "ã‚", "ãƒ"];
    if ALWAYS.iter().any(|pair| text.contains(pair)) {
        return true;
    }
    let mut rest = text.chars();
    while let Some(first) = rest.next() {
        let mut next = rest.clone();
        if let ('Â' | 'Ã' | 'Ð' | 'Ñ' | 'Ø' | 'Ù', Some(second)) = (first, next.next())
            && is_second_half(first, second, next.next())
        {
            return true;
        }
    }
    false
}

/// Whether a sign is what Windows-1252 makes of the second byte of a letter, and not one that follows a capital in ordinary
/// text: quotes, dashes and spaces do, at the end of a word.
fn is_second_half(first: char, second: char, third: Option<char>) -> bool {
    match second {
        // `AMANHÃ !` is Portuguese; `voilÃ  la` was French.
        '\u{a0}' => first == 'Â' || first == 'Ã' && !third.is_some_and(|third| "!?:;»".contains(third)),
        '»' | '’' | '”' | '“' | '‘' | '–' | '—' | '…' | '›' | '™' | '•' | '·' => {
            third.is_some_and(char::is_lowercase)
        }
        '\u{a1}'..='\u{bf}' => true,
        '€' | '‚' | 'ƒ' | '„' | '†' | '‡' | 'ˆ' | '‰' | 'Š' | '‹' | 'Œ' | 'Ž' | '˜' | 'š' | 'œ' | 'ž' | 'Ÿ' => {
            true
        }
        _ => false,
    }
}

/// Elements that texts are copied with.
const ELEMENTS: &[&str] =
    &["a", "b", "br", "div", "em", "font", "i", "img", "li", "p", "script", "span", "strong", "u", "ul"];

fn is_html(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| is_entity(&text[at + 1..]))
        || text.match_indices('<').any(|(at, _)| is_element(&text[at + 1..]))
}

fn is_entity(rest: &str) -> bool {
    const LONGEST: usize = 8;
    let Some((name, _)) = rest.split_once(';') else { return false };
    match name.strip_prefix('#') {
        Some(number) => {
            !number.is_empty()
                && number.len() <= LONGEST
                && number.bytes().all(|it| it.is_ascii_hexdigit() || it == b'x')
        }
        None => (2..=LONGEST).contains(&name.len()) && name.bytes().all(|it| it.is_ascii_alphabetic()),
    }
}

fn is_element(rest: &str) -> bool {
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let closes = rest[end..].starts_with(['>', ' ', '/']);
    closes && ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(&rest[..end]))
}

/// How mail programs and shops write what they fill in: `[[name]]`, `*|NAME|*`, `%NAME%`, `{name}`, `${name}`, `<<name>>`.
fn is_placeholder(text: &str) -> bool {
    const ENDS: [(&str, &str); 5] = [("[[", "]]"), ("*|", "|*"), ("%", "%"), ("{", "}"), ("<<", ">>")];
    ENDS.iter().any(|(open, close)| {
        text.match_indices(open).any(|(at, _)| {
            let rest = &text[at + open.len()..];
            rest.find(close).is_some_and(|end| is_variable(&rest[..end]))
        })
    })
}

/// Names such as `FNAME`, `first_name` and `customer.name`.
fn is_variable(name: &str) -> bool {
    const LONGEST: usize = 40;
    let name = name.trim();
    (3..=LONGEST).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b'-'))
}

/// A digit, `E+` and at least two digits.
fn is_figure(text: &str) -> bool {
    text.match_indices("E+").chain(text.match_indices("e+")).any(|(at, _)| {
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + 2..]);
        is_digit(before.last()) && is_digit(after.first()) && is_digit(after.get(1))
    })
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.trim().split_once('@') else { return false };
    let is_word = |word: &str| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c == '@');
    is_word(name) && is_word(host) && host.split_once('.').is_some_and(|(_, end)| !end.is_empty())
}

/// Signs that stand where nothing was known, such as `-` and `???`. Pictures say something.
fn wordless(text: &str) -> Option<Kind> {
    let says_nothing = |c: char| c.is_ascii_punctuation() || c.is_whitespace() || matches!(c, '–' | '—' | '…');
    text.chars().all(says_nothing).then_some(Kind::Wordless)
}
