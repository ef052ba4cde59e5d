//! The components of a template message, checked as far as that is possible without the template itself.
//!
//! Source: Meta's Cloud API reference on template messages, carousels, limited-time offers and the button types.

use std::fmt;

use serde::Deserialize;

use super::parameter::{ActionKind, Naming, Parameter};
use super::refusal::Refusal;
use super::request::{Number, Text};

/// A template has ten buttons at most.
const BUTTON_INDEX_MAX: f64 = 9.0;

const CARDS: std::ops::RangeInclusive<usize> = 2..=10;

const HEADER_CHARS_MAX: usize = 60;
const BODY_CHARS_MAX: usize = 1024;
const CARD_BODY_CHARS_MAX: usize = 160;
const URL_CHARS_MAX: usize = 2000;

/// Where something stands in a request. Costs nothing until it is shown.
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Key(&'static str),
    Item(usize),
}

impl<'p> Path<'p> {
    pub(super) const fn root(key: &'static str) -> Self {
        Self { parent: None, step: Step::Key(key) }
    }

    pub(super) const fn key(&'p self, key: &'static str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) const fn item(&'p self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Item(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(out)?;
        }
        match self.step {
            Step::Key(key) if self.parent.is_none() => out.write_str(key),
            Step::Key(key) => write!(out, ".{key}"),
            Step::Item(index) => write!(out, "[{index}]"),
        }
    }
}

/// One component, of any type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Text<'a>>,
    sub_type: Option<Text<'a>>,
    index: Option<Number>,
    parameters: Option<Vec<Parameter<'a>>>,
    cards: Option<Vec<Card<'a>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card<'a> {
    card_index: Option<Number>,
    #[serde(borrow)]
    components: Option<Vec<Component<'a>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Template,
    Card,
}

/// What the components of one list have shown so far.
#[derive(Default)]
struct Seen {
    header: bool,
    body: bool,
    carousel: bool,
    offer: bool,
    /// A bit per index.
    buttons: u16,
    naming: Naming,
}

/// Checks the components of a template.
pub(super) fn check_template(components: &[Component<'_>], path: &Path<'_>) -> Result<(), Refusal> {
    check_list(components, Place::Template, path)
}

fn check_list(components: &[Component<'_>], place: Place, path: &Path<'_>) -> Result<(), Refusal> {
    let mut seen = Seen::default();
    components
        .iter()
        .enumerate()
        .try_for_each(|(index, component)| component.check(place, &mut seen, &path.item(index)))
}

impl Component<'_> {
    fn check(&self, place: Place, seen: &mut Seen, path: &Path<'_>) -> Result<(), Refusal> {
        let kind = self.kind.as_deref().ok_or_else(|| Refusal::missing(path.key("type")))?;
        let top = place == Place::Template;
        if kind != "button" {
            absent(self.sub_type.is_none(), path.key("sub_type"), "only for a button")?;
            absent(self.index.is_none(), path.key("index"), "only for a button")?;
        }
        if kind != "carousel" {
            absent(self.cards.is_none(), path.key("cards"), "only for a carousel")?;
        }
        match kind {
            "header" => once(&mut seen.header, path).and_then(|()| self.check_header(seen, path)),
            "body" => once(&mut seen.body, path).and_then(|()| self.check_body(place, seen, path)),
            "button" => self.check_button(seen, path),
            "carousel" if top => once(&mut seen.carousel, path).and_then(|()| self.check_carousel(path)),
            "limited_time_offer" if top => {
                once(&mut seen.offer, path).and_then(|()| self.check_only("limited_time_offer", path))
            }
            "order_status" if top => self.check_only("order_status", path),
            "tap_target_configuration" if top => self.check_only("tap_target_configuration", path),
            _ => Err(Refusal::invalid(path.key("type"), format_args!("`{kind}` is no component that can stand here"))),
        }
    }

    fn check_header(&self, seen: &mut Seen, path: &Path<'_>) -> Result<(), Refusal> {
        const KINDS: &[&str] = &["text", "image", "video", "gif", "document", "location", "product"];
        let parameters = self.check_parameters(0..=1, KINDS, path)?;
        seen.naming.check(parameters, &path.key("parameters"))?;
        check_length(parameters, HEADER_CHARS_MAX, path)
    }

    fn check_body(&self, place: Place, seen: &mut Seen, path: &Path<'_>) -> Result<(), Refusal> {
        let parameters = self.check_parameters(0..=usize::MAX, &["text", "currency", "date_time"], path)?;
        seen.naming.check(parameters, &path.key("parameters"))?;
        let chars_max = if place == Place::Card { CARD_BODY_CHARS_MAX } else { BODY_CHARS_MAX };
        check_length(parameters, chars_max, path)
    }

    /// A component with one parameter that is named like itself.
    fn check_only(&self, kind: &'static str, path: &Path<'_>) -> Result<(), Refusal> {
        self.check_parameters(1..=1, &[kind], path).map(drop)
    }

    fn check_carousel(&self, path: &Path<'_>) -> Result<(), Refusal> {
        let path = path.key("cards");
        let cards = self.cards.as_deref().ok_or_else(|| Refusal::missing(&path))?;
        if !CARDS.contains(&cards.len()) {
            return Err(Refusal::invalid(path, format_args!("{} cards; a carousel has 2 to 10", cards.len())));
        }
        let mut seen = 0_u16;
        for (item, card) in cards.iter().enumerate() {
            let path = path.item(item);
            take_index(card.card_index, &mut seen, &path.key("card_index"))?;
            let components = card.components.as_deref().ok_or_else(|| Refusal::missing(path.key("components")))?;
            check_list(components, Place::Card, &path.key("components"))?;
        }
        Ok(())
    }

    fn check_button(&self, seen: &mut Seen, path: &Path<'_>) -> Result<(), Refusal> {
        let sub_type = self.sub_type.as_deref().ok_or_else(|| Refusal::missing(path.key("sub_type")))?;
        // Meta's samples write some of them in capitals.
        let sub_type = sub_type.to_ascii_lowercase();
        // Meta's own sample of a voice call button has no index.
        if self.index.is_some() || sub_type != "voice_call" {
            take_index(self.index, &mut seen.buttons, &path.key("index"))?;
        }
        match sub_type.as_str() {
            "quick_reply" => self.check_parameters(1..=1, &["payload"], path).map(drop),
            "url" => check_length(self.check_parameters(1..=1, &["text"], path)?, URL_CHARS_MAX, path),
            "copy_code" => self.check_parameters(1..=1, &["coupon_code"], path).map(drop),
            "flow" => self.check_action(1..=1, ActionKind::Flow, path),
            "catalog" => self.check_action(0..=1, ActionKind::Catalog, path),
            "mpm" => self.check_action(1..=1, ActionKind::Products, path),
            "order_details" => self.check_action(1..=1, ActionKind::OrderDetails, path),
            "voice_call" if self.parameters.is_none() => Ok(()),
            "voice_call" => self.check_parameters(0..=2, &["ttl_minutes", "payload"], path).map(drop),
            _ => Err(Refusal::invalid(path.key("sub_type"), format_args!("`{sub_type}` is no type of button"))),
        }
    }

    fn check_action(
        &self,
        count: std::ops::RangeInclusive<usize>,
        kind: ActionKind,
        path: &Path<'_>,
    ) -> Result<(), Refusal> {
        if self.parameters.is_none() && *count.start() == 0 {
            return Ok(());
        }
        let parameters = self.check_parameters(count, &["action"], path)?;
        let path = path.key("parameters");
        parameters
            .iter()
            .enumerate()
            .try_for_each(|(index, parameter)| parameter.check_action(kind, &path.item(index).key("action")))
    }

    /// The parameters, each good by itself and of a kind that can stand here.
    fn check_parameters(
        &self,
        count: std::ops::RangeInclusive<usize>,
        kinds: &[&str],
        path: &Path<'_>,
    ) -> Result<&[Parameter<'_>], Refusal> {
        let path = path.key("parameters");
        let parameters = self.parameters.as_deref().ok_or_else(|| Refusal::missing(&path))?;
        if parameters.len() < *count.start() {
            return Err(Refusal::missing(&path));
        }
        if parameters.len() > *count.end() {
            let what = format_args!("{} parameters; at most {} can stand here", parameters.len(), count.end());
            return Err(Refusal::new(132_000, format_args!("{path}: {what}")));
        }
        for (index, parameter) in parameters.iter().enumerate() {
            parameter.check(kinds, &path.item(index))?;
        }
        Ok(parameters)
    }
}

fn absent(absent: bool, path: Path<'_>, what: &str) -> Result<(), Refusal> {
    if absent { Ok(()) } else { Err(Refusal::invalid(path, what)) }
}

fn once(seen: &mut bool, path: &Path<'_>) -> Result<(), Refusal> {
    if std::mem::replace(seen, true) { Err(Refusal::invalid(path.key("type"), "stands here twice")) } else { Ok(()) }
}

/// Checks an index from 0 to 9 that nothing else in this list has.
fn take_index(index: Option<Number>, seen: &mut u16, path: &Path<'_>) -> Result<(), Refusal> {
    let Number(index) = index.ok_or_else(|| Refusal::missing(path))?;
    if !(0.0..=BUTTON_INDEX_MAX).contains(&index) || index.fract() != 0.0 {
        return Err(Refusal::invalid(path, "must be a whole number from 0 to 9"));
    }
    let bit = 1 << index as u16;
    if *seen & bit != 0 {
        return Err(Refusal::invalid(path, format_args!("{index} stands here twice")));
    }
    *seen |= bit;
    Ok(())
}

/// The parameters alone must not be longer than the whole filled text may be.
fn check_length(parameters: &[Parameter<'_>], chars_max: usize, path: &Path<'_>) -> Result<(), Refusal> {
    let bytes: usize = parameters.iter().map(|parameter| parameter.shown_text().len()).sum();
    if bytes <= chars_max {
        return Ok(());
    }
    let chars: usize = parameters.iter().map(|parameter| parameter.shown_text().chars().count()).sum();
    if chars <= chars_max {
        return Ok(());
    }
    Err(Refusal::new(132_005, format_args!("{path}: {chars} characters; at most {chars_max}")))
}
