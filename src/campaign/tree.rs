//! The YAML text as a tree in which everything knows its place.
//!
//! Finds what a value reader passes over in silence: keys written twice, merge keys, a second document, an expression
//! that lost its quotes. Knows YAML, and nothing of campaigns.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::Text;
use super::align::turns;
use super::problems::{Problems, shown};
use super::syntax::explain;
use crate::problem::Place;

/// A campaign needs about ten levels; more would only tire the stack.
const DEPTH_MAX: usize = 64;

/// Far more than anybody writes by hand, and few enough that aliases of aliases end at once.
const NODES_MAX: usize = 50_000;

const SIMPLER: &str = "a campaign never needs that; write it out more simply";

/// A value of the file.
#[derive(Clone)]
pub(super) struct Node {
    /// Where it starts.
    pub at: Place,
    /// What it is.
    pub kind: Rc<Kind>,
}

impl Node {
    /// The same so many lines further down.
    pub fn moved(&self, lines: u64) -> Self {
        let kind = match &*self.kind {
            Kind::Null { is_written } => Kind::Null { is_written: *is_written },
            Kind::Text(scalar) => Kind::Text(scalar.moved(lines)),
            Kind::List(items) => Kind::List(items.iter().map(|item| item.moved(lines)).collect()),
            Kind::Map(entries) => Kind::Map(entries.iter().map(|entry| entry.moved(lines)).collect()),
            Kind::Broken => Kind::Broken,
        };
        Self { at: self.at.moved(lines), kind: Rc::new(kind) }
    }
}

/// What a value is.
pub(super) enum Kind {
    /// Nothing.
    Null {
        /// Whether an unquoted `null` or `~` says so.
        is_written: bool,
    },
    /// A text.
    Text(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map, in the author's order, no key twice.
    Map(Vec<Entry>),
    /// Something that has been reported already.
    Broken,
}

/// A text of the file.
pub(super) struct Scalar {
    /// What it says.
    pub text: String,
    /// Whether it stands there without quotes.
    pub plain: bool,
    /// Where the text itself starts, inside the quotes.
    pub at: Place,
    /// Where the file does not go on as the text does.
    turns: Vec<(usize, Place)>,
}

impl Scalar {
    fn moved(&self, lines: u64) -> Self {
        let turns = self.turns.iter().map(|(offset, at)| (*offset, at.moved(lines))).collect();
        Self { text: self.text.clone(), plain: self.plain, at: self.at.moved(lines), turns }
    }

    /// What it says, and where.
    pub fn to_text(&self) -> Text {
        Text { source: self.text.clone(), at: self.at, turns: self.turns.clone() }
    }
}

/// A key and its value.
#[derive(Clone)]
pub(super) struct Entry {
    pub key: String,
    pub key_at: Place,
    pub value: Node,
}

impl Entry {
    fn moved(&self, lines: u64) -> Self {
        Self { key: self.key.clone(), key_at: self.key_at.moved(lines), value: self.value.moved(lines) }
    }
}

/// The rest of the file cannot be read; why is among the problems.
pub(super) struct Stop;

/// Builds the tree of the file's only document; none when the file says nothing.
///
/// # Errors
/// When the text is no YAML at all.
pub(super) fn build(text: &str, problems: &mut Problems) -> Result<Option<Node>, Stop> {
    let chars: Vec<char> = text.chars().collect();
    let mut builder = Builder {
        parser: Parser::new_from_str(text),
        lines: text.lines().collect(),
        chars,
        anchors: HashMap::new(),
        open: Vec::new(),
        nodes: 0,
        problems,
    };
    builder.document()
}

struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

struct Builder<'t, 'p> {
    parser: Parser<'t, StrInput<'t>>,
    lines: Vec<&'t str>,
    chars: Vec<char>,
    anchors: HashMap<usize, Anchored>,
    /// Where the lists and maps start that have not ended yet.
    open: Vec<Place>,
    nodes: usize,
    problems: &'p mut Problems,
}

impl<'t> Builder<'t, '_> {
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    self.problems.add(
                        place(span),
                        "several-documents",
                        "a second YAML document starts here",
                        "remove the `---`, or put the rest into a file of its own",
                    );
                    return Ok(root);
                }
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                event => root = Some(self.node(event, span, 0)?),
            }
        }
        Ok(root)
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Stop> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn syntax(&mut self, error: &ScanError) -> Stop {
        let mark = error.marker();
        let line = self.lines.get(mark.line().saturating_sub(1)).copied().unwrap_or_default();
        let stopped = Place { line: mark.line() as u64, column: mark.col() as u64 + 1 };
        let found = self.inside(stopped);
        // Only in brackets does something have to follow.
        let is_open = found != stopped && error.info().contains("node content");
        let info = if is_open { "flow" } else { error.info() };
        let before_is_tab = mark.index().checked_sub(1).is_some_and(|index| self.chars.get(index) == Some(&'\t'));
        let at = if info.contains("flow") {
            self.open.last().copied().unwrap_or(found)
        } else if info.contains("tab") && before_is_tab && found.column > 1 {
            Place { column: found.column - 1, ..found }
        } else {
            found
        };
        if at != found || info.contains("tab") {
            self.problems.note_length(at, 1);
        }
        if info.contains("recursion limit") {
            self.problems.add(found, "too-deep", "lists and maps are nested too deep here", SIMPLER);
            return Stop;
        }
        let (message, help) = explain(info);
        let help = if line.contains("{{") || line.contains("{%") {
            "put a text with an expression in quotes: \"{{ first_name }}\""
        } else {
            help
        };
        self.problems.add(at, "syntax", message, help);
        Stop
    }

    /// What is missed at the end of the file is missed in its last line.
    fn inside(&self, found: Place) -> Place {
        let mut ahead = self.lines.iter().skip(usize::try_from(found.line).unwrap_or(usize::MAX).saturating_sub(1));
        if ahead.any(|line| !line.trim().is_empty()) {
            return found;
        }
        let last = self.lines.iter().rposition(|line| !line.trim().is_empty()).unwrap_or_default();
        let line = self.lines.get(last).copied().unwrap_or_default();
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        Place { line: last as u64 + 1, column: indent as u64 + 1 }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Stop> {
        self.grow(1, depth, span)?;
        let before = self.nodes;
        let (kind, anchor, tagged) = match event {
            Event::Alias(id) => return self.alias(id, span, depth),
            Event::Scalar(text, style, anchor, tag) => (self.scalar(&text, style, span), anchor, tag.is_some()),
            Event::SequenceStart(anchor, tag) => (self.list(span, depth)?, anchor, tag.is_some()),
            Event::MappingStart(anchor, tag) => (self.map(span, depth)?, anchor, tag.is_some()),
            _ => (Kind::Broken, 0, false),
        };
        if tagged {
            self.problems.add(place(span), "tag", "YAML tags (`!…`) mean nothing here", "remove the tag");
        }
        let kind = if tagged { Kind::Broken } else { kind };
        let node = Node { at: place(span), kind: Rc::new(kind) };
        if anchor != 0 {
            let height = height(&node);
            self.anchors.insert(anchor, Anchored { node: node.clone(), size: self.nodes - before, height });
        }
        Ok(node)
    }

    fn grow(&mut self, nodes: usize, depth: usize, span: Span) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(nodes);
        if depth <= DEPTH_MAX && self.nodes <= NODES_MAX {
            return Ok(());
        }
        let (code, message) = if depth > DEPTH_MAX {
            ("too-deep", format!("lists and maps are nested more than {DEPTH_MAX} deep here"))
        } else {
            ("too-many-values", format!("the file holds more than {NODES_MAX} values, aliases counted in full"))
        };
        self.problems.add(place(span), code, message, SIMPLER);
        Err(Stop)
    }

    fn alias(&mut self, id: usize, span: Span, depth: usize) -> Result<Node, Stop> {
        let Some(Anchored { node, size, height }) = self.anchors.get(&id) else {
            self.problems.add(place(span), "alias-of-itself", "this alias stands inside what it names", "write it out");
            return Ok(Node { at: place(span), kind: Rc::new(Kind::Broken) });
        };
        let (node, size, height) = (node.clone(), *size, *height);
        self.grow(size, depth + height, span)?;
        Ok(node)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Kind {
        let plain = style == ScalarStyle::Plain;
        if plain && is_null(text) {
            return Kind::Null { is_written: !text.is_empty() };
        }
        let (mut at, mut from) = self.after_anchor(span);
        let quotes = usize::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
        self.note_length(at, from, span.end.index());
        at.column += quotes as u64;
        from += quotes;
        self.note_length(at, from, span.end.index() - quotes);
        let turns = turns(text, self.chars.get(from..).unwrap_or_default(), at, style);
        Kind::Text(Scalar { text: text.to_owned(), plain, at, turns })
    }

    /// Remembers how many characters a value takes on its first line.
    fn note_length(&mut self, at: Place, from: usize, to: usize) {
        let value = self.chars.get(from..to).unwrap_or_default();
        let line = value.split(|c| matches!(c, '\n' | '\r')).next().unwrap_or_default();
        let length = line.len() - line.iter().rev().take_while(|c| c.is_whitespace()).count();
        if length > 0 {
            self.problems.note_length(at, length as u64);
        }
    }

    /// The same for a list or a map in brackets.
    fn note_brackets(&mut self, start: Span, end: Span) {
        let from = start.start.index();
        if matches!(self.chars.get(from), Some('[' | '{')) {
            self.note_length(place(start), from, end.end.index());
        }
    }

    /// The place and the index behind `&anchor` and white space, which the parser counts as part of the scalar.
    fn after_anchor(&self, span: Span) -> (Place, usize) {
        let mut at = place(span);
        let from = span.start.index();
        let rest = self.chars.get(from..).unwrap_or_default();
        if rest.first() != Some(&'&') {
            return (at, from);
        }
        let name = rest.iter().take_while(|c| !c.is_whitespace()).count();
        let gap = rest[name..].iter().take_while(|c| c.is_whitespace()).count();
        for c in &rest[..name + gap] {
            at =
                if *c == '\n' { Place { line: at.line + 1, column: 1 } } else { Place { column: at.column + 1, ..at } };
        }
        (at, from + name + gap)
    }

    fn list(&mut self, start: Span, depth: usize) -> Result<Kind, Stop> {
        let mut items = Vec::new();
        self.open.push(place(start));
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    self.note_brackets(start, end);
                    break;
                }
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
        self.open.pop();
        Ok(Kind::List(items))
    }

    fn map(&mut self, start: Span, depth: usize) -> Result<Kind, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, Place> = HashMap::new();
        let mut broken = false;
        self.open.push(place(start));
        loop {
            let (event, span) = match self.next()? {
                (Event::MappingEnd, end) => {
                    self.note_brackets(start, end);
                    break;
                }
                next => next,
            };
            let key = self.node(event, span, depth + 1)?;
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span, depth + 1)?;
            let Kind::Text(Scalar { text, plain, .. }) = &*key.kind else {
                broken = true;
                self.odd_key(&key, start);
                continue;
            };
            if *plain && text == "<<" {
                self.problems.add(
                    key.at,
                    "merge-key",
                    "`<<` does not merge maps here",
                    "write the keys out where they are meant",
                );
            } else if let Some(first) = seen.get(text) {
                self.problems.add(
                    key.at,
                    "duplicate-key",
                    format!("the key {} stands here a second time; the first is in line {}", shown(text), first.line),
                    "remove one of the two",
                );
            } else {
                seen.insert(text.clone(), key.at);
                entries.push(Entry { key: text.clone(), key_at: key.at, value });
            }
        }
        self.open.pop();
        Ok(if broken { Kind::Broken } else { Kind::Map(entries) })
    }

    /// A key that is no word: nearly always an expression without its quotes.
    fn odd_key(&mut self, key: &Node, start: Span) {
        let from = start.start.index();
        if matches!(*key.kind, Kind::Broken) || self.problems.stands_at(place(start)) {
            return;
        }
        if self.chars.get(from..from + 2) == Some(&['{', '{']) {
            self.problems.add(
                place(start),
                "unquoted-expression",
                "an expression must stand in quotes",
                "write \"{{ first_name }}\", with the quotes",
            );
        } else {
            self.problems.add(key.at, "odd-key", "a key must be a word", "write `key: value`");
        }
    }
}

fn place(span: Span) -> Place {
    Place { line: span.start.line() as u64, column: span.start.col() as u64 + 1 }
}

/// YAML 1.2's ways to write nothing, unquoted.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// What YAML makes of a text without quotes when any kind of value may stand there: a boolean or a number; else none.
pub(super) fn resolve(scalar: &Scalar) -> Option<serde_yaml::Value> {
    if !scalar.plain {
        return None;
    }
    serde_yaml::from_str(&scalar.text).ok().filter(|value: &serde_yaml::Value| value.is_bool() || value.is_number())
}

fn height(node: &Node) -> usize {
    let children = match &*node.kind {
        Kind::List(items) => items.iter().map(height).max(),
        Kind::Map(entries) => entries.iter().map(|entry| height(&entry.value)).max(),
        Kind::Null { .. } | Kind::Text(_) | Kind::Broken => None,
    };
    children.map_or(0, |below| below + 1)
}
