//! One entry against one template: the kinds of parts that both have, then part by part.

use std::collections::BTreeSet;

use super::button;
use super::finding::Findings;
use super::part::{self, Approved, Written};
use crate::campaign::{Json, Template};
use crate::cloud::templates::{ButtonKind, Category, Component, HeaderFormat, TemplateDefinition};

/// Compares an entry with the template that it names, in one language.
pub(super) fn compare(entry: &Template, template: &TemplateDefinition, findings: &mut Findings<'_>) {
    let raw = raw_kinds(&entry.raw_components);
    let of = "the template";
    let written =
        Written { header: entry.header.as_ref(), body: &entry.body, buttons: &entry.buttons, places: &entry.places };
    let approved = Approved { header: template.header(), body: template.body(), buttons: template.buttons() };
    if !raw.contains("header") {
        part::header(&written, &approved, of, findings);
    }
    let by_code = otp(entry, template, findings);
    if !by_code && !raw.contains("body") {
        part::body(&written, &approved, of, findings);
    }
    if !by_code && !raw.contains("button") {
        button::compare(&written, &approved, of, findings);
    }
    if !raw.contains("limited_time_offer") {
        offer(entry, template, findings);
    }
    if !raw.contains("carousel") {
        cards(entry, template, findings);
    }
}

/// The kinds of the components that are sent as they are: what they fill is not looked at.
fn raw_kinds(components: &[Json]) -> BTreeSet<String> {
    let kind = |component: &Json| {
        let Json::Map(entries) = component else { return None };
        match &entries.iter().find(|(key, _)| key == "type")?.1 {
            Json::Text(text) => Some(text.source.to_ascii_lowercase()),
            Json::Plain(value) => value.as_str().map(str::to_ascii_lowercase),
            Json::List(_) | Json::Map(_) => None,
        }
    };
    components.iter().filter_map(kind).collect()
}

/// Whether a code fills body and button, or ought to.
fn otp(entry: &Template, template: &TemplateDefinition, findings: &mut Findings<'_>) -> bool {
    let has_button = template.buttons().iter().any(|button| button.kind == ButtonKind::Otp);
    let takes_code = has_button || template.category == Category::Authentication;
    match &entry.otp {
        Some(code) if !takes_code => {
            let message = format!("`{}` is no authentication template and takes no code", template.name);
            findings.add(code.at, "otp-template", message, "fill it with `body` and `buttons`".to_owned());
            true
        }
        Some(_) => true,
        None if has_button && entry.buttons.is_empty() && entry.raw_components.is_empty() => {
            let message = format!("`{}` is an authentication template, and no code is given", template.name);
            findings.add(entry.at, "otp-template", message, "write `otp: \"{{ code }}\"`".to_owned());
            true
        }
        None => false,
    }
}

fn offer(entry: &Template, template: &TemplateDefinition, findings: &mut Findings<'_>) {
    let ends = template
        .components
        .iter()
        .any(|component| matches!(component, Component::LimitedTimeOffer { has_expiration: true, .. }));
    match &entry.limited_time_offer {
        None if ends => {
            let message = "the template is an offer that ends, and no end is given".to_owned();
            let help = "write `limited_time_offer: { ends: \"2026-04-07T23:59:00-03:00\" }`".to_owned();
            findings.add(entry.at, "missing-offer", message, help);
        }
        Some(text) if !ends => {
            let message = "the template is no offer that ends".to_owned();
            findings.add(text.at, "unneeded-offer", message, "remove `limited_time_offer`".to_owned());
        }
        _ => {}
    }
}

/// A carousel has as many cards as its template; only one of products may have more.
fn cards(entry: &Template, template: &TemplateDefinition, findings: &mut Findings<'_>) {
    let (given, approved) = (&entry.carousel, template.cards());
    let of_products =
        approved.first().and_then(|card| card.header()).is_some_and(|header| header.format == HeaderFormat::Product);
    let fits = if of_products { !given.is_empty() } else { given.len() == approved.len() };
    if !fits {
        let (message, help) = match (given.len(), approved.len()) {
            (_, 0) => ("the template has no carousel".to_owned(), "remove `carousel`".to_owned()),
            (0, count) => (
                format!("the template is a carousel of {count} cards, and none is given"),
                "write `carousel` with an entry for each card".to_owned(),
            ),
            (given, count) => (
                format!("the template's carousel has {count} cards, and {given} are given"),
                "write an entry for each card of the template, and no more".to_owned(),
            ),
        };
        findings.add(entry.carousel_at, "card-count", message, help);
        return;
    }
    for (index, card) in given.iter().enumerate() {
        let Some(definition) = approved.get(index).or(approved.last()) else { return };
        let of = format!("card {}", index + 1);
        let written =
            Written { header: card.header.as_ref(), body: &card.body, buttons: &card.buttons, places: &card.places };
        let approved = Approved { header: definition.header(), body: definition.body(), buttons: definition.buttons() };
        part::header(&written, &approved, &of, findings);
        part::body(&written, &approved, &of, findings);
        button::compare(&written, &approved, &of, findings);
    }
}
