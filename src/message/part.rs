//! The parts of a message: a campaign's template entry with every text compiled into a slot, and how a row fills it.

use crate::cloud::wire::{
    Action, Button, ButtonKind, Card, Component, Currency, DateTime, LimitedTimeOffer, Location, Media, Parameter,
    Product, ProductItem, Section,
};

use super::row::Row;
use super::rule::Amount;
use super::slot::Slot;
use super::tree::Tree;
use super::{TOO_MUCH_WORK, Unfit};

/// A part of a message.
pub(super) enum Part {
    Header(Header),
    Body(Vec<(Option<String>, Value)>),
    Offer(Slot<i64>),
    Carousel(Vec<Vec<Part>>),
    Button(u8, Filling),
    /// Fills the body and the button of an authentication template.
    Otp(Slot<()>),
    Raw(Tree),
}

/// What fills a header.
pub(super) enum Header {
    Text(Option<String>, Slot<()>),
    Image(File),
    Video(File),
    Document(File),
    Location { latitude: Slot<String>, longitude: Slot<String>, name: Option<Slot<()>>, address: Option<Slot<()>> },
    Product { catalog: Slot<()>, id: Slot<()> },
}

/// A media file.
pub(super) struct File {
    pub is_link: bool,
    pub from: Slot<()>,
    pub name: Option<Slot<()>>,
}

/// What fills a body parameter.
pub(super) enum Value {
    Text(Slot<()>),
    Currency { code: Slot<String>, amount: Slot<Amount> },
    DateTime(Slot<()>),
}

/// What fills a button.
pub(super) enum Filling {
    Url(Slot<()>),
    CopyCode(Slot<()>),
    QuickReply(Slot<()>),
    Flow { token: Option<Slot<()>>, data: Option<Tree> },
    Catalog(Option<Slot<()>>),
    Products { thumbnail: Slot<()>, sections: Vec<(Slot<()>, Vec<Slot<()>>)> },
    VoiceCall { minutes: Option<Slot<u32>>, payload: Option<Slot<()>> },
    OrderDetails(Tree),
}

type Filled<T> = Result<T, Unfit>;

/// The components that a row makes of the parts.
pub(super) fn fill<'r>(parts: &'r [Part], row: &Row<'r>) -> Filled<Vec<Component<'r>>> {
    let mut components = Vec::with_capacity(parts.len());
    for part in parts {
        part.fill(row, &mut components)?;
    }
    Ok(components)
}

/// After so many parameters of a row for which an expression ran out of fuel, nobody waits for the others.
const BUSY_MAX: usize = 20;

/// What is wrong with each of the parts.
pub(super) fn flaws(parts: &[Part], row: &Row<'_>) -> Vec<Unfit> {
    let mut flaws = Vec::new();
    for part in parts {
        match part {
            Part::Body(values) => {
                let each = values.iter().filter_map(|(_, value)| value.fill(None, row).err());
                let mut busy = 0;
                flaws.extend(each.take_while(|flaw| {
                    busy += usize::from(flaw.code == TOO_MUCH_WORK);
                    busy <= BUSY_MAX
                }));
            }
            Part::Carousel(cards) => flaws.extend(cards.iter().flat_map(|parts| self::flaws(parts, row))),
            part => flaws.extend(part.fill(row, &mut Vec::new()).err()),
        }
    }
    flaws
}

impl Part {
    fn fill<'r>(&'r self, row: &Row<'r>, components: &mut Vec<Component<'r>>) -> Filled<()> {
        let component = match self {
            Self::Header(header) => Component::Header { parameters: [header.fill(row)?] },
            Self::Body(values) => {
                let parameters = values.iter().map(|(name, value)| value.fill(name.as_deref(), row));
                Component::Body { parameters: parameters.collect::<Filled<_>>()? }
            }
            Self::Offer(ends) => {
                let limited_time_offer = LimitedTimeOffer { expiration_time_ms: ends.value(row)? };
                Component::LimitedTimeOffer { parameters: [Parameter::LimitedTimeOffer { limited_time_offer }] }
            }
            Self::Carousel(cards) => {
                let card = |(card_index, parts): (usize, &'r Vec<Part>)| {
                    fill(parts, row).map(|components| Card { card_index, components })
                };
                Component::Carousel { cards: cards.iter().enumerate().map(card).collect::<Filled<_>>()? }
            }
            Self::Button(index, filling) => match filling.fill(row)? {
                Some((sub_type, parameters)) => Component::Button(Button { sub_type, index: *index, parameters }),
                None => return Ok(()),
            },
            Self::Otp(code) => {
                let parameter = Parameter::Text { parameter_name: None, text: code.text(row)? };
                let parameters = vec![parameter];
                components.push(Component::Body { parameters: parameters.clone() });
                Component::Button(Button { sub_type: ButtonKind::Url, index: 0, parameters })
            }
            Self::Raw(tree) => Component::Raw(tree.json(row)?),
        };
        components.push(component);
        Ok(())
    }
}

impl Header {
    fn fill<'r>(&'r self, row: &Row<'r>) -> Filled<Parameter<'r>> {
        Ok(match self {
            Self::Text(name, text) => Parameter::Text { parameter_name: name.as_deref(), text: text.words(row)? },
            Self::Image(file) => Parameter::Image { image: file.fill(row)? },
            Self::Video(file) => Parameter::Video { video: file.fill(row)? },
            Self::Document(file) => Parameter::Document { document: file.fill(row)? },
            Self::Location { latitude, longitude, name, address } => Parameter::Location {
                location: Location {
                    latitude: latitude.value(row)?.into(),
                    longitude: longitude.value(row)?.into(),
                    name: name.as_ref().map(|name| name.words(row)).transpose()?,
                    address: address.as_ref().map(|address| address.words(row)).transpose()?,
                },
            },
            Self::Product { catalog, id } => Parameter::Product {
                product: Product { product_retailer_id: id.text(row)?, catalog_id: catalog.text(row)? },
            },
        })
    }
}

impl File {
    fn fill<'r>(&'r self, row: &Row<'r>) -> Filled<Media<'r>> {
        let from = Some(self.from.link(row)?);
        let (link, id) = if self.is_link { (from, None) } else { (None, from) };
        Ok(Media { id, link, filename: optional(self.name.as_ref(), row)? })
    }
}

impl Value {
    fn fill<'r>(&'r self, parameter_name: Option<&'r str>, row: &Row<'r>) -> Filled<Parameter<'r>> {
        Ok(match self {
            Self::Text(text) => Parameter::Text { parameter_name, text: text.words(row)? },
            Self::Currency { code, amount } => {
                let (code, Amount { thousandths, written }) = (code.value(row)?, amount.value(row)?);
                let fallback_value = format!("{code} {written}");
                Parameter::Currency {
                    parameter_name,
                    currency: Currency { fallback_value, code, amount_1000: thousandths },
                }
            }
            Self::DateTime(text) => {
                Parameter::DateTime { parameter_name, date_time: DateTime { fallback_value: text.words(row)? } }
            }
        })
    }
}

impl Filling {
    /// None when there is nothing to say about the button: Meta's defaults hold.
    fn fill<'r>(&'r self, row: &Row<'r>) -> Filled<Option<(ButtonKind, Vec<Parameter<'r>>)>> {
        let one = |kind, parameter| Ok(Some((kind, vec![parameter])));
        let act = |kind, action| one(kind, Parameter::Action { action });
        match self {
            Self::Url(text) => one(ButtonKind::Url, Parameter::Text { parameter_name: None, text: text.link(row)? }),
            Self::CopyCode(code) => one(ButtonKind::CopyCode, Parameter::CouponCode { coupon_code: code.link(row)? }),
            Self::QuickReply(text) => one(ButtonKind::QuickReply, Parameter::Payload { payload: text.text(row)? }),
            Self::Flow { token, data } => {
                let flow_token = optional(token.as_ref(), row)?.unwrap_or("unused".into());
                let flow_action_data = data.as_ref().map(|data| data.json(row)).transpose()?;
                act(ButtonKind::Flow, Action::Flow { flow_token, flow_action_data })
            }
            Self::Catalog(None) => Ok(Some((ButtonKind::Catalog, Vec::new()))),
            Self::Catalog(Some(thumbnail)) => {
                act(ButtonKind::Catalog, Action::Catalog { thumbnail_product_retailer_id: thumbnail.text(row)? })
            }
            Self::Products { thumbnail, sections } => {
                let sections =
                    sections.iter().map(|(title, items)| section(title, items, row)).collect::<Filled<_>>()?;
                let thumbnail_product_retailer_id = thumbnail.text(row)?;
                act(ButtonKind::Mpm, Action::Products { thumbnail_product_retailer_id, sections })
            }
            Self::VoiceCall { minutes, payload } => {
                let minutes = minutes.as_ref().map(|minutes| minutes.value(row)).transpose()?;
                let minutes = minutes.map(|ttl_minutes| Parameter::TtlMinutes { ttl_minutes });
                let payload = optional(payload.as_ref(), row)?.map(|payload| Parameter::Payload { payload });
                let parameters: Vec<_> = minutes.into_iter().chain(payload).collect();
                Ok(Some((ButtonKind::VoiceCall, parameters)).filter(|(_, parameters)| !parameters.is_empty()))
            }
            Self::OrderDetails(bill) => {
                act(ButtonKind::OrderDetails, Action::OrderDetails { order_details: bill.json(row)? })
            }
        }
    }
}

fn section<'r>(title: &'r Slot<()>, items: &'r [Slot<()>], row: &Row<'r>) -> Filled<Section<'r>> {
    let item = |id: &'r Slot<()>| Ok(ProductItem { product_retailer_id: id.text(row)? });
    Ok(Section { title: title.text(row)?, product_items: items.iter().map(item).collect::<Filled<_>>()? })
}

fn optional<'r>(slot: Option<&'r Slot<()>>, row: &Row<'r>) -> Filled<Option<std::borrow::Cow<'r, str>>> {
    slot.map(|slot| slot.text(row)).transpose()
}
