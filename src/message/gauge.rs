//! How long a message is with everything filled in: Meta counts the fixed text too (error 132005).
//!
//! The fixed text is counted once; for a row only what fills it is. Source of the limits: Meta's documentation of template
//! components.

use super::Unfit;
use crate::cloud::templates::{self, Filling, Piece, Placeholder, TemplateDefinition, pieces};
use crate::cloud::wire::{ButtonKind, Component, Parameter};

const HEADER_CHARS_MAX: usize = 60;
const BODY_CHARS_MAX: usize = 1024;
const OFFER_BODY_CHARS_MAX: usize = 600;
const CARD_BODY_CHARS_MAX: usize = 160;
const URL_CHARS_MAX: usize = 2000;

/// The texts of a template in one language that a message fills.
pub(super) struct Gauge {
    spans: Vec<Span>,
    cards: Vec<Vec<Span>>,
}

/// A text with gaps.
struct Span {
    part: Part,
    /// Characters between the gaps.
    fixed: usize,
    /// In their order, as often as they come.
    gaps: Vec<Gap>,
    most: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Header,
    Body,
    Button(u8),
}

enum Gap {
    /// From 0.
    Index(usize),
    Name(String),
}

impl Gauge {
    pub fn new(template: &TemplateDefinition) -> Self {
        let is_offer =
            template.components.iter().any(|part| matches!(part, templates::Component::LimitedTimeOffer { .. }));
        let body_most = if is_offer { OFFER_BODY_CHARS_MAX } else { BODY_CHARS_MAX };
        let header = template.header().and_then(|header| header.text.as_deref());
        let cards = template.cards().iter();
        let cards = cards.map(|card| spans(None, card.body(), card.buttons(), CARD_BODY_CHARS_MAX)).collect();
        Self { spans: spans(header, template.body(), template.buttons(), body_most), cards }
    }

    /// What is too long.
    pub fn check(&self, components: &[Component<'_>]) -> Result<(), Unfit> {
        check(&self.spans, components, "")?;
        for component in components {
            let Component::Carousel { cards } = component else { continue };
            for (index, card) in cards.iter().enumerate() {
                if let Some(spans) = self.cards.get(index).or(self.cards.last()) {
                    check(spans, &card.components, &format!("carousel card {}: ", index + 1))?;
                }
            }
        }
        Ok(())
    }
}

fn spans(header: Option<&str>, body: Option<&str>, buttons: &[templates::Button], body_most: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    spans.extend(header.map(|text| Span::new(Part::Header, text, HEADER_CHARS_MAX)));
    spans.extend(body.map(|text| Span::new(Part::Body, text, body_most)));
    for (index, button) in (0..).zip(buttons) {
        if let (Some(Filling::Url), Some(url)) = (button.filling(), &button.url) {
            spans.push(Span::new(Part::Button(index), url, URL_CHARS_MAX));
        }
    }
    spans.retain(|span| !span.gaps.is_empty());
    spans
}

fn check(spans: &[Span], components: &[Component<'_>], within: &str) -> Result<(), Unfit> {
    for span in spans {
        let Some(parameters) = components.iter().find_map(|component| span.part.parameters(component)) else {
            continue;
        };
        let length = span.length(parameters);
        if length > span.most {
            let (part, most) = (span.part.words(), span.most);
            let reason = format!(
                "{within}the {part} is {length} characters long with everything filled in; at most {most} are allowed; \
                 shorten what fills it"
            );
            return Err(Unfit { code: "too-long", column: None, reason });
        }
    }
    Ok(())
}

impl Part {
    fn parameters<'m>(self, component: &'m Component<'_>) -> Option<&'m [Parameter<'m>]> {
        match (self, component) {
            (Self::Header, Component::Header { parameters }) => Some(parameters),
            (Self::Body, Component::Body { parameters }) => Some(parameters),
            (Self::Button(index), Component::Button(button))
                if button.index == index && button.sub_type == ButtonKind::Url =>
            {
                Some(&button.parameters)
            }
            _ => None,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Header => "header".to_owned(),
            Self::Body => "body".to_owned(),
            Self::Button(index) => format!("link of button {index}"),
        }
    }
}

impl Span {
    fn new(part: Part, text: &str, most: usize) -> Self {
        let (mut fixed, mut gaps) = (0, Vec::new());
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => fixed += text.chars().count(),
                Piece::Placeholder(Placeholder::Name(name)) => gaps.push(Gap::Name(name.to_owned())),
                Piece::Placeholder(Placeholder::Number(number)) => {
                    gaps.push(Gap::Index((number as usize).saturating_sub(1)));
                }
            }
        }
        Self { part, fixed, gaps, most }
    }

    fn length(&self, parameters: &[Parameter<'_>]) -> usize {
        let filled = self.gaps.iter().filter_map(|gap| match gap {
            Gap::Index(index) => parameters.get(*index),
            Gap::Name(name) => parameters.iter().find(|parameter| has_name(parameter, name)),
        });
        self.fixed + filled.map(|parameter| shown(parameter).chars().count()).sum::<usize>()
    }
}

fn has_name(parameter: &Parameter<'_>, name: &str) -> bool {
    match parameter {
        Parameter::Text { parameter_name, .. }
        | Parameter::Currency { parameter_name, .. }
        | Parameter::DateTime { parameter_name, .. } => *parameter_name == Some(name),
        _ => false,
    }
}

/// What people see of a parameter.
fn shown<'m>(parameter: &'m Parameter<'_>) -> &'m str {
    match parameter {
        Parameter::Text { text, .. } => text,
        Parameter::Currency { currency, .. } => &currency.fallback_value,
        Parameter::DateTime { date_time, .. } => &date_time.fallback_value,
        _ => "",
    }
}
