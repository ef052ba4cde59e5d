//! A message as its recipient sees it: the template's own wording joined with what a row fills in.
//!
//! Made from the JSON that will be sent, so what is shown is what goes out. Nothing of it is left out: what the wording
//! has no place for is listed apart.

use serde::Serialize;
use serde_json::Value;

use super::bubble::{Entry, items, offer_end, parameter_name, plain, shown};
use super::markup;
use crate::cloud::templates::{
    self, ButtonKind, Component, HeaderFormat, Piece, Placeholder, TemplateDefinition, pieces,
};

/// A message, or a card of one, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Chat {
    /// What stands at its head.
    pub header: Option<Header>,
    /// The line of an offer that ends, with its end.
    pub offer: Option<String>,
    /// The message itself.
    pub body: Vec<Span>,
    /// The small line below.
    pub footer: Option<String>,
    /// What can be tapped.
    pub buttons: Vec<Button>,
    /// The cards of a carousel, in order.
    pub cards: Vec<Chat>,
    /// What the message gives and this wording has no place for.
    pub unplaced: Vec<Entry>,
}

/// What stands at a message's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// A line of text. WhatsApp shows it in bold, and marks in it as they are written.
    Text(Vec<Span>),
    /// A file, place or product.
    Media {
        /// Of which kind, in small letters.
        kind: String,
        /// Where it comes from; empty where the message brings none.
        from: String,
    },
}

/// A piece of text in one style.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The text.
    pub text: String,
    /// How it looks.
    pub style: Style,
    /// Who wrote it.
    pub origin: Origin,
    /// Whether it is a mark, such as the `*` around bold text, which a phone does not show.
    pub is_mark: bool,
}

/// How a text looks on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Style {
    /// `*bold*`
    pub bold: bool,
    /// `_italic_`
    pub italic: bool,
    /// `~struck through~`
    pub strike: bool,
    /// Fixed width, in three backticks.
    pub code: bool,
}

/// Who wrote a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It is the template's own.
    Template,
    /// The message fills it in.
    Message,
    /// A placeholder that the message does not fill.
    Missing,
}

/// What can be tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    /// Its label.
    pub label: String,
    /// What a tap does, as far as it is known; may be empty.
    pub effect: String,
}

/// The message that a `template` object, as JSON, makes of a template.
pub fn chat(template: &str, definition: &TemplateDefinition) -> Chat {
    let template: Value = serde_json::from_str(template).unwrap_or_default();
    joined(&definition.components, items(&template["components"]))
}

fn joined(wording: &[Component], given: &[Value]) -> Chat {
    let mut given = Given::of(given);
    let mut chat = Chat::default();
    for component in wording {
        match component {
            Component::Header(header) => chat.header = Some(given.header(header)),
            Component::Body { text } => chat.body = markup::spans(given.filled("body", text)),
            Component::Footer { text } => chat.footer = Some(text.clone()),
            Component::Buttons(buttons) => {
                chat.buttons = buttons.iter().enumerate().map(|(index, button)| given.button(index, button)).collect();
            }
            Component::Carousel { cards } => {
                chat.cards = cards
                    .iter()
                    .enumerate()
                    .map(|(index, card)| joined(&card.components, given.take_card(index)))
                    .collect();
            }
            Component::LimitedTimeOffer { text, .. } => chat.offer = Some(given.offer(text)),
            Component::Other(_) => {}
        }
    }
    chat.unplaced = given.unplaced();
    chat
}

/// A parameter of a message.
struct Parameter<'v> {
    component: &'v str,
    /// The position of the button, as text.
    button: String,
    position: usize,
    value: &'v Value,
    is_placed: bool,
}

/// What a message fills in.
struct Given<'v> {
    parameters: Vec<Parameter<'v>>,
    cards: Vec<(u64, &'v [Value])>,
    /// Components of a kind not known here.
    others: Vec<&'v Value>,
}

impl<'v> Given<'v> {
    fn of(components: &'v [Value]) -> Self {
        let mut given = Self { parameters: Vec::new(), cards: Vec::new(), others: Vec::new() };
        for component in components {
            let kind = component["type"].as_str().unwrap_or("component");
            if kind == "carousel" {
                given.cards.extend(items(&component["cards"]).iter().zip(0..).map(|(card, position)| {
                    (card["card_index"].as_u64().unwrap_or(position), items(&card["components"]))
                }));
            } else if component["parameters"].is_array() {
                let button = if kind == "button" { plain(&component["index"]) } else { String::new() };
                let parameters = items(&component["parameters"]).iter().enumerate();
                given.parameters.extend(parameters.map(|(position, value)| Parameter {
                    component: kind,
                    button: button.clone(),
                    position,
                    value,
                    is_placed: false,
                }));
            } else {
                given.others.push(component);
            }
        }
        given
    }

    /// The value of the first parameter that fits, which has found its place by that.
    fn place(&mut self, fits: impl Fn(&Parameter<'v>) -> bool) -> Option<String> {
        let parameter = self.parameters.iter_mut().find(|parameter| fits(parameter))?;
        parameter.is_placed = true;
        Some(shown(parameter.value))
    }

    fn filled(&mut self, component: &str, text: &str) -> Vec<(String, Origin)> {
        let mut fill = |piece: Piece<'_>| match piece {
            Piece::Text(text) => (text.to_owned(), Origin::Template),
            Piece::Placeholder(gap) => {
                let value = self.place(|parameter| parameter.component == component && fits(parameter, gap));
                value.map_or_else(|| (in_braces(gap), Origin::Missing), |value| (value, Origin::Message))
            }
        };
        pieces(text).into_iter().map(&mut fill).collect()
    }

    fn header(&mut self, header: &templates::Header) -> Header {
        if header.format == HeaderFormat::Text {
            let filled = self.filled("header", header.text.as_deref().unwrap_or_default());
            return Header::Text(markup::as_written(filled));
        }
        let from = self.place(|parameter| parameter.component == "header");
        Header::Media { kind: small(header.format.as_str()), from: from.unwrap_or_default() }
    }

    fn offer(&mut self, text: &str) -> String {
        let end = self.parameters.iter_mut().find(|parameter| parameter.component == "limited_time_offer");
        let Some(end) = end else { return text.to_owned() };
        end.is_placed = true;
        format!("{text} ({})", offer_end(&end.value["limited_time_offer"]))
    }

    fn button(&mut self, index: usize, button: &templates::Button) -> Button {
        let index = index.to_string();
        let mut values = Vec::new();
        for parameter in self.parameters.iter_mut().filter(|it| it.component == "button" && it.button == index) {
            parameter.is_placed = true;
            values.push(shown(parameter.value));
        }
        let label = if button.text.is_empty() { small(button.kind.as_str()) } else { button.text.clone() };
        Button { label, effect: effect(button, &values) }
    }

    fn take_card(&mut self, index: usize) -> &'v [Value] {
        let at = self.cards.iter().position(|(card, _)| *card == index as u64);
        at.map_or(&[], |at| self.cards.swap_remove(at).1)
    }

    fn unplaced(self) -> Vec<Entry> {
        let parameter = |it: &Parameter<'_>| Entry {
            name: match it.component {
                "button" => format!("button {}", it.button),
                component => parameter_name(component, it.position, it.value),
            },
            value: shown(it.value),
        };
        let mut entries: Vec<Entry> = self.parameters.iter().filter(|it| !it.is_placed).map(parameter).collect();
        entries.extend(self.others.iter().map(|component| Entry {
            name: component["type"].as_str().unwrap_or("component").to_owned(),
            value: component.to_string(),
        }));
        entries.extend(self.cards.iter().map(|(index, components)| Entry {
            name: format!("card {}", index + 1),
            value: components.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
        }));
        entries
    }
}

fn fits(parameter: &Parameter<'_>, gap: Placeholder<'_>) -> bool {
    let name = parameter.value["parameter_name"].as_str();
    match gap {
        Placeholder::Name(gap) => name == Some(gap),
        // A template with named placeholders may have one that is named by a number.
        Placeholder::Number(number) => match name {
            Some(name) => name.parse() == Ok(number),
            None => parameter.position + 1 == number as usize,
        },
    }
}

fn in_braces(gap: Placeholder<'_>) -> String {
    match gap {
        Placeholder::Number(number) => format!("{{{{{number}}}}}"),
        Placeholder::Name(name) => format!("{{{{{name}}}}}"),
    }
}

/// What a tap does.
fn effect(button: &templates::Button, values: &[String]) -> String {
    let all = values.join(", ");
    match &button.kind {
        ButtonKind::Url => link(button.url.as_deref().unwrap_or_default(), values),
        ButtonKind::CopyCode | ButtonKind::Otp if !values.is_empty() => format!("copies {all}"),
        ButtonKind::QuickReply if !values.is_empty() => format!("answers {all}"),
        _ => all,
    }
}

fn link(url: &str, values: &[String]) -> String {
    let mut values = values.iter();
    let mut link: String = pieces(url)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Placeholder(gap) => values.next().cloned().unwrap_or_else(|| in_braces(gap)),
        })
        .collect();
    for value in values {
        link.push_str(&format!(" ({value})"));
    }
    link
}

/// A word of Meta's in the midst of a line.
fn small(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', " ")
}
