//! An entry of `templates`: its name, its languages, and how its parts fit together.

use std::collections::HashSet;

use super::Check;
use super::language::{is_known, suggestion};
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::campaign::{Body, Card, Header, Places, Template, Text, file};
use crate::cloud::Endpoint;
use crate::problem::Place;

/// Meta's limit on the length of a template's name.
const NAME_CHARS_MAX: usize = 512;

impl Check<'_> {
    pub(super) fn templates(&mut self, written: &[file::Template], spot: Spot<'_>) -> Vec<Option<Template>> {
        if written.is_empty() {
            self.problem(
                spot,
                "no-template",
                "a campaign needs a template",
                "write `[{ name: spring_sale, languages: [en_US] }]`",
            );
        }
        self.idle_entries(written, spot);
        written.iter().enumerate().map(|(index, entry)| self.template(entry, spot.item(index))).collect()
    }

    fn template(&mut self, written: &file::Template, spot: Spot<'_>) -> Option<Template> {
        let name = self.template_name(spot.key("name"));
        self.languages(written, spot.key("languages"));
        self.fallback(written, spot.key("fallback"));
        let header = self.optional_header(written.header.as_ref(), spot.key("header"));
        let body = self.body(written.body.as_ref(), spot.key("body"));
        let buttons = self.buttons(written.buttons.as_ref(), spot.key("buttons"));
        let carousel = self.carousel(written.carousel.as_deref(), spot.key("carousel"));
        let limited_time_offer = self.ends(spot.key("limited_time_offer").key("ends"));
        let otp = self.otp(written, spot);
        let raw_components = self.raw_components(written, spot.key("raw_components"));
        let Text { source: name, at, .. } = name?;
        let (header, body) = (header?, body?);
        self.one_format(header.as_ref(), &body, spot.key("header"));
        Some(Template {
            at,
            name,
            languages: written.languages.clone(),
            languages_at: languages_at(written.languages.len(), spot.key("languages"), at),
            fallback: written.fallback.clone(),
            endpoint: match written.endpoint {
                None | Some(file::Endpoint::Messages) => Endpoint::Messages,
                Some(file::Endpoint::MarketingMessages) => Endpoint::MarketingMessages,
            },
            header,
            body,
            buttons: buttons?,
            places: places(spot, at),
            carousel: carousel?,
            carousel_at: spot.place_of("carousel").unwrap_or(at),
            limited_time_offer,
            otp,
            raw_components,
        })
    }

    fn template_name(&mut self, spot: Spot<'_>) -> Option<Text> {
        let name = spot.text()?;
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let source = &name.source;
        if source.is_empty() || source.len() > NAME_CHARS_MAX || !source.chars().all(legal) {
            self.problem(
                spot,
                "template-name",
                format!("{} cannot be a template's name", shown(source)),
                "copy the name from WhatsApp Manager: lower-case letters, digits and `_`",
            );
        }
        Some(name)
    }

    fn languages(&mut self, written: &file::Template, spot: Spot<'_>) {
        if written.languages.is_empty() {
            self.problem(spot, "no-language", "a template needs a language", "write `languages: [en_US]`");
        }
        let mut seen = HashSet::new();
        for (index, code) in written.languages.iter().enumerate() {
            if !is_known(code) {
                let message = format!("unknown language code {}", shown(code));
                self.problem(spot.item(index), "unknown-language", message, suggestion(code));
            } else if !seen.insert(code) {
                let message = format!("the language `{code}` stands here a second time");
                self.problem(spot.item(index), "duplicate-language", message, "remove it");
            }
        }
    }

    fn fallback(&mut self, written: &file::Template, spot: Spot<'_>) {
        if let Some(fallback) = &written.fallback
            && !written.languages.is_empty()
            && !written.languages.contains(fallback)
        {
            let message = format!("the fallback {} is none of the languages above", shown(fallback));
            let listed = written.languages.iter().map(|code| shown(code)).collect::<Vec<_>>().join(", ");
            self.problem(spot, "fallback", message, format!("write one of {listed}, or add it to `languages`"));
        }
    }

    /// The first entry that lists a language gets it; an entry that gets none would be left out without a word.
    fn idle_entries(&mut self, written: &[file::Template], spot: Spot<'_>) {
        let mut taken: HashSet<&String> = HashSet::new();
        let mut fallback = false;
        for (index, entry) in written.iter().enumerate() {
            let idle = !entry.languages.is_empty() && entry.languages.iter().all(|code| taken.contains(code));
            if index > 0 && idle && (fallback || entry.fallback.is_none()) {
                self.problem(
                    spot.item(index).key("name"),
                    "idle-template",
                    "this entry is never used: entries above have all its languages",
                    "a language goes to the first entry that lists it; remove the entry or change its languages",
                );
            }
            taken.extend(&entry.languages);
            fallback |= entry.fallback.is_some();
        }
    }

    fn carousel(&mut self, written: Option<&[file::Card]>, spot: Spot<'_>) -> Option<Vec<Card>> {
        const CARDS: std::ops::RangeInclusive<usize> = 2..=10;
        let Some(cards) = written else { return Some(Vec::new()) };
        if !CARDS.contains(&cards.len()) {
            let message = format!("a carousel has 2 to 10 cards, not {}", cards.len());
            self.problem(spot, "carousel", message, "write one entry for each card of the template");
        }
        let cards: Vec<Option<Card>> =
            cards.iter().enumerate().map(|(index, card)| self.card(card, spot.item(index))).collect();
        cards.into_iter().collect()
    }

    fn card(&mut self, written: &file::Card, spot: Spot<'_>) -> Option<Card> {
        let header = self.optional_header(written.header.as_ref(), spot.key("header"));
        let body = self.body(written.body.as_ref(), spot.key("body"));
        let buttons = self.buttons(written.buttons.as_ref(), spot.key("buttons"));
        if let Some(Some(header)) = &header
            && !matches!(header, Header::Image(_) | Header::Video(_) | Header::Product { .. })
        {
            let message = "a card's header is an image, a video or a product";
            self.problem(spot.key("header"), "card-header", message, "write `header: { image: \"https://...\" }`");
        }
        let places = places(spot, spot.at().unwrap_or_default());
        Some(Card { header: header?, body: body?, buttons: buttons?, places })
    }

    /// The end of an offer. An expression is judged when it is rendered.
    fn ends(&mut self, spot: Spot<'_>) -> Option<Text> {
        let ends = self.optional_text(spot)?;
        if !super::is_expression(&ends.source) && ends.source.parse::<jiff::Timestamp>().is_err() {
            let message = format!("{} is no time with a zone", shown(&ends.source));
            self.problem(spot, "time", message, "write it like 2026-04-07T23:59:00-03:00");
        }
        Some(ends)
    }

    /// The code fills the body and the button at position 0 by itself.
    fn otp(&mut self, written: &file::Template, spot: Spot<'_>) -> Option<Text> {
        let otp = self.optional_text(spot.key("otp"))?;
        if written.body.is_some() || written.buttons.is_some() {
            let message = "`otp` fills the body and the button of an authentication template";
            self.problem(spot.key("otp"), "otp", message, "remove `body` and `buttons`, or remove `otp`");
        }
        Some(otp)
    }

    /// Meta's templates have either positional or named parameters, header and body alike.
    fn one_format(&mut self, header: Option<&Header>, body: &Body, spot: Spot<'_>) {
        let (message, help) = match (header, body) {
            (Some(Header::Text(_)), Body::Named(_)) => {
                ("the body's parameters have names, and the header's has none", "write `{ text: { name: \"...\" } }`")
            }
            (Some(Header::NamedText(..)), Body::Positional(_)) => {
                ("the header's parameter has a name, and the body's have none", "write `{ text: \"...\" }`")
            }
            _ => return,
        };
        self.problem(spot, "mixed-parameters", message, help);
    }
}

/// Where the languages stand, in the order of the list.
fn languages_at(count: usize, spot: Spot<'_>, otherwise: Place) -> Vec<Place> {
    (0..count).map(|index| spot.item(index).at().unwrap_or(otherwise)).collect()
}

/// Where the parts of an entry or a card stand.
fn places(spot: Spot<'_>, otherwise: Place) -> Places {
    let place = |key| spot.place_of(key).unwrap_or(otherwise);
    let position = |(key, place): (&str, Place)| Some((key.parse().ok()?, place));
    Places {
        header: place("header"),
        body: place("body"),
        names: spot.key("body").keys().map(|(_, place)| place).collect(),
        buttons: place("buttons"),
        positions: spot.key("buttons").keys().filter_map(position).collect(),
    }
}
