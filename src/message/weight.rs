//! What the engine cannot bound: judged by the words of a text, before it is compiled.
//!
//! Fuel pays for what an expression makes, when it is made. A list may be made of nothing, by `*` or `+` or by its own name
//! written twice, and be printed, joined or compared all at once; and what is chained far takes the stack of the compiler.
//! Nobody needs either in the few words of a parameter.

use std::collections::HashSet;

use super::scan::{Tag, Word, tags};

/// What is wrong with a text: the byte where, what, and what to do.
pub(super) type Excess = (usize, String, &'static str);

/// Words and signs of one tag. A compiler goes into each operator of a chain from the one behind it.
const WORDS_MAX: usize = 400;

/// Branches of one text, for the same reason.
const BRANCHES_MAX: usize = 100;

/// Names in brackets, counted as often as names made of names repeat them.
const NAMES_MAX: usize = 32;

/// Filters that give a number.
const NUMERIC: &[&str] = &["abs", "count", "float", "int", "length", "round"];

/// Filters that give a list, or may.
const LISTING: &[&str] = &[
    "attr",
    "batch",
    "chain",
    "default",
    "d",
    "dictsort",
    "first",
    "groupby",
    "items",
    "last",
    "lines",
    "list",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "reverse",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "sum",
    "unique",
    "zip",
];

const KEYWORDS: &[&str] = &[
    "and", "else", "elif", "false", "for", "if", "in", "is", "none", "not", "or", "set", "true", "with", "False",
    "None", "True",
];

/// Why a text may take more than fuel pays for, if it may.
pub(super) fn excess(source: &str) -> Option<Excess> {
    let tags = tags(source);
    too_long(&tags).or_else(|| endless(&tags)).or_else(|| {
        let bound = bound(&tags);
        let lists = tags.iter().any(|tag| makes_lists(&tag.words));
        lists.then(|| grown(&tags, &bound).or_else(|| repeated(&tags, &bound))).flatten()
    })
}

fn too_long(tags: &[Tag<'_>]) -> Option<Excess> {
    let help = "say it in several shorter ones, or put what it makes into a column";
    if let Some(word) = tags.iter().find_map(|tag| tag.words.get(WORDS_MAX)) {
        return Some((word.offset, format!("this expression goes on for more than {WORDS_MAX} words and signs"), help));
    }
    let mut branches = tags.iter().filter_map(|tag| tag.words.first()).filter(|word| word.text == "elif");
    let branch = branches.nth(BRANCHES_MAX)?;
    Some((branch.offset, format!("this text has more than {BRANCHES_MAX} branches"), help))
}

/// Loops that call themselves, the comparison of whatever a loop had last, and text in which other signs begin and end what
/// the engine reads than those that are looked at here.
fn endless(tags: &[Tag<'_>]) -> Option<Excess> {
    let odd = |tag: &Tag<'_>, index: usize| match tag.words[index].text {
        "recursive" => tag.words.first().is_some_and(|first| first.text == "for"),
        "raw" => !tag.prints && tag.words[..index].iter().all(|word| !word.is_name),
        "changed" => index > 0 && tag.words[index - 1].text == ".",
        _ => false,
    };
    let found = tags.iter().find_map(|tag| (0..tag.words.len()).find(|index| odd(tag, *index)).map(|it| tag.words[it]));
    found.map(|word| (word.offset, format!("`{}` does not work here", word.text), "write it without that"))
}

/// The names that a text gives to values of its own.
fn bound<'s>(tags: &[Tag<'s>]) -> HashSet<&'s str> {
    tags.iter().filter_map(binding).flatten().filter(|word| word.is_name).map(|word| word.text).collect()
}

/// What stands before `=` or `in` where a tag gives names to values. In `with`, each name may have its own sign: what stands
/// in the whole tag counts.
fn binding<'t, 's>(tag: &'t Tag<'s>) -> Option<&'t [Word<'s>]> {
    let keyword = tag.words.iter().position(|word| word.is_name).filter(|_| !tag.prints)?;
    match tag.words[keyword].text {
        "with" => Some(&tag.words[keyword + 1..]),
        "set" | "for" => {
            let names = &tag.words[keyword + 1..];
            let end = names.iter().position(|word| matches!(word.text, "=" | "in")).unwrap_or(names.len());
            Some(&names[..end])
        }
        _ => None,
    }
}

/// Whether lists or maps may come of a tag. A comma outside of a call makes a list, too.
fn makes_lists(words: &[Word<'_>]) -> bool {
    let mut calls = Vec::new();
    words.iter().enumerate().any(|(index, word)| {
        let before = index.checked_sub(1).map(|before| words[before]);
        match word.text {
            "(" => calls.push(before.is_some_and(|before| before.is_name && !KEYWORDS.contains(&before.text))),
            ")" => drop(calls.pop()),
            "," => return calls.last() != Some(&true),
            "[" | "{" | "range" => return true,
            name => return before.is_some_and(|before| before.text == "|") && LISTING.contains(&name),
        }
        false
    })
}

/// A `*` or `+` whose operands may be lists.
fn grown(tags: &[Tag<'_>], bound: &HashSet<&str>) -> Option<Excess> {
    let found = tags.iter().find_map(|Tag { words, .. }| {
        let operators = (1..words.len().saturating_sub(1)).filter(|index| matches!(words[*index].text, "*" | "+"));
        let mut lists = operators.filter(|&index| {
            let is_power = words[index - 1].text == "*" || words[index + 1].text == "*";
            !(is_power || ends_plain(&words[..index], bound) && begins_plain(&words[index + 1..], bound))
        });
        lists.next().map(|index| words[index])
    })?;
    let message = format!("what stands beside `{}` may be a list", found.text);
    Some((found.offset, message, "write `| int` or `| float` behind each of the two; to put texts together, write `~`"))
}

/// Whether an operand can only be a number or a text, given the words up to its end.
fn ends_plain(words: &[Word<'_>], bound: &HashSet<&str>) -> bool {
    let Some((last, rest)) = words.split_last() else { return false };
    let before = rest.last().map_or("", |word| word.text);
    match last.text {
        _ if is_literal(last) => before != ".",
        ")" => opening(rest).is_some_and(|open| ends_plain(&rest[..open], &HashSet::new()) && is_filter(&rest[..open])),
        name if before == "|" => NUMERIC.contains(&name),
        name => last.is_name && before != "." && !bound.contains(name) && !KEYWORDS.contains(&name),
    }
}

/// Whether these words end with a filter's name.
fn is_filter(words: &[Word<'_>]) -> bool {
    words.len() > 1 && words[words.len() - 2].text == "|"
}

/// Where the parenthesis opens that is closed behind these words.
fn opening(words: &[Word<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    words.iter().rposition(|word| {
        match word.text {
            ")" => depth += 1,
            "(" if depth == 0 => return true,
            "(" => depth -= 1,
            _ => {}
        }
        false
    })
}

/// The same, given the words from its beginning.
fn begins_plain(words: &[Word<'_>], bound: &HashSet<&str>) -> bool {
    let text = |index: usize| words.get(index).map_or("", |word| word.text);
    let goes_on = |index: usize| matches!(text(index), "|" | "." | "[" | "(");
    let is_numeric = text(1) == "|" && NUMERIC.contains(&text(2)) && !goes_on(3);
    let is_plain = |word: &Word<'_>| is_literal(word) || (word.is_name && !bound.contains(word.text));
    words
        .first()
        .is_some_and(|first| is_numeric && (first.is_name || is_literal(first)) || is_plain(first) && !goes_on(1))
}

fn is_literal(word: &Word<'_>) -> bool {
    word.text.starts_with(|c: char| c.is_ascii_digit() || c == '"' || c == '\'')
}

/// A list of lists that have the same name in them again and again.
fn repeated(tags: &[Tag<'_>], bound: &HashSet<&str>) -> Option<Excess> {
    let mut times = 1_usize;
    for tag in tags {
        let Some(names) = binding(tag) else { continue };
        let is_with = tag.words.first().is_some_and(|word| word.text == "with");
        let behind = if is_with { &tag.words[..] } else { &tag.words[names.len()..] };
        times = times.saturating_mul(behind.iter().filter(|word| bound.contains(word.text)).count().max(1));
    }
    let (inside, last) = tags.iter().fold((0, None), |(count, last), tag| {
        let named: Vec<_> = in_brackets(&tag.words).collect();
        (count + named.len(), named.last().copied().or(last))
    });
    let offset = last.or_else(|| tags.last()?.words.first().copied())?.offset;
    (times.saturating_mul(inside.max(1)) > NAMES_MAX).then(|| {
        let message =
            format!("the lists of this text hold more than {NAMES_MAX} names, those of names in them included");
        (offset, message, "write what is meant without lists, or put it into a column")
    })
}

/// The names between brackets of any kind.
fn in_brackets<'t, 's>(words: &'t [Word<'s>]) -> impl Iterator<Item = Word<'s>> + 't {
    let mut depth = 0_usize;
    words.iter().copied().filter(move |word| {
        match word.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0 && word.is_name && !KEYWORDS.contains(&word.text)
    })
}
