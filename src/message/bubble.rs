//! A message as a bubble of plain text, for people who look before they send.
//!
//! Made from the JSON that will be sent, so what is shown is what goes out. At most 80 columns; wide and right-to-left
//! text is measured as well as Unicode's width tables can.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::chat::chat;
use super::compose::Message;
use super::draw::drawn;
pub use super::draw::framed;
use crate::cloud::templates::TemplateDefinition;

/// One line before wrapping: what is filled, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What is filled.
    pub name: String,
    /// With what.
    pub value: String,
}

/// The parameters in lines of their own, without a frame, to be compared with those of another message. `template` is the
/// `template` object as JSON.
pub fn lines(template: &str) -> Vec<String> {
    entries(template).into_iter().map(|Entry { name, value }| format!("{name}  {value}")).collect()
}

/// The parameters, in order. `template` is the `template` object as JSON.
pub fn entries(template: &str) -> Vec<Entry> {
    let template: Value = serde_json::from_str(template).unwrap_or_default();
    let mut entries = Vec::new();
    for component in items(&template["components"]) {
        add_component("", component, &mut entries);
    }
    entries
}

/// The message as text, without a line break at its end: as a phone shows it where the template's wording is known, else its
/// parameters. Styled text has the codes that terminals read.
pub fn text(message: &Message<'_>, wording: Option<&TemplateDefinition>, is_styled: bool) -> String {
    let title = format!("{} · {}", message.name, message.language);
    if let Some(wording) = wording {
        return drawn(&title, &chat(&message.template, wording), is_styled);
    }
    let mut entries = entries(&message.template);
    if entries.is_empty() {
        entries.push(Entry { name: "no parameters".to_owned(), value: String::new() });
    }
    framed(&title, &entries)
}

fn add_component(within: &str, component: &Value, entries: &mut Vec<Entry>) {
    let kind = component["type"].as_str().unwrap_or("component");
    match kind {
        "carousel" => {
            for (index, card) in items(&component["cards"]).iter().enumerate() {
                let within = format!("card {} ", index + 1);
                items(&card["components"]).iter().for_each(|part| add_component(&within, part, entries));
            }
        }
        "button" => {
            let name = format!("{within}button {} {}", plain(&component["index"]), plain(&component["sub_type"]));
            let values: Vec<_> = items(&component["parameters"]).iter().map(shown).collect();
            entries.push(Entry { name, value: values.join(", ") });
        }
        _ if component["parameters"].is_array() => {
            for (index, parameter) in items(&component["parameters"]).iter().enumerate() {
                let name = format!("{within}{}", parameter_name(kind, index, parameter));
                entries.push(Entry { name, value: shown(parameter) });
            }
        }
        _ => entries.push(Entry { name: format!("{within}{kind}"), value: component.to_string() }),
    }
}

pub(super) fn parameter_name(component: &str, index: usize, parameter: &Value) -> String {
    match (component, parameter["parameter_name"].as_str(), parameter["type"].as_str()) {
        (_, Some(name), _) => format!("{component} {name}"),
        ("header", None, Some("text")) => "header".to_owned(),
        ("header", None, Some(kind)) => format!("header {kind}"),
        ("body", None, _) => format!("body {}", index + 1),
        _ => component.replace('_', " "),
    }
}

/// A parameter's value, as near as possible to what its recipient sees.
pub(super) fn shown(parameter: &Value) -> String {
    let kind = parameter["type"].as_str().unwrap_or_default();
    let inner = &parameter[kind];
    match kind {
        "text" | "payload" | "coupon_code" => plain(inner),
        "ttl_minutes" => format!("{inner} minutes"),
        "currency" | "date_time" => plain(&inner["fallback_value"]),
        "image" | "video" | "document" => media(inner),
        "location" => location(inner),
        "product" => format!("{} of catalogue {}", plain(&inner["product_retailer_id"]), plain(&inner["catalog_id"])),
        "limited_time_offer" => offer_end(inner),
        _ if inner.is_null() => parameter.to_string(),
        _ => inner.to_string(),
    }
}

fn media(media: &Value) -> String {
    let from = match media["link"].as_str() {
        Some(link) => link.to_owned(),
        None => format!("upload {}", plain(&media["id"])),
    };
    match media["filename"].as_str() {
        Some(name) => format!("{name} ({from})"),
        None => from,
    }
}

fn location(location: &Value) -> String {
    let degrees = format!("{}, {}", plain(&location["latitude"]), plain(&location["longitude"]));
    let names: Vec<_> = ["name", "address"].iter().filter_map(|key| location[key].as_str()).collect();
    if names.is_empty() { degrees } else { format!("{} ({degrees})", names.join(", ")) }
}

pub(super) fn offer_end(offer: &Value) -> String {
    let end = offer["expiration_time_ms"].as_i64().and_then(|end| Timestamp::from_millisecond(end).ok());
    end.map_or_else(|| offer.to_string(), |end| format!("ends {end}"))
}

pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A string without its quotes; all else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
