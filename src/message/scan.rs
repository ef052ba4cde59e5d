//! Where names stand in an expression: columns, filters and tests, with their offsets.
//!
//! The template engine knows which variables a source reads, but not where, nor whether they are guarded, and it finds
//! unknown filters only when it renders. This scan runs on sources that the engine has accepted.

use std::ops::Range;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A variable.
    Variable(Guard),
    /// A filter, after `|`.
    Filter,
    /// A test, after `is`.
    Test,
}

/// What an author does about a variable that may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Nothing.
    None,
    /// `| default(…)` right behind it.
    Default,
    /// `is defined` or `is undefined` right behind it: the author knows.
    Tested,
}

/// A name in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference<'s> {
    pub name: &'s str,
    pub offset: usize,
    pub role: Role,
    /// What stands between the parentheses behind it.
    pub arguments: Vec<Argument<'s>>,
    /// The number that it is compared with as it stands, with nothing done to it first.
    pub compared_with: Option<&'s str>,
}

/// An argument of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Argument<'s> {
    /// Its name, where one is written.
    pub name: Option<&'s str>,
    /// The one token that it is, quotes included; none where it is made by an expression.
    pub token: Option<&'s str>,
    pub offset: usize,
    /// In bytes, its name included.
    pub length: usize,
}

/// What stands between a tag's delimiters.
pub(super) struct Tag<'s> {
    /// Whether it prints a value (`{{ … }}`).
    pub prints: bool,
    /// The whole tag, delimiters included.
    pub range: Range<usize>,
    /// What it says, word by word and sign by sign.
    pub words: Vec<Word<'s>>,
}

/// A word or a sign of a tag.
#[derive(Clone, Copy)]
pub(super) struct Word<'s> {
    /// As it is written, quotes included.
    pub text: &'s str,
    /// The byte of the source where it starts.
    pub offset: usize,
    /// Whether it may be the name of something.
    pub is_name: bool,
}

/// Whether a source holds anything but literal text.
pub(super) fn has_tags(source: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|open| source.contains(open))
}

/// Whether a source prints the same wherever it stands: nothing outside its braces, and nothing that a text beside it
/// could see.
pub(super) fn is_self_contained(source: &str) -> bool {
    let alters_others = ["{%", "{#", "{{-", "{{+", "-}}", "+}}"];
    !alters_others.iter().any(|mark| source.contains(mark)) && !source.ends_with('\n')
}

/// All tags of a source but comments.
pub(super) fn tags(source: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut position = 0;
    while let Some(start) = source[position..].find('{').map(|found| position + found) {
        position = match source.as_bytes().get(start + 1) {
            Some(b'#') => source[start..].find("#}").map_or(source.len(), |end| start + end + 2),
            Some(open @ (b'{' | b'%')) => {
                let (words, end) = words(source, start + 2, if *open == b'{' { "}}" } else { "%}" });
                tags.push(Tag { prints: *open == b'{', range: start..end, words });
                end
            }
            _ => start + 1,
        };
    }
    tags
}

/// The expression inside a source that is one `{{ … }}` and nothing else, with its offset.
pub(super) fn sole_expression(source: &str) -> Option<(usize, &str)> {
    match tags(source).as_slice() {
        [tag] if tag.prints && tag.range == (0..source.len()) => {
            let inner = source.strip_prefix("{{")?.strip_suffix("}}")?;
            let opened = inner.strip_prefix(['-', '+']).unwrap_or(inner);
            Some((2 + inner.len() - opened.len(), opened.strip_suffix(['-', '+']).unwrap_or(opened)))
        }
        _ => None,
    }
}

/// Where a source prints nothing but a number: `{{1}}` is Meta's placeholder, and would be sent as "1".
pub(super) fn placeholder(source: &str) -> Option<(usize, &str)> {
    tags(source).iter().filter(|tag| tag.prints).find_map(|tag| match tag.words.as_slice() {
        [token] if token.text.bytes().all(|byte| byte.is_ascii_digit()) => Some((tag.range.start, token.text)),
        _ => None,
    })
}

/// What stands between a single `{` and the next `}`, with the offset of the brace. For names that were meant to be filled
/// in: a map inside an expression has more than a name between its braces.
pub(super) fn single_braces(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source.match_indices('{').filter_map(|(offset, _)| {
        let doubled = source[..offset].ends_with('{');
        let rest = &source[offset + 1..];
        let end = rest.find(['{', '}']).filter(|end| rest[*end..].starts_with('}'))?;
        let (inner, after) = (&rest[..end], &rest[end + 1..]);
        (!doubled && !after.starts_with('}')).then_some((offset, inner.trim()))
    })
}

/// The names in a source, in order.
pub(super) fn references(source: &str) -> Vec<Reference<'_>> {
    tags(source).iter().flat_map(|tag| tag_references(&tag.words)).collect()
}

fn tag_references<'s>(tokens: &[Word<'s>]) -> Vec<Reference<'s>> {
    let text = |index: Option<usize>| index.and_then(|index| tokens.get(index)).map_or("", |token| token.text);
    let mut references = Vec::new();
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_name) {
        let [before, earlier] = [1, 2].map(|back| text(index.checked_sub(back)));
        let [next, then, last] = [1, 2, 3].map(|ahead| text(Some(index + ahead)));
        let role = match (earlier, before) {
            (_, "|") => Role::Filter,
            (_, "is") if token.text != "not" => Role::Test,
            ("is", "not") => Role::Test,
            (_, ".") => continue,
            _ if next == "=" => continue,
            _ => Role::Variable(guard(next, then, last)),
        };
        let arguments = if next == "(" { arguments(&tokens[index + 2..]) } else { Vec::new() };
        let compared_with = compared_with([earlier, before, next, then]);
        references.push(Reference { name: token.text, offset: token.offset, role, arguments, compared_with });
    }
    references
}

/// The number of `price > 100` and `100 < price`, given what stands around the name.
fn compared_with([earlier, before, next, then]: [&str; 4]) -> Option<&str> {
    let compares = |sign: &str| matches!(sign, "==" | "!=" | "<" | ">" | "<=" | ">=");
    let is_number = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    let behind = Some(then).filter(|number| compares(next) && is_number(number));
    let ahead = Some(earlier).filter(|number| compares(before) && is_number(number));
    behind.or(ahead.filter(|_| !matches!(next, "|" | "." | "[" | "(")))
}

/// The arguments in these tokens, up to the parenthesis that closes them.
fn arguments<'s>(tokens: &[Word<'s>]) -> Vec<Argument<'s>> {
    let mut depth = 0_usize;
    let inside = tokens.iter().position(|token| {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" if depth == 0 => return true,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        false
    });
    let split = |token: &Word<'_>| match token.text {
        "(" | "[" | "{" => {
            depth += 1;
            false
        }
        ")" | "]" | "}" => {
            depth = depth.saturating_sub(1);
            false
        }
        text => text == "," && depth == 0,
    };
    tokens[..inside.unwrap_or(tokens.len())].split(split).filter_map(argument).collect()
}

fn argument<'s>(tokens: &[Word<'s>]) -> Option<Argument<'s>> {
    let (name, value) = match tokens {
        [name, sign, value @ ..] if name.is_name && sign.text == "=" => (Some(name.text), value),
        value => (None, value),
    };
    let token = match value {
        [token] => Some(token.text),
        _ => None,
    };
    let (first, last) = (tokens.first()?, tokens.last()?);
    Some(Argument { name, token, offset: first.offset, length: last.offset + last.text.len() - first.offset })
}

/// The names that a source always prints: it stands in no block, and nothing but filters is done to it, `default` not among
/// them.
pub(super) fn always_printed(source: &str) -> Vec<&str> {
    let tags = tags(source);
    let blocks = || tags.iter().filter(|tag| !tag.prints);
    let within_blocks = match (blocks().next(), blocks().next_back()) {
        (Some(first), Some(last)) => first.range.start..last.range.end,
        _ => 0..0,
    };
    let printing = tags.iter().filter(|tag| tag.prints && !within_blocks.contains(&tag.range.start));
    printing.filter_map(|tag| sole_name(&tag.words)).collect()
}

/// The name in these tokens, where all others are filters of it and their arguments.
fn sole_name<'s>(tokens: &[Word<'s>]) -> Option<&'s str> {
    let bare = tokens.iter().filter(|token| !matches!(token.text, "-" | "+"));
    let mut depth = 0_usize;
    let outside = bare.filter(|token| {
        depth = if token.text == ")" { depth.saturating_sub(1) } else { depth };
        let is_outside = depth == 0 && !matches!(token.text, "(" | ")");
        depth += usize::from(token.text == "(");
        is_outside
    });
    let outside: Vec<_> = outside.collect();
    let (name, filters) = outside.split_first().filter(|(name, _)| name.is_name)?;
    let is_filter = |pair: &[&Word<'_>]| match pair {
        [bar, filter] => bar.text == "|" && !matches!(filter.text, "default" | "d"),
        _ => false,
    };
    filters.chunks(2).all(is_filter).then_some(name.text)
}

/// The source with other names in place of those that are printed as they stand, with nothing done to them.
pub(super) fn renamed(source: &str, rename: impl Fn(&str) -> Option<String>) -> String {
    let mut renamed = String::with_capacity(source.len());
    let mut copied = 0;
    for tag in tags(source).iter().filter(|tag| tag.prints) {
        let names: Vec<_> = tag.words.iter().filter(|token| !matches!(token.text, "-" | "+")).collect();
        if let [token] = names.as_slice()
            && let Some(name) = rename(token.text)
        {
            renamed.push_str(&source[copied..token.offset]);
            renamed.push_str(&name);
            copied = token.offset + token.text.len();
        }
    }
    renamed.push_str(&source[copied..]);
    renamed
}

fn guard(next: &str, then: &str, last: &str) -> Guard {
    match (next, then, last) {
        ("|", "default" | "d", _) => Guard::Default,
        ("is", "defined" | "undefined", _) | ("is", "not", "defined" | "undefined") => Guard::Tested,
        _ => Guard::None,
    }
}

/// The tokens from `start` up to `close`, and where the tag ends.
fn words<'s>(source: &'s str, start: usize, close: &str) -> (Vec<Word<'s>>, usize) {
    let mut tokens = Vec::new();
    let mut braces = 0_usize;
    let mut position = start;
    while let Some(first) = source[position..].chars().next() {
        if braces == 0 && source[position..].starts_with(close) {
            return (tokens, position + close.len());
        }
        match first {
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            _ => {}
        }
        let length = token_length(&source[position..], first);
        let text = &source[position..position + length];
        let is_name = first.is_alphabetic() || first == '_';
        if !first.is_whitespace() {
            tokens.push(Word { text, offset: position, is_name });
        }
        position += length;
    }
    (tokens, source.len())
}

fn token_length(rest: &str, first: char) -> usize {
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    match first {
        '"' | '\'' => string_length(rest, first),
        '0'..='9' => run(|c| c.is_alphanumeric() || c == '_' || c == '.'),
        '|' | '=' | '!' | '<' | '>' if rest[1..].starts_with(['=', '|']) => 2,
        _ if first.is_alphabetic() || first == '_' => run(|c| c.is_alphanumeric() || c == '_'),
        _ => first.len_utf8(),
    }
}

fn string_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return index + 1,
            _ => {}
        }
    }
    rest.len()
}
