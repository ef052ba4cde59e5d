//! A template's wording in parts with names, to be shown and compared.

use crate::cloud::templates::{Button, Component, Header, HeaderFormat, Placeholder, TemplateDefinition, placeholders};

/// A part of a template that people see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is: `header`, `body`, `card 1 button 0 url`.
    pub name: String,
    /// What it says, with its placeholders; empty where a message brings it.
    pub text: String,
}

/// The parts, from top to bottom.
pub fn parts(template: &TemplateDefinition) -> Vec<Part> {
    let mut parts = Vec::new();
    add("", &template.components, &mut parts);
    parts
}

fn add(within: &str, components: &[Component], parts: &mut Vec<Part>) {
    let mut part = |name: &str, text: &str| parts.push(Part { name: format!("{within}{name}"), text: text.to_owned() });
    for component in components {
        match component {
            Component::Header(Header { format: HeaderFormat::Text, text }) => {
                part("header", text.as_deref().unwrap_or_default());
            }
            Component::Header(Header { format, text }) => {
                part(&format!("header {}", small(format.as_str())), text.as_deref().unwrap_or_default());
            }
            Component::Body { text } => part("body", text),
            Component::Footer { text } => part("footer", text),
            Component::Buttons(buttons) => {
                for (index, button) in buttons.iter().enumerate() {
                    part(&format!("button {index} {}", small(button.kind.as_str())), &label(button));
                }
            }
            Component::LimitedTimeOffer { text, .. } => part("limited time offer", text),
            Component::Carousel { .. } => {}
            Component::Other(json) => part(&small(json["type"].as_str().unwrap_or("component")), ""),
        }
    }
    for component in components {
        if let Component::Carousel { cards } = component {
            for (index, card) in cards.iter().enumerate() {
                add(&format!("{within}card {} ", index + 1), &card.components, parts);
            }
        }
    }
}

fn label(Button { text, url, .. }: &Button) -> String {
    match url {
        Some(url) => format!("{text} → {url}"),
        None => text.clone(),
    }
}

/// A word of Meta's in the midst of a line.
fn small(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', " ")
}

/// What a message fills in, from top to bottom: `header image`, `body first_name`, `button 0 url`.
pub fn gaps(template: &TemplateDefinition) -> Vec<String> {
    let mut gaps = Vec::new();
    add_gaps("", &template.components, &mut gaps);
    gaps
}

fn add_gaps(within: &str, components: &[Component], gaps: &mut Vec<String>) {
    for component in components {
        match component {
            Component::Header(header) if header.format == HeaderFormat::Text => {
                gaps.extend(header.placeholders().iter().map(|gap| format!("{within}header {}", word(gap))));
            }
            Component::Header(header) => gaps.push(format!("{within}header {}", small(header.format.as_str()))),
            Component::Body { text } => {
                gaps.extend(placeholders(text).iter().map(|gap| format!("{within}body {}", word(gap))));
            }
            Component::Buttons(buttons) => {
                for (index, button) in buttons.iter().enumerate() {
                    if button.filling().is_some_and(|filling| filling.is_required()) {
                        gaps.push(format!("{within}button {index} {}", small(button.kind.as_str())));
                    }
                }
            }
            Component::LimitedTimeOffer { has_expiration: true, .. } => gaps.push(format!("{within}end of the offer")),
            Component::Carousel { cards } => {
                for (index, card) in cards.iter().enumerate() {
                    add_gaps(&format!("{within}card {} ", index + 1), &card.components, gaps);
                }
            }
            Component::LimitedTimeOffer { .. } | Component::Footer { .. } | Component::Other(_) => {}
        }
    }
}

fn word(gap: &Placeholder<'_>) -> String {
    match gap {
        Placeholder::Number(number) => number.to_string(),
        Placeholder::Name(name) => (*name).to_owned(),
    }
}
