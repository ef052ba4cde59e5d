//! Frames around text, for people who look at a screen.

use anstyle::{AnsiColor, Effects, Style as Ink};
use unicode_width::UnicodeWidthStr;

use super::bubble::Entry;
use super::chat::{Button, Chat, Header, Origin, Span, Style};
use super::wrap::{WIDTH_MAX, broken, wrapped};

/// `│ ` and ` │`.
const FRAME_WIDTH: usize = 4;
const NAME_WIDTH_MAX: usize = 30;

/// A line inside a frame.
enum Line {
    /// Text, with the columns that it takes.
    Text(String, usize),
    /// A line across.
    Rule,
}

impl Line {
    fn plain(text: &str) -> Self {
        let text = text.trim_end();
        Self::Text(text.to_owned(), text.width())
    }

    fn inked(text: &str, ink: Ink, is_styled: bool) -> Self {
        if is_styled { Self::Text(format!("{ink}{text}{ink:#}"), text.width()) } else { Self::plain(text) }
    }
}

/// Names and values in a frame with a title, at most 80 columns wide, without a line break at its end.
pub fn framed(title: &str, entries: &[Entry]) -> String {
    frame(title, &table(entries, WIDTH_MAX - FRAME_WIDTH))
}

/// A message in a frame with a title, as [`framed`]. Where it is styled, marks are shown by what they do, and what the
/// message fills in has a colour; elsewhere the marks stay.
pub(super) fn drawn(title: &str, chat: &Chat, is_styled: bool) -> String {
    let width = WIDTH_MAX - FRAME_WIDTH;
    let mut lines = parts(chat, width, is_styled);
    for (index, card) in chat.cards.iter().enumerate() {
        lines.push(Line::Rule);
        lines.push(Line::plain(&format!("card {}", index + 1)));
        lines.extend(parts(card, width, is_styled));
    }
    frame(title, &lines)
}

fn parts(chat: &Chat, width: usize, is_styled: bool) -> Vec<Line> {
    let mut blocks: Vec<Vec<Line>> = Vec::new();
    match &chat.header {
        Some(Header::Text(spans)) => blocks.push(paragraphs(spans, width, Ink::new().bold(), is_styled)),
        Some(Header::Media { kind, from }) => {
            blocks.push(inked(&format!("[{kind}] {from}"), Ink::new(), width, is_styled))
        }
        None => {}
    }
    let offer = chat.offer.iter().map(|offer| inked(offer, Ink::new().bold(), width, is_styled));
    blocks.extend(offer);
    if !chat.body.is_empty() {
        blocks.push(paragraphs(&chat.body, width, Ink::new(), is_styled));
    }
    blocks.extend(chat.footer.iter().map(|footer| inked(footer, Ink::new().dimmed(), width, is_styled)));
    let mut lines = Vec::new();
    for (index, block) in blocks.into_iter().enumerate() {
        if index > 0 {
            lines.push(Line::plain(""));
        }
        lines.extend(block);
    }
    if !chat.buttons.is_empty() {
        lines.push(Line::Rule);
        lines.extend(chat.buttons.iter().flat_map(|button| tappable(button, width)));
    }
    if !chat.unplaced.is_empty() {
        lines.push(Line::Rule);
        lines.extend(inked("given as well, and the wording has no place for it:", warning(), width, is_styled));
        lines.extend(table(&chat.unplaced, width));
    }
    lines
}

fn warning() -> Ink {
    AnsiColor::Red.on_default()
}

fn tappable(Button { label, effect }: &Button, width: usize) -> Vec<Line> {
    let text = if effect.is_empty() { format!("[ {label} ]") } else { format!("[ {label} ]  {effect}") };
    wrapped(&text, width).iter().map(|line| Line::plain(line)).collect()
}

fn inked(text: &str, ink: Ink, width: usize, is_styled: bool) -> Vec<Line> {
    let lines = text.split('\n').flat_map(|line| wrapped(line, width));
    lines.map(|line| Line::inked(&line, ink, is_styled)).collect()
}

/// Text in styles, wrapped; `ink` is what all of it has.
fn paragraphs(spans: &[Span], width: usize, ink: Ink, is_styled: bool) -> Vec<Line> {
    let seen = spans.iter().filter(|span| !(is_styled && span.is_mark));
    let inks: Vec<Ink> = seen.clone().flat_map(|span| span.text.chars().map(|_| inked_as(span, ink))).collect();
    let text: String = seen.map(|span| span.text.as_str()).collect();
    let mut inks = inks.into_iter();
    let mut lines = Vec::new();
    for (index, paragraph) in text.split('\n').enumerate() {
        if index > 0 {
            inks.next();
        }
        for line in broken(paragraph, width) {
            let inks: Vec<Ink> = inks.by_ref().take(line.chars().count()).collect();
            let line = line.trim_end();
            let text = if is_styled { painted(line, &inks) } else { line.to_owned() };
            lines.push(Line::Text(text, line.width()));
        }
    }
    lines
}

fn painted(line: &str, inks: &[Ink]) -> String {
    let mut text = String::new();
    let mut now = Ink::new();
    for (char, ink) in line.chars().zip(inks) {
        if *ink != now {
            text.push_str(&format!("{now:#}{ink}"));
            now = *ink;
        }
        text.push(char);
    }
    text + &format!("{now:#}")
}

fn inked_as(Span { style, origin, .. }: &Span, ink: Ink) -> Ink {
    let Style { bold, italic, strike, code } = *style;
    let mut effects = ink.get_effects();
    for (has, effect) in
        [(bold, Effects::BOLD), (italic, Effects::ITALIC), (strike, Effects::STRIKETHROUGH), (code, Effects::DIMMED)]
    {
        effects = effects.set(effect, has || effects.contains(effect));
    }
    let ink = ink.effects(effects);
    match origin {
        Origin::Template => ink,
        Origin::Message => ink.fg_color(Some(AnsiColor::Cyan.into())),
        Origin::Missing => ink.fg_color(Some(AnsiColor::Red.into())),
    }
}

fn table(entries: &[Entry], width: usize) -> Vec<Line> {
    let name_width = entries.iter().map(|entry| entry.name.width()).max().unwrap_or(0).min(NAME_WIDTH_MAX);
    let value_width = width - 2 - name_width;
    let mut lines = Vec::new();
    for Entry { name, value } in entries {
        let (mut names, mut values) = (wrapped(name, name_width).into_iter(), wrapped(value, value_width).into_iter());
        loop {
            let (name, value) = (names.next(), values.next());
            if name.is_none() && value.is_none() {
                break;
            }
            let (name, value) = (padded(&name.unwrap_or_default(), name_width), value.unwrap_or_default());
            lines.push(Line::plain(&format!("{name}  {value}")));
        }
    }
    lines
}

fn frame(title: &str, lines: &[Line]) -> String {
    let title = wrapped(title, WIDTH_MAX - FRAME_WIDTH - 2).swap_remove(0);
    let widths = lines.iter().map(|line| if let Line::Text(_, width) = line { *width } else { 0 });
    let width = widths.chain([title.width() + 2]).max().unwrap_or(0);
    let mut framed = format!("╭─ {title} {}╮\n", "─".repeat(width - title.width() - 1));
    for line in lines {
        framed.push_str(&match line {
            Line::Text(text, taken) => format!("│ {text}{} │\n", " ".repeat(width - taken)),
            Line::Rule => format!("├{}┤\n", "─".repeat(width + 2)),
        });
    }
    framed + &format!("╰{}╯", "─".repeat(width + 2))
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
