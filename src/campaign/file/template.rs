//! The part of the campaign file that says what is sent: templates and what fills them.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::campaign::kinds::{Entries, ListOr, TextOr};
use crate::campaign::schema::{LINK, Language, PARAMETER_NAME, SCALAR};

/// One template and what fills it.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Template {
    /// The template's name, as WhatsApp Manager shows it: lower-case letters, digits and `_`.
    #[schemars(regex(pattern = "^[a-z0-9_]{1,512}$"), extend("type" = SCALAR), example = &"spring_sale")]
    pub name: String,
    /// The languages that it is approved in and sent in, exactly as Meta writes them: `en` is not `en_US`.
    #[schemars(with = "Vec<Language>", length(min = 1), extend("uniqueItems" = true), example = ["pt_BR", "es_ES", "en_US"])]
    pub languages: Vec<String>,
    /// The language for people for whom none is found: not their own, however it is spelt, and not the only one that is the
    /// same but for its region. One of `languages`.
    #[schemars(with = "Option<Language>", example = &"en_US")]
    pub fallback: Option<String>,
    /// Which of Meta's endpoints sends.
    #[schemars(extend("default" = "messages"), example = &"marketing_messages")]
    pub endpoint: Option<Endpoint>,
    /// What fills the header: one of `text`, `image`, `video`, `document`, `location` and `product`.
    #[schemars(example = json!({ "image": "https://cdn.example.com/{{ language }}.jpg" }))]
    pub header: Option<Header>,
    /// What fills the body: a map for named parameters, a list for numbered ones.
    #[schemars(
        extend("propertyNames" = { "pattern": PARAMETER_NAME }),
        example = json!({ "first_name": "{{ first_name | title }}", "ends": "{{ ends_on }}" }),
        example = json!(["{{ first_name | title }}", "{{ ends_on }}"])
    )]
    pub body: Option<ListOr<TextOr<Parameter>>>,
    /// What fills the buttons, by their position in the template from 0 to 9; only those with a variable.
    #[schemars(
        extend("propertyNames" = { "pattern": "^[0-9]$" }),
        example = json!({ "0": { "url": "{{ coupon | urlencode }}" } })
    )]
    pub buttons: Option<Entries<Button>>,
    /// A carousel's cards, in the template's order.
    #[schemars(length(min = 2, max = 10), example = json!([
        { "header": { "image": "https://cdn.example.com/1.jpg" }, "body": ["{{ first_name }}"] },
        { "header": { "image": "https://cdn.example.com/2.jpg" }, "buttons": { "0": { "url": "{{ slug }}" } } },
    ]))]
    pub carousel: Option<Vec<Card>>,
    /// When a limited-time offer ends.
    #[schemars(example = json!({ "ends": "2026-04-07T23:59:00-03:00" }))]
    pub limited_time_offer: Option<LimitedTimeOffer>,
    /// The code of an authentication template. It fills the body and the button, so neither is written.
    #[schemars(length(min = 1), example = &"{{ code }}")]
    pub otp: Option<String>,
    /// The last resort: components as Meta documents them, filled and sent as they are.
    #[schemars(example = json!([{ "type": "header", "parameters": [{ "type": "text", "text": "{{ first_name }}" }] }]))]
    pub raw_components: Option<Vec<Map<String, Value>>>,
}

/// Which of Meta's endpoints sends.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::campaign) enum Endpoint {
    /// The Cloud API's ordinary endpoint.
    Messages,
    /// The endpoint of the Marketing Messages API.
    MarketingMessages,
}

/// What fills a header: exactly one of these.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(in crate::campaign) struct Header {
    /// What fills the text's variable; with its name when the template's parameters are named.
    #[schemars(
        extend("propertyNames" = { "pattern": PARAMETER_NAME }, "minProperties" = 1, "maxProperties" = 1),
        example = &"{{ first_name }}",
        example = json!({ "first_name": "{{ first_name }}" })
    )]
    pub text: Option<TextOr<Entries<String>>>,
    /// A picture: a public link, or the id of an upload.
    #[schemars(extend("pattern" = LINK), example = &"https://cdn.example.com/spring.jpg", example = json!({ "id": "{{ picture }}" }))]
    pub image: Option<TextOr<Media>>,
    /// A film: a public link, or the id of an upload.
    #[schemars(extend("pattern" = LINK), example = &"https://cdn.example.com/spring.mp4", example = json!({ "id": "{{ film }}" }))]
    pub video: Option<TextOr<Media>>,
    /// A document: a public link, or the id of an upload, and the name it is shown under.
    #[schemars(
        extend("pattern" = LINK),
        example = &"https://cdn.example.com/{{ invoice_id }}.pdf",
        example = json!({ "link": "https://cdn.example.com/{{ invoice_id }}.pdf", "filename": "invoice.pdf" })
    )]
    pub document: Option<TextOr<Document>>,
    /// A place on the map.
    #[schemars(example = json!({ "latitude": "41.40", "longitude": "2.17", "name": "{{ shop }}", "address": "{{ street }}" }))]
    pub location: Option<Location>,
    /// A product of a catalogue.
    #[schemars(example = json!({ "catalog": "194836987003835", "id": "{{ sku }}" }))]
    pub product: Option<Product>,
}

/// A picture or a film: a public link, or the id of an upload.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(in crate::campaign) struct Media {
    /// A link that WhatsApp fetches by itself, so it must be public.
    #[schemars(regex(pattern = LINK), extend("type" = "string"), example = &"https://cdn.example.com/spring.jpg")]
    pub link: Option<String>,
    /// The id that Meta gave to a file that was uploaded from the same number.
    #[schemars(length(min = 1), example = &"1013859600285441")]
    pub id: Option<String>,
}

/// A document: a public link or the id of an upload, and the name to show.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["link"] }, { "required": ["id"] }]))]
pub(in crate::campaign) struct Document {
    /// A link that WhatsApp fetches by itself, so it must be public.
    #[schemars(regex(pattern = LINK), extend("type" = "string"), example = &"https://cdn.example.com/{{ invoice_id }}.pdf")]
    pub link: Option<String>,
    /// The id that Meta gave to a file that was uploaded from the same number.
    #[schemars(length(min = 1), example = &"1013859600285441")]
    pub id: Option<String>,
    /// The name that the document is shown under.
    #[schemars(length(min = 1), example = &"invoice.pdf")]
    pub filename: Option<String>,
}

/// A place on the map.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Location {
    /// Degrees to the north.
    #[schemars(length(min = 1), example = &"41.40", example = &"{{ lat }}")]
    pub latitude: String,
    /// Degrees to the east.
    #[schemars(length(min = 1), example = &"2.17", example = &"{{ lon }}")]
    pub longitude: String,
    /// What is there.
    #[schemars(length(min = 1), example = &"{{ shop }}")]
    pub name: Option<String>,
    /// Its address.
    #[schemars(length(min = 1), example = &"{{ street }}")]
    pub address: Option<String>,
}

/// A product of a catalogue.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Product {
    /// The catalogue's id at Meta.
    #[schemars(length(min = 1), example = &"194836987003835")]
    pub catalog: String,
    /// The product's id in the catalogue.
    #[schemars(length(min = 1), example = &"{{ sku }}")]
    pub id: String,
}

/// A parameter that is no text: an amount of money (`currency` and `amount`), or a date (`date_time`).
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend(
    "oneOf" = [{ "required": ["currency", "amount"] }, { "required": ["date_time"] }],
    "dependencies" = { "currency": ["amount"], "amount": ["currency"] }
))]
pub(in crate::campaign) struct Parameter {
    /// The currency: the three capital letters of ISO 4217, or an expression.
    #[schemars(regex(pattern = r"^[A-Z]{3}$|\{[{%#]"), extend("type" = "string"), example = &"BRL")]
    pub currency: Option<String>,
    /// The amount: a decimal number.
    #[schemars(length(min = 1), example = &"{{ total }}", example = &"19.90")]
    pub amount: Option<String>,
    /// The date or time, as it is to be shown.
    #[schemars(length(min = 1), example = &"{{ ends_on }}")]
    pub date_time: Option<String>,
}

/// What fills a button: exactly one of these.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(in crate::campaign) struct Button {
    /// The end of the button's link: what stands for the variable in the template.
    #[schemars(length(min = 1), example = &"{{ coupon | urlencode }}")]
    pub url: Option<String>,
    /// The code that the button copies.
    #[schemars(length(min = 1), example = &"{{ coupon }}")]
    pub copy_code: Option<String>,
    /// What your webhook gets when the button is pressed.
    #[schemars(length(min = 1), example = &"stop_promo")]
    pub quick_reply: Option<String>,
    /// A flow that the button opens.
    #[schemars(example = json!({ "token": "{{ customer_id }}", "data": { "name": "{{ first_name }}" } }))]
    pub flow: Option<Flow>,
    /// The whole catalogue.
    #[schemars(example = json!({ "thumbnail": "{{ sku }}" }))]
    pub catalog: Option<Catalog>,
    /// A choice of products.
    #[schemars(example = json!({ "thumbnail": "{{ sku }}", "sections": [{ "title": "New", "items": ["{{ sku }}"] }] }))]
    pub products: Option<Products>,
    /// A call to the business.
    #[schemars(example = json!({ "ttl_minutes": 60, "payload": "spring" }))]
    pub voice_call: Option<VoiceCall>,
    /// A bill, as Meta documents it; its texts are expressions.
    #[schemars(example = json!({ "reference_id": "{{ order_id }}" }))]
    pub order_details: Option<Map<String, Value>>,
}

/// A flow that a button opens.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Flow {
    /// What your endpoint knows the person by.
    #[schemars(length(min = 1), example = &"{{ customer_id }}")]
    pub token: Option<String>,
    /// Data for the flow's first screen; its texts are expressions.
    #[schemars(example = json!({ "name": "{{ first_name }}" }))]
    pub data: Option<Map<String, Value>>,
}

/// The whole catalogue.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Catalog {
    /// The product whose picture is shown.
    #[schemars(length(min = 1), example = &"{{ sku }}")]
    pub thumbnail: Option<String>,
}

/// A choice of products.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Products {
    /// The product whose picture is shown.
    #[schemars(length(min = 1), example = &"{{ sku }}")]
    pub thumbnail: String,
    /// Titled lists of products.
    #[schemars(length(min = 1), example = json!([{ "title": "New", "items": ["{{ sku }}"] }]))]
    pub sections: Vec<Section>,
}

/// A titled list of products.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Section {
    /// The list's title.
    #[schemars(length(min = 1), example = &"New")]
    pub title: String,
    /// The products' ids in the catalogue.
    #[schemars(length(min = 1), example = ["{{ sku }}"])]
    pub items: Vec<String>,
}

/// A call to the business.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct VoiceCall {
    /// How long the button works, in minutes.
    #[schemars(length(min = 1), example = 60)]
    pub ttl_minutes: Option<String>,
    /// What your webhook gets.
    #[schemars(length(min = 1), example = &"spring")]
    pub payload: Option<String>,
}

/// A carousel card.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Card {
    /// The card's picture, film or product.
    #[schemars(example = json!({ "image": "https://cdn.example.com/1.jpg" }))]
    pub header: Option<Header>,
    /// What fills the card's body: a map for named parameters, a list for numbered ones.
    #[schemars(extend("propertyNames" = { "pattern": PARAMETER_NAME }), example = ["{{ first_name }}"])]
    pub body: Option<ListOr<TextOr<Parameter>>>,
    /// What fills the card's buttons, by their position from 0 to 9.
    #[schemars(extend("propertyNames" = { "pattern": "^[0-9]$" }), example = json!({ "0": { "url": "{{ slug }}" } }))]
    pub buttons: Option<Entries<Button>>,
}

/// A limited-time offer.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct LimitedTimeOffer {
    /// The time at which it ends, with its zone, or an expression that gives one.
    #[schemars(length(min = 1), example = &"2026-04-07T23:59:00-03:00", example = &"{{ offer_ends }}")]
    pub ends: String,
}
