//! A campaign's template entry, compiled: which languages it serves and the parts of its message.

use std::collections::BTreeMap;

use crate::campaign::{self, Body, Button, Card, Json, Media, MediaFrom, Parameter, Template, Text};
use crate::catalogue::Lock;
use crate::cloud::Endpoint;

use super::bundle::Bundle;
use super::compile::Compiler;
use super::gauge::Gauge;
use super::part::{File, Filling, Header, Part, Value};
use super::rule::{self, Rule};
use super::slot::Slot;
use super::tree::Tree;

/// One compiled entry of `templates`.
pub(super) struct Entry {
    pub name: String,
    pub languages: Vec<String>,
    pub endpoint: Endpoint,
    pub parts: Vec<Part>,
    /// The expressions in the parts, to be rendered at once.
    pub bundle: Option<Bundle>,
    /// How long the template is, for each of `languages`; none where that is not known.
    pub gauges: Vec<Option<Gauge>>,
}

/// Meta's limits for a multi-product message.
const SECTIONS_MAX: usize = 10;
const PRODUCTS_MAX: usize = 30;

impl Entry {
    /// Compiles an entry; problems go to the compiler.
    pub fn new(template: &Template, compiler: &mut Compiler<'_>) -> Self {
        Self {
            name: template.name.clone(),
            languages: template.languages.clone(),
            endpoint: template.endpoint,
            parts: parts(template, compiler),
            bundle: compiler.bundle(),
            gauges: Vec::new(),
        }
    }

    /// Finds the entry's templates in a lock file.
    pub fn measure(&mut self, lock: &Lock) {
        let gauge = |language: &String| lock.named(&self.name).find(|it| it.language == *language).map(Gauge::new);
        self.gauges = self.languages.iter().map(gauge).collect();
    }

    /// How long the template is in a language.
    pub fn gauge(&self, language: &str) -> Option<&Gauge> {
        let index = self.languages.iter().position(|code| code == language)?;
        self.gauges.get(index)?.as_ref()
    }
}

/// In the order of Meta's own samples.
fn parts(template: &Template, compiler: &mut Compiler<'_>) -> Vec<Part> {
    let offer = template.limited_time_offer.as_ref();
    let rule = if offer.is_some() { rule::offer_body } else { rule::body };
    let mut parts = Vec::new();
    parts.extend(template.header.as_ref().map(|it| Part::Header(header(it, "", compiler))));
    parts.extend(body(&template.body, "", rule, compiler));
    parts.extend(template.otp.as_ref().map(|code| Part::Otp(compiler.secret_slot(code, "otp", rule::otp))));
    parts.extend(offer.map(|ends| Part::Offer(compiler.slot(ends, "the end of the offer", rule::instant))));
    if !template.carousel.is_empty() {
        let cards = template.carousel.iter().enumerate();
        parts.push(Part::Carousel(cards.map(|(index, it)| card(it, index, compiler)).collect()));
    }
    parts.extend(buttons(&template.buttons, "", compiler));
    for (index, json) in template.raw_components.iter().enumerate() {
        parts.push(Part::Raw(tree(json, &format!("raw_components[{index}]"), compiler)));
    }
    parts
}

fn card(card: &Card, index: usize, compiler: &mut Compiler<'_>) -> Vec<Part> {
    let within = format!("carousel card {}: ", index + 1);
    let mut parts = Vec::new();
    parts.extend(card.header.as_ref().map(|it| Part::Header(header(it, &within, compiler))));
    parts.extend(body(&card.body, &within, rule::card_body, compiler));
    parts.extend(buttons(&card.buttons, &within, compiler));
    parts
}

fn header(header: &campaign::Header, within: &str, compiler: &mut Compiler<'_>) -> Header {
    let label = |what: &str| format!("{within}header {what}");
    match header {
        campaign::Header::Text(text) => Header::Text(None, compiler.slot(text, label("text"), rule::header)),
        campaign::Header::NamedText(name, text) => {
            let label = label(&format!("text `{name}`"));
            Header::Text(Some(name.clone()), compiler.slot(text, label, rule::header))
        }
        campaign::Header::Image(media) => Header::Image(file(media, &label("image"), compiler)),
        campaign::Header::Video(media) => Header::Video(file(media, &label("video"), compiler)),
        campaign::Header::Document(media) => Header::Document(file(media, &label("document"), compiler)),
        campaign::Header::Location { latitude, longitude, name, address } => Header::Location {
            latitude: compiler.slot(latitude, label("latitude"), rule::latitude),
            longitude: compiler.slot(longitude, label("longitude"), rule::longitude),
            name: name.as_ref().map(|text| compiler.slot(text, label("location name"), rule::body)),
            address: address.as_ref().map(|text| compiler.slot(text, label("location address"), rule::body)),
        },
        campaign::Header::Product { catalog, id } => Header::Product {
            catalog: compiler.slot(catalog, label("catalogue id"), rule::id),
            id: compiler.slot(id, label("product id"), rule::id),
        },
    }
}

fn file(media: &Media, label: &str, compiler: &mut Compiler<'_>) -> File {
    let name = media.filename.as_ref();
    let name = name.map(|text| compiler.slot(text, format!("{label} filename"), rule::file_name));
    match &media.from {
        MediaFrom::Link(text) => {
            File { is_link: true, from: compiler.slot(text, format!("{label} link"), rule::link), name }
        }
        MediaFrom::Id(text) => {
            File { is_link: false, from: compiler.slot(text, format!("{label} id"), rule::id), name }
        }
    }
}

fn body(body: &Body, within: &str, rule: Rule<()>, compiler: &mut Compiler<'_>) -> Option<Part> {
    let mut value = |name: String, parameter: &Parameter| {
        let label = format!("{within}body parameter {name}");
        match parameter {
            Parameter::Text(text) => Value::Text(compiler.slot(text, label, rule)),
            Parameter::Currency { code, amount } => Value::Currency {
                code: compiler.slot(code, format!("the currency of {label}"), rule::currency),
                amount: compiler.slot(amount, format!("the amount of {label}"), rule::amount),
            },
            Parameter::DateTime(text) => Value::DateTime(compiler.slot(text, label, rule)),
        }
    };
    let values: Vec<_> = match body {
        Body::Empty => return None,
        Body::Positional(list) => {
            let numbered = list.iter().enumerate();
            numbered.map(|(index, parameter)| (None, value((index + 1).to_string(), parameter))).collect()
        }
        Body::Named(list) => {
            let named = list.iter();
            named.map(|(name, parameter)| (Some(name.clone()), value(format!("`{name}`"), parameter))).collect()
        }
    };
    Some(values).filter(|values| !values.is_empty()).map(Part::Body)
}

fn buttons(buttons: &BTreeMap<u8, Button>, within: &str, compiler: &mut Compiler<'_>) -> Vec<Part> {
    let part = |(index, button): (&u8, &Button)| Part::Button(*index, filling(button, within, *index, compiler));
    buttons.iter().map(part).collect()
}

fn filling(button: &Button, within: &str, index: u8, compiler: &mut Compiler<'_>) -> Filling {
    let label = |what: &str| format!("{within}button {index} {what}");
    match button {
        Button::Url(text) => Filling::Url(compiler.slot(text, label("url"), rule::url_suffix)),
        Button::CopyCode(text) => Filling::CopyCode(compiler.secret_slot(text, label("copy_code"), rule::coupon)),
        Button::QuickReply(text) => Filling::QuickReply(compiler.slot(text, label("quick_reply"), rule::reply_payload)),
        Button::Flow { token, data } => Filling::Flow {
            token: token.as_ref().map(|text| compiler.slot(text, label("flow token"), rule::flow_token)),
            data: data.as_ref().map(|json| tree(json, &label("flow data"), compiler)),
        },
        Button::Catalog { thumbnail } => {
            Filling::Catalog(thumbnail.as_ref().map(|text| compiler.slot(text, label("thumbnail"), rule::id)))
        }
        Button::Products { thumbnail, sections } => {
            few_enough(thumbnail, sections, &label("products"), compiler);
            let thumbnail = compiler.slot(thumbnail, label("thumbnail"), rule::id);
            let sections = sections.iter().map(|(title, items)| section(title, items, &label("section"), compiler));
            Filling::Products { thumbnail, sections: sections.collect() }
        }
        Button::VoiceCall { ttl_minutes, payload } => Filling::VoiceCall {
            minutes: ttl_minutes.as_ref().map(|text| compiler.slot(text, label("ttl_minutes"), rule::minutes)),
            payload: payload.as_ref().map(|text| compiler.slot(text, label("payload"), rule::call_payload)),
        },
        Button::OrderDetails(json) => Filling::OrderDetails(tree(json, &label("order_details"), compiler)),
    }
}

fn few_enough(thumbnail: &Text, sections: &[(Text, Vec<Text>)], label: &str, compiler: &mut Compiler<'_>) {
    let products: usize = sections.iter().map(|(_, items)| items.len()).sum();
    for (what, count, most) in [("sections", sections.len(), SECTIONS_MAX), ("products", products, PRODUCTS_MAX)] {
        if count > most {
            let message = format!("{label}: {count} {what} are listed; WhatsApp takes at most {most}");
            compiler.problem(thumbnail.at, "too-many-products", message, "remove some");
        }
    }
}

fn section(title: &Text, items: &[Text], label: &str, compiler: &mut Compiler<'_>) -> (Slot<()>, Vec<Slot<()>>) {
    let title = compiler.slot(title, format!("{label} title"), rule::section_title);
    (title, items.iter().map(|text| compiler.slot(text, format!("{label} product"), rule::id)).collect())
}

/// A string under `text` is shown to people, so Meta's rules for parameters hold there; other strings may be anything.
fn tree(json: &Json, label: &str, compiler: &mut Compiler<'_>) -> Tree {
    match json {
        Json::Plain(value) => Tree::Plain(value.clone()),
        Json::Text(text) if label.starts_with("raw_components") && label.ends_with(".text") => {
            Tree::Text(compiler.slot(text, label, rule::body))
        }
        Json::Text(text) => {
            compiler.lenient_slot(text, label, rule::anything).map_or(Tree::Plain(serde_json::Value::Null), Tree::Text)
        }
        Json::List(items) => {
            let item = |(index, item)| tree(item, &format!("{label}[{index}]"), compiler);
            Tree::List(items.iter().enumerate().map(item).collect())
        }
        Json::Map(entries) => {
            let entry = |(key, value): &(String, Json)| (key.clone(), tree(value, &format!("{label}.{key}"), compiler));
            Tree::Map(entries.iter().map(entry).collect())
        }
    }
}
