//! The request on the wire: Meta's JSON for a template message.
//!
//! Source: Meta's OpenAPI file for the Business Messaging API (v23.0) and, where that file does not type a component, the
//! Cloud API's documentation of template messages. Types are written in lower case and button positions as strings, as
//! the OpenAPI file has them.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Text that is borrowed from a campaign or a row where it can be.
pub type Str<'a> = Cow<'a, str>;

/// The `template` object: which template, in which language, filled with what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Template<'a> {
    /// The template's name.
    pub name: &'a str,
    /// Its language.
    pub language: Language<'a>,
    /// What fills it; left out when nothing does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component<'a>>,
}

/// The language of a template. Meta looks for exactly this one and does not fall back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Language<'a> {
    policy: &'static str,
    code: &'a str,
}

impl<'a> Language<'a> {
    /// The language with this code, spelt as Meta lists it.
    pub fn new(code: &'a str) -> Self {
        Self { policy: "deterministic", code }
    }
}

/// A filled part of a template.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Component<'a> {
    /// The header.
    Header {
        /// One parameter.
        parameters: [Parameter<'a>; 1],
    },
    /// The body.
    Body {
        /// Its parameters, in order or by name.
        parameters: Vec<Parameter<'a>>,
    },
    /// The end of a limited-time offer.
    LimitedTimeOffer {
        /// One [`Parameter::LimitedTimeOffer`].
        parameters: [Parameter<'a>; 1],
    },
    /// The cards of a carousel.
    Carousel {
        /// The cards, in the template's order.
        cards: Vec<Card<'a>>,
    },
    /// A button.
    Button(Button<'a>),
    /// A component sent as its author wrote it.
    #[serde(untagged)]
    Raw(Value),
}

/// A carousel card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card<'a> {
    /// Position, from 0.
    pub card_index: usize,
    /// Header, body and buttons of the card.
    pub components: Vec<Component<'a>>,
}

/// A button's variable part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Button<'a> {
    /// What kind of button.
    pub sub_type: ButtonKind,
    /// Position among all buttons of the template, from 0.
    #[serde(serialize_with = "as_text")]
    pub index: u8,
    /// Left out when empty: Meta then takes its own default (the first picture of a catalogue).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter<'a>>,
}

fn as_text<S: Serializer>(index: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(index)
}

/// What kind of button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// A link with a variable end; also the code button of an authentication template.
    Url,
    /// An answer with one tap.
    QuickReply,
    /// Copies a coupon code.
    CopyCode,
    /// Opens a flow.
    Flow,
    /// Opens the catalogue.
    Catalog,
    /// Opens a choice of products ("multi-product message").
    Mpm,
    /// Calls the business.
    VoiceCall,
    /// Pays a bill (India, Brazil).
    OrderDetails,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Parameter<'a> {
    /// Text for a placeholder, or the end of a URL.
    Text {
        /// The placeholder's name, in templates with named parameters only.
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_name: Option<&'a str>,
        /// The text.
        text: Str<'a>,
    },
    /// An amount of money.
    Currency {
        /// The placeholder's name, in templates with named parameters only.
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_name: Option<&'a str>,
        /// The amount.
        currency: Currency,
    },
    /// A date or time, ready to be shown.
    DateTime {
        /// The placeholder's name, in templates with named parameters only.
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_name: Option<&'a str>,
        /// The date.
        date_time: DateTime<'a>,
    },
    /// An image.
    Image {
        /// Where it is.
        image: Media<'a>,
    },
    /// A video.
    Video {
        /// Where it is.
        video: Media<'a>,
    },
    /// A document.
    Document {
        /// Where it is, and its name.
        document: Media<'a>,
    },
    /// A place on the map.
    Location {
        /// The place.
        location: Location<'a>,
    },
    /// A product of a catalogue.
    Product {
        /// The product.
        product: Product<'a>,
    },
    /// What the webhook gets when the button is pressed.
    Payload {
        /// The text.
        payload: Str<'a>,
    },
    /// A coupon code.
    CouponCode {
        /// The code.
        coupon_code: Str<'a>,
    },
    /// What a flow, catalogue, product or bill button needs.
    Action {
        /// The details.
        action: Action<'a>,
    },
    /// How long a call button works.
    TtlMinutes {
        /// Minutes, 1 to 43200.
        ttl_minutes: u32,
    },
    /// The end of a limited-time offer.
    LimitedTimeOffer {
        /// The end.
        limited_time_offer: LimitedTimeOffer,
    },
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Currency {
    /// What is shown where WhatsApp does not write the amount itself.
    pub fallback_value: String,
    /// ISO 4217 code.
    pub code: String,
    /// The amount in thousandths. The OpenAPI file gives it 32 bits.
    pub amount_1000: i32,
}

/// A date or time. The Cloud API shows the fallback, always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateTime<'a> {
    /// What is shown.
    pub fallback_value: Str<'a>,
}

/// A media file: `link` or `id`, never both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Media<'a> {
    /// The id of an upload of the same phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Str<'a>>,
    /// A public URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Str<'a>>,
    /// The name a document is shown under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<Str<'a>>,
}

/// A place on the map. Meta's samples write degrees as strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location<'a> {
    /// Degrees, -90 to 90.
    pub latitude: Str<'a>,
    /// Degrees, -180 to 180.
    pub longitude: Str<'a>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Str<'a>>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Str<'a>>,
}

/// A product of a catalogue, as a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product<'a> {
    /// The seller's own id of the product.
    pub product_retailer_id: Str<'a>,
    /// The catalogue's id.
    pub catalog_id: Str<'a>,
}

/// What a button's `action` holds, by kind of button.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Action<'a> {
    /// A flow.
    Flow {
        /// The flow's token; Meta's own default is `unused`.
        flow_token: Str<'a>,
        /// Data for the first screen.
        #[serde(skip_serializing_if = "Option::is_none")]
        flow_action_data: Option<Value>,
    },
    /// A choice of products: at most 10 sections and 30 products.
    Products {
        /// The product whose picture is shown.
        thumbnail_product_retailer_id: Str<'a>,
        /// Titled lists.
        sections: Vec<Section<'a>>,
    },
    /// The whole catalogue.
    Catalog {
        /// The product whose picture is shown.
        thumbnail_product_retailer_id: Str<'a>,
    },
    /// A bill.
    OrderDetails {
        /// As Meta documents it for the country.
        order_details: Value,
    },
}

/// A titled list of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section<'a> {
    /// At most 24 characters.
    pub title: Str<'a>,
    /// The products.
    pub product_items: Vec<ProductItem<'a>>,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductItem<'a> {
    /// The seller's own id of the product.
    pub product_retailer_id: Str<'a>,
}

/// The end of a limited-time offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitedTimeOffer {
    /// Milliseconds since 1970, UTC.
    pub expiration_time_ms: i64,
}

/// The whole body of a send request.
///
/// `recipient` is a phone number in E.164 with its `+`, or a business-scoped user id. `template_json` is a `template`
/// object already written as JSON; it is embedded byte for byte, so that what was planned is what is sent. `callback` comes
/// back in every status webhook of the message, to every app that listens: an opaque id, at most 512 characters.
pub fn envelope(recipient: &str, template_json: &str, callback: &str) -> Bytes {
    let addressed_by = if is_user_id(recipient) { "recipient" } else { "to" };
    let mut body = Vec::with_capacity(192 + recipient.len() + template_json.len() + callback.len());
    body.extend_from_slice(br#"{"messaging_product":"whatsapp","recipient_type":"individual",""#);
    body.extend_from_slice(addressed_by.as_bytes());
    body.extend_from_slice(br#"":"#);
    push_string(&mut body, recipient);
    body.extend_from_slice(br#","type":"template","template":"#);
    body.extend_from_slice(template_json.as_bytes());
    body.extend_from_slice(br#","biz_opaque_callback_data":"#);
    push_string(&mut body, callback);
    body.push(b'}');
    Bytes::from(body)
}

fn push_string(body: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(body, text).expect("unreachable: a string is always JSON, and memory always takes it");
}

/// Whether this is a business-scoped user id, such as `BR.13491208655302741918` or `US.ENT.11815799212886844830`.
fn is_user_id(recipient: &str) -> bool {
    let Some((country, id)) = recipient.split_once('.') else { return false };
    let id = id.strip_prefix("ENT.").unwrap_or(id);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
