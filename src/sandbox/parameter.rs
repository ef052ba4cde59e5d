//! The parameters of a component: what each type must hold.
//!
//! Source: Meta's Cloud API reference on template parameters; the rule on newlines, tabs and spaces is the one that code
//! 132018 names since v23.0.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::component::Path;
use super::refusal::Refusal;
use super::request::{Number, Text, longer};

const COUPON_CHARS_MAX: usize = 20;
const FILE_NAME_CHARS_MAX: usize = 240;
const PAYLOAD_CHARS_MAX: usize = 512;
const PRODUCTS_MAX: usize = 30;
const SECTIONS_MAX: usize = 10;
const SECTION_TITLE_CHARS_MAX: usize = 24;

/// Thirty days.
const TTL_MINUTES_MAX: i64 = 43_200;

/// One parameter, of any type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Text<'a>>,
    parameter_name: Option<Text<'a>>,
    text: Option<Text<'a>>,
    payload: Option<Text<'a>>,
    coupon_code: Option<Text<'a>>,
    currency: Option<Box<Currency<'a>>>,
    date_time: Option<DateTime<'a>>,
    image: Option<Box<Media<'a>>>,
    video: Option<Box<Media<'a>>>,
    gif: Option<Box<Media<'a>>>,
    document: Option<Box<Media<'a>>>,
    location: Option<Box<Location<'a>>>,
    product: Option<Box<Product<'a>>>,
    action: Option<Box<Action<'a>>>,
    ttl_minutes: Option<i64>,
    limited_time_offer: Option<Offer>,
    order_status: Option<IgnoredAny>,
    tap_target_configuration: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Currency<'a> {
    #[serde(borrow)]
    fallback_value: Option<Text<'a>>,
    code: Option<Text<'a>>,
    amount_1000: Option<i64>,
}

/// Only the fallback is shown; the older fields beside it are let pass.
#[derive(Deserialize)]
struct DateTime<'a> {
    #[serde(borrow)]
    fallback_value: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Media<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    link: Option<Text<'a>>,
    filename: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Location<'a> {
    latitude: Option<Number>,
    longitude: Option<Number>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    address: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Product<'a> {
    #[serde(borrow)]
    product_retailer_id: Option<Text<'a>>,
    catalog_id: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    expiration_time_ms: Option<i64>,
}

/// What a button does, for every type of button that says so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action<'a> {
    #[serde(borrow)]
    flow_token: Option<Text<'a>>,
    flow_action_data: Option<IgnoredAny>,
    thumbnail_product_retailer_id: Option<Text<'a>>,
    sections: Option<Vec<Section<'a>>>,
    order_details: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section<'a> {
    #[serde(borrow)]
    title: Option<Text<'a>>,
    product_items: Option<Vec<Item<'a>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item<'a> {
    #[serde(borrow)]
    product_retailer_id: Option<Text<'a>>,
}

/// Which button an action belongs to.
#[derive(Clone, Copy)]
pub(super) enum ActionKind {
    Flow,
    Catalog,
    Products,
    OrderDetails,
}

/// Whether the parameters of a template go by name or by position: never both.
#[derive(Default)]
pub(super) struct Naming {
    named: Option<bool>,
}

impl Naming {
    /// Takes in more parameters. Those that are no text have neither name nor position.
    pub(super) fn check(&mut self, parameters: &[Parameter<'_>], path: &Path<'_>) -> Result<(), Refusal> {
        for (index, parameter) in parameters.iter().enumerate() {
            if parameter.is_text_like() {
                let named = parameter.parameter_name.is_some();
                if *self.named.get_or_insert(named) != named {
                    let what = "either every parameter has a parameter_name, or none";
                    return Err(Refusal::new(132_012, format_args!("{}: {what}", path.item(index))));
                }
            }
        }
        Ok(())
    }
}

impl Parameter<'_> {
    /// Checks one parameter, whose type must be one of `kinds`.
    pub(super) fn check(&self, kinds: &[&str], path: &Path<'_>) -> Result<(), Refusal> {
        let kind = self.kind.as_deref().ok_or_else(|| Refusal::missing(path.key("type")))?;
        if !kinds.contains(&kind) {
            return Err(Refusal::invalid(path.key("type"), format_args!("must be {}", kinds.join(", "))));
        }
        if self.parameter_name.as_deref().is_some_and(|name| !is_parameter_name(name)) {
            return Err(Refusal::invalid(path.key("parameter_name"), "only a-z, 0-9 and _"));
        }
        match kind {
            "text" => check_text(&self.text, &path.key("text")),
            "payload" => check_short(&self.payload, PAYLOAD_CHARS_MAX, &path.key("payload")),
            "coupon_code" => check_coupon(&self.coupon_code, &path.key("coupon_code")),
            "currency" => given(self.currency.as_deref(), &path.key("currency"), Currency::check),
            "date_time" => given(self.date_time.as_ref(), &path.key("date_time"), DateTime::check),
            "image" => given(self.image.as_deref(), &path.key("image"), Media::check_bare),
            "video" => given(self.video.as_deref(), &path.key("video"), Media::check_bare),
            "gif" => given(self.gif.as_deref(), &path.key("gif"), Media::check_bare),
            "document" => given(self.document.as_deref(), &path.key("document"), Media::check),
            "location" => given(self.location.as_deref(), &path.key("location"), Location::check),
            "product" => given(self.product.as_deref(), &path.key("product"), Product::check),
            "action" => given(self.action.as_deref(), &path.key("action"), any),
            "ttl_minutes" => given(self.ttl_minutes, &path.key("ttl_minutes"), check_ttl),
            "limited_time_offer" => {
                given(self.limited_time_offer.as_ref(), &path.key("limited_time_offer"), Offer::check)
            }
            "order_status" => given(self.order_status.as_ref(), &path.key("order_status"), any),
            _ => given(self.tap_target_configuration.as_ref(), &path.key("tap_target_configuration"), any),
        }
    }

    /// Checks what a button of this kind needs in its action.
    pub(super) fn check_action(&self, kind: ActionKind, path: &Path<'_>) -> Result<(), Refusal> {
        self.action.as_deref().ok_or_else(|| Refusal::missing(path))?.check(kind, path)
    }

    /// What the person will read of this parameter.
    pub(super) fn shown_text(&self) -> &str {
        let fallback = self.currency.as_deref().map(|currency| &currency.fallback_value);
        let fallback = fallback.or_else(|| self.date_time.as_ref().map(|date_time| &date_time.fallback_value));
        self.text.as_deref().or_else(|| fallback?.as_deref()).unwrap_or_default()
    }

    fn is_text_like(&self) -> bool {
        matches!(self.kind.as_deref(), Some("text" | "currency" | "date_time"))
    }
}

/// Checks what is there, and that it is there.
fn given<T>(
    field: Option<T>,
    path: &Path<'_>,
    check: impl FnOnce(T, &Path<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    check(field.ok_or_else(|| Refusal::missing(path))?, path)
}

/// For [`given`]: whatever it is, it is good.
fn any<T>(_: T, _: &Path<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn said<'t>(field: &'t Option<Text<'_>>, path: &Path<'_>) -> Result<&'t str, Refusal> {
    field.as_deref().filter(|text| !text.trim().is_empty()).ok_or_else(|| Refusal::missing(path))
}

fn check_text(field: &Option<Text<'_>>, path: &Path<'_>) -> Result<(), Refusal> {
    let text = said(field, path)?;
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        let what = "must not hold a newline, a tab or more than four spaces in a row";
        return Err(Refusal::new(132_018, format_args!("{path}: {what}")));
    }
    Ok(())
}

fn check_short(field: &Option<Text<'_>>, chars_max: usize, path: &Path<'_>) -> Result<(), Refusal> {
    if longer(said(field, path)?, chars_max) {
        return Err(Refusal::bad_value(path, format_args!("longer than {chars_max} characters")));
    }
    Ok(())
}

fn check_coupon(field: &Option<Text<'_>>, path: &Path<'_>) -> Result<(), Refusal> {
    check_short(field, COUPON_CHARS_MAX, path)?;
    if said(field, path)?.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err(Refusal::bad_value(path, "only letters and digits"))
    }
}

fn check_ttl(minutes: i64, path: &Path<'_>) -> Result<(), Refusal> {
    if (1..=TTL_MINUTES_MAX).contains(&minutes) {
        Ok(())
    } else {
        Err(Refusal::bad_value(path, format_args!("must be from 1 to {TTL_MINUTES_MAX}")))
    }
}

fn is_parameter_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl Currency<'_> {
    fn check(&self, path: &Path<'_>) -> Result<(), Refusal> {
        said(&self.fallback_value, &path.key("fallback_value"))?;
        let code = said(&self.code, &path.key("code"))?;
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Refusal::bad_value(path.key("code"), "not a currency code such as EUR"));
        }
        given(self.amount_1000, &path.key("amount_1000"), any)
    }
}

impl DateTime<'_> {
    fn check(&self, path: &Path<'_>) -> Result<(), Refusal> {
        said(&self.fallback_value, &path.key("fallback_value")).map(drop)
    }
}

impl Media<'_> {
    /// A document, which may be given a name.
    fn check(&self, path: &Path<'_>) -> Result<(), Refusal> {
        if self.filename.as_deref().is_some_and(|name| longer(name, FILE_NAME_CHARS_MAX)) {
            return Err(Refusal::bad_value(path.key("filename"), "longer than 240 characters"));
        }
        match (self.id.as_deref(), self.link.as_deref()) {
            (Some(id), None) if !id.is_empty() => Ok(()),
            (None, Some(link)) if link.starts_with("https://") || link.starts_with("http://") => Ok(()),
            (None, Some(_)) => Err(Refusal::bad_value(path.key("link"), "not an http or https address")),
            (Some(_), Some(_)) => Err(Refusal::invalid(path, "either id or link, not both")),
            _ => Err(Refusal::missing(format_args!("{path}.id or {path}.link"))),
        }
    }

    fn check_bare(&self, path: &Path<'_>) -> Result<(), Refusal> {
        if self.filename.is_some() {
            return Err(Refusal::invalid(path.key("filename"), "only for a document"));
        }
        self.check(path)
    }
}

impl Location<'_> {
    fn check(&self, path: &Path<'_>) -> Result<(), Refusal> {
        for (number, key, limit) in [(self.latitude, "latitude", 90.0), (self.longitude, "longitude", 180.0)] {
            let Number(degrees) = number.ok_or_else(|| Refusal::missing(path.key(key)))?;
            if !(-limit..=limit).contains(&degrees) {
                return Err(Refusal::bad_value(path.key(key), format_args!("must be from -{limit} to {limit}")));
            }
        }
        said(&self.name, &path.key("name"))?;
        said(&self.address, &path.key("address")).map(drop)
    }
}

impl Product<'_> {
    fn check(&self, path: &Path<'_>) -> Result<(), Refusal> {
        said(&self.product_retailer_id, &path.key("product_retailer_id"))?;
        said(&self.catalog_id, &path.key("catalog_id")).map(drop)
    }
}

impl Offer {
    fn check(&self, path: &Path<'_>) -> Result<(), Refusal> {
        let path = path.key("expiration_time_ms");
        given(self.expiration_time_ms, &path, |at, path| {
            if at > 0 { Ok(()) } else { Err(Refusal::bad_value(path, "not a time in milliseconds")) }
        })
    }
}

impl Action<'_> {
    fn check(&self, kind: ActionKind, path: &Path<'_>) -> Result<(), Refusal> {
        let flow = self.flow_token.is_some() || self.flow_action_data.is_some();
        let products = self.thumbnail_product_retailer_id.is_some() || self.sections.is_some();
        let order = self.order_details.is_some();
        let (strange, missing) = match kind {
            ActionKind::Flow => (products || order, None),
            ActionKind::Catalog => (flow || order || self.sections.is_some(), None),
            ActionKind::Products => (flow || order, self.check_products(path).err()),
            ActionKind::OrderDetails => {
                (flow || products, (!order).then(|| Refusal::missing(path.key("order_details"))))
            }
        };
        if strange {
            return Err(Refusal::invalid(path, "holds fields of another type of button"));
        }
        missing.map_or(Ok(()), Err)
    }

    fn check_products(&self, path: &Path<'_>) -> Result<(), Refusal> {
        said(&self.thumbnail_product_retailer_id, &path.key("thumbnail_product_retailer_id"))?;
        let path = path.key("sections");
        let sections = self.sections.as_deref().ok_or_else(|| Refusal::missing(&path))?;
        if sections.is_empty() || sections.len() > SECTIONS_MAX {
            return Err(Refusal::invalid(&path, "must be 1 to 10 sections"));
        }
        let mut products = 0;
        for (index, section) in sections.iter().enumerate() {
            products += section.check(&path.item(index))?;
        }
        if products > PRODUCTS_MAX { Err(Refusal::invalid(&path, "more than 30 products")) } else { Ok(()) }
    }
}

impl Section<'_> {
    /// The number of products in it.
    fn check(&self, path: &Path<'_>) -> Result<usize, Refusal> {
        check_short(&self.title, SECTION_TITLE_CHARS_MAX, &path.key("title"))?;
        let path = path.key("product_items");
        let items = self.product_items.as_deref().filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| Refusal::missing(&path))?;
        for (index, item) in items.iter().enumerate() {
            said(&item.product_retailer_id, &path.item(index).key("product_retailer_id"))?;
        }
        Ok(items.len())
    }
}
