//! What fills a template: header, body, buttons, and components that are sent as they are.

use std::collections::BTreeMap;

use super::{Check, is_expression};
use crate::campaign::file;
use crate::campaign::kinds::{Entries, ListOr, TextOr};
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::campaign::tree::{Kind, Node, resolve};
use crate::campaign::{Body, Button, Header, Json, Media, MediaFrom, Parameter};

impl Check<'_> {
    /// None when a header is written and cannot be represented.
    pub(super) fn optional_header(&mut self, written: Option<&file::Header>, spot: Spot<'_>) -> Option<Option<Header>> {
        match written {
            Some(header) => self.header(header, spot).map(Some),
            None => Some(None),
        }
    }

    fn header(&mut self, written: &file::Header, spot: Spot<'_>) -> Option<Header> {
        let file::Header { text, image, video, document, location, product } = written;
        let kind = self.exactly_one(
            spot,
            "a header",
            &[
                ("text", text.is_some()),
                ("image", image.is_some()),
                ("video", video.is_some()),
                ("document", document.is_some()),
                ("location", location.is_some()),
                ("product", product.is_some()),
            ],
        )?;
        let spot = spot.key(kind);
        match kind {
            "text" => self.header_text(text.as_ref()?, spot),
            "image" => self.media(image.as_ref()?, spot).map(Header::Image),
            "video" => self.media(video.as_ref()?, spot).map(Header::Video),
            "document" => self.document(document.as_ref()?, spot).map(Header::Document),
            "location" => {
                let (latitude, longitude) = (self.text(spot.key("latitude")), self.text(spot.key("longitude")));
                let name = self.optional_text(spot.key("name"));
                let address = self.optional_text(spot.key("address"));
                Some(Header::Location { latitude: latitude?, longitude: longitude?, name, address })
            }
            _ => {
                let (catalog, id) = (self.text(spot.key("catalog")), self.text(spot.key("id")));
                Some(Header::Product { catalog: catalog?, id: id? })
            }
        }
    }

    /// Which one of several keys is there; a problem if none is, or more than one.
    fn exactly_one(&mut self, spot: Spot<'_>, what: &str, keys: &[(&'static str, bool)]) -> Option<&'static str> {
        let present: Vec<&'static str> = keys.iter().filter(|(_, there)| *there).map(|(key, _)| *key).collect();
        if let [one] = present[..] {
            return Some(one);
        }
        if present.is_empty() && spot.key_at(0).is_some_and(|place| self.problems.stands_at(place)) {
            return None; // the key that is there is misspelt, and that has been said
        }
        let all = keys.iter().map(|(key, _)| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let found = match &present[..] {
            [] => "none".to_owned(),
            several => several.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and "),
        };
        let message = format!("{what} holds exactly one key, and this one holds {found}");
        self.problem(spot, "exactly-one", message, format!("write one of {all}"));
        None
    }

    fn header_text(&mut self, written: &TextOr<Entries<String>>, spot: Spot<'_>) -> Option<Header> {
        let TextOr::Map(Entries(entries)) = written else { return self.text(spot).map(Header::Text) };
        let [(name, _)] = &entries[..] else {
            let message = format!("a header has one parameter, not {}", entries.len());
            self.problem(spot, "header-text", message, "write `{ text: { name: \"...\" } }`");
            return None;
        };
        self.parameter_name(name, spot, 0);
        self.text(spot.entry(0)).map(|text| Header::NamedText(name.clone(), text))
    }

    fn media(&mut self, written: &TextOr<file::Media>, spot: Spot<'_>) -> Option<Media> {
        let from = match written {
            TextOr::Text(_) => self.link(spot),
            TextOr::Map(media) => self.media_from(media.link.is_some(), media.id.is_some(), spot),
        };
        Some(Media { from: from?, filename: None })
    }

    fn document(&mut self, written: &TextOr<file::Document>, spot: Spot<'_>) -> Option<Media> {
        match written {
            TextOr::Text(_) => Some(Media { from: self.link(spot)?, filename: None }),
            TextOr::Map(document) => {
                let from = self.media_from(document.link.is_some(), document.id.is_some(), spot);
                Some(Media { filename: self.optional_text(spot.key("filename")), from: from? })
            }
        }
    }

    fn media_from(&mut self, link: bool, id: bool, spot: Spot<'_>) -> Option<MediaFrom> {
        match self.exactly_one(spot, "a media file", &[("link", link), ("id", id)])? {
            "link" => self.link(spot.key("link")),
            _ => self.text(spot.key("id")).map(MediaFrom::Id),
        }
    }

    /// Meta fetches the file itself, so it must be public. A link that starts with an expression is judged when it is
    /// rendered.
    fn link(&mut self, spot: Spot<'_>) -> Option<MediaFrom> {
        let link = self.text(spot)?;
        let source = &link.source;
        let starts = ["https://", "http://"].iter().any(|scheme| source.starts_with(scheme));
        if !starts && !source.trim_start().starts_with('{') {
            let help = "write a public link that starts with https://, or `{ id: \"...\" }` for an upload";
            self.problem(spot, "media-link", format!("{} is no link", shown(source)), help);
        }
        Some(MediaFrom::Link(link))
    }

    pub(super) fn body(&mut self, written: Option<&ListOr<TextOr<file::Parameter>>>, spot: Spot<'_>) -> Option<Body> {
        match written {
            None => Some(Body::Empty),
            Some(ListOr::List(items)) if items.is_empty() => Some(Body::Empty),
            Some(ListOr::List(items)) => {
                let parameters: Vec<Option<Parameter>> =
                    items.iter().enumerate().map(|(index, item)| self.parameter(item, spot.item(index))).collect();
                parameters.into_iter().collect::<Option<_>>().map(Body::Positional)
            }
            Some(ListOr::Map(Entries(entries))) if entries.is_empty() => Some(Body::Empty),
            Some(ListOr::Map(Entries(entries))) => self.named_body(entries, spot),
        }
    }

    fn named_body(&mut self, entries: &[(String, TextOr<file::Parameter>)], spot: Spot<'_>) -> Option<Body> {
        let mut named = Vec::new();
        let mut whole = true;
        for (index, (name, written)) in entries.iter().enumerate() {
            self.parameter_name(name, spot, index);
            match self.parameter(written, spot.entry(index)) {
                Some(parameter) => named.push((name.clone(), parameter)),
                None => whole = false,
            }
        }
        whole.then_some(Body::Named(named))
    }

    fn parameter_name(&mut self, name: &str, map: Spot<'_>, index: usize) {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let numeric = name.chars().all(|c| c.is_ascii_digit());
        if !numeric && name.chars().all(legal) {
            return;
        }
        let help = if numeric {
            "write parameters without names as a list: [\"{{ first_name }}\"]"
        } else {
            "copy the name from the template: lower-case letters, digits and `_`"
        };
        if let Some(place) = map.key_at(index) {
            let message = format!("{} cannot be a parameter's name", shown(name));
            self.problems.add(place, "parameter-name", message, help);
        }
    }

    fn parameter(&mut self, written: &TextOr<file::Parameter>, spot: Spot<'_>) -> Option<Parameter> {
        let TextOr::Map(parameter) = written else { return self.text(spot).map(Parameter::Text) };
        match (&parameter.currency, &parameter.amount, &parameter.date_time) {
            (Some(_), Some(_), None) => {
                let code = self.text(spot.key("currency"))?;
                let letters = code.source.len() == 3 && code.source.bytes().all(|byte| byte.is_ascii_uppercase());
                if !letters && !is_expression(&code.source) {
                    let message = format!("{} is no currency code", shown(&code.source));
                    let help = "write the three capital letters of ISO 4217: `BRL`";
                    self.problem(spot.key("currency"), "currency", message, help);
                }
                Some(Parameter::Currency { code, amount: self.text(spot.key("amount"))? })
            }
            (None, None, Some(_)) => self.text(spot.key("date_time")).map(Parameter::DateTime),
            _ => {
                self.problem(
                    spot,
                    "parameter",
                    "a parameter is a text, an amount of money or a date",
                    "write \"...\", `{ currency: BRL, amount: \"...\" }` or `{ date_time: \"...\" }`",
                );
                None
            }
        }
    }

    /// Buttons stand under their position in the template, 0 to 9.
    pub(super) fn buttons(
        &mut self,
        written: Option<&Entries<file::Button>>,
        spot: Spot<'_>,
    ) -> Option<BTreeMap<u8, Button>> {
        let mut buttons = BTreeMap::new();
        let mut whole = true;
        for (index, (position, button)) in written.into_iter().flat_map(|entries| &entries.0).enumerate() {
            let place = spot.key_at(index);
            let button = self.button(button, spot.entry(index));
            let digit = match position.as_bytes() {
                [digit @ b'0'..=b'9'] => Some(digit - b'0'),
                _ => None,
            };
            if let (None, Some(place)) = (digit, place) {
                let message = format!("{} is no button's position", shown(position));
                let help = "write the button's position in the template, from 0 to 9: `0: { url: \"...\" }`";
                self.problems.add(place, "button-position", message, help);
            }
            match (digit, button) {
                (Some(digit), Some(button)) => drop(buttons.insert(digit, button)),
                _ => whole = false,
            }
        }
        whole.then_some(buttons)
    }

    fn button(&mut self, written: &file::Button, spot: Spot<'_>) -> Option<Button> {
        let kind = self.exactly_one(
            spot,
            "a button",
            &[
                ("url", written.url.is_some()),
                ("copy_code", written.copy_code.is_some()),
                ("quick_reply", written.quick_reply.is_some()),
                ("flow", written.flow.is_some()),
                ("catalog", written.catalog.is_some()),
                ("products", written.products.is_some()),
                ("voice_call", written.voice_call.is_some()),
                ("order_details", written.order_details.is_some()),
            ],
        )?;
        let spot = spot.key(kind);
        match kind {
            "url" => self.text(spot).map(Button::Url),
            "copy_code" => self.text(spot).map(Button::CopyCode),
            "quick_reply" => self.text(spot).map(Button::QuickReply),
            "flow" => {
                let token = self.optional_text(spot.key("token"));
                Some(Button::Flow { token, data: spot.key("data").node().map(json) })
            }
            "catalog" => Some(Button::Catalog { thumbnail: self.optional_text(spot.key("thumbnail")) }),
            "products" => self.products(written.products.as_ref()?, spot),
            "voice_call" => {
                let ttl_minutes = self.optional_text(spot.key("ttl_minutes"));
                Some(Button::VoiceCall { ttl_minutes, payload: self.optional_text(spot.key("payload")) })
            }
            _ => spot.node().map(json).map(Button::OrderDetails),
        }
    }

    fn products(&mut self, written: &file::Products, spot: Spot<'_>) -> Option<Button> {
        let thumbnail = self.text(spot.key("thumbnail"));
        let list = spot.key("sections");
        if written.sections.is_empty() {
            self.problem(list, "no-section", "a choice of products needs a section", "write `[{ title, items }]`");
        }
        let mut sections = Vec::new();
        for (index, section) in written.sections.iter().enumerate() {
            let (title, items) = (list.item(index).key("title"), list.item(index).key("items"));
            if section.items.is_empty() {
                self.problem(items, "no-product", "a section needs a product", "write `items: [\"...\"]`");
            }
            let items: Vec<_> = (0..section.items.len()).map(|item| self.text(items.item(item))).collect();
            sections.push((self.text(title)?, items.into_iter().collect::<Option<_>>()?));
        }
        Some(Button::Products { thumbnail: thumbnail?, sections })
    }

    pub(super) fn raw_components(&mut self, written: &file::Template, spot: Spot<'_>) -> Vec<Json> {
        let count = written.raw_components.as_ref().map_or(0, Vec::len);
        (0..count).filter_map(|index| spot.item(index).node()).map(json).collect()
    }
}

/// A part of the tree as JSON.
fn json(node: &Node) -> Json {
    match &*node.kind {
        Kind::Null { .. } | Kind::Broken => Json::Plain(serde_json::Value::Null),
        Kind::List(items) => Json::List(items.iter().map(json).collect()),
        Kind::Map(entries) => Json::Map(entries.iter().map(|entry| (entry.key.clone(), json(&entry.value))).collect()),
        Kind::Text(scalar) => match resolve(scalar).and_then(|value| serde_json::to_value(value).ok()) {
            Some(value) if !value.is_null() => Json::Plain(value),
            _ => Json::Text(scalar.to_text()),
        },
    }
}
