//! The campaign file as its author writes it: plain serde types that declare its keys.
//!
//! They say what may be written where, and nothing of what makes sense; that is for `check`.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::kinds::{Entries, ListOr, TextOr};

/// The whole file.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignFile {
    /// The campaign key: each person gets a campaign once.
    pub campaign: String,
    /// What the campaign is about, for people.
    pub description: Option<String>,
    /// The number that sends.
    pub sender: Sender,
    /// A CSV file, or how to read one.
    pub recipients: TextOr<Recipients>,
    /// What is sent; the first entry that lists a recipient's language applies.
    pub templates: Vec<Template>,
    /// How often each person gets it: `once`, `daily`, `weekly`, `monthly`, or once for each value of an expression.
    pub occurrence: Option<String>,
    /// Whether a few messages of a plan must have been sent to phones of your own before it is sent to everybody.
    pub require_seed: Option<bool>,
    /// How it is sent.
    pub send: Option<Send>,
    /// What stops it by itself.
    pub stop_when: Option<StopWhen>,
    /// What is written about it.
    pub report: Option<Report>,
}

/// The number that sends.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sender {
    /// Meta's id of the phone number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp business account.
    pub business_account_id: Option<String>,
    /// Where the access token is: `env:NAME`, `file:PATH` or `{ command: [...] }`.
    pub token: Option<TextOr<TokenCommand>>,
    /// The Graph API's version.
    pub api_version: Option<String>,
}

/// A command that prints the access token.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenCommand {
    /// The program and its arguments; no shell reads them.
    pub command: Vec<String>,
}

/// The recipients file and how to read it.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipients {
    /// The CSV file.
    pub file: String,
    /// The column of the phone number, or an expression.
    pub phone: Option<String>,
    /// The column of the language code, or an expression.
    pub language: Option<String>,
    /// The country of numbers without `+`: ISO 3166 alpha-2.
    pub default_country: Option<String>,
    /// Values for empty cells, by column.
    pub defaults: Option<Entries<String>>,
    /// What to do when a person stands in the file twice.
    pub on_duplicate: Option<OnDuplicate>,
    /// What to do with a row that cannot become a message.
    pub on_invalid: Option<OnInvalid>,
}

/// What to do when a person stands in the file twice.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnDuplicate {
    Refuse,
    First,
    Last,
}

/// What to do with a row that cannot become a message.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnInvalid {
    Refuse,
    Skip,
}

/// One template and what fills it.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    /// The template's name at Meta.
    pub name: String,
    /// The languages to send it in.
    pub languages: Vec<String>,
    /// The language for recipients whose own is not listed.
    pub fallback: Option<String>,
    /// Which of Meta's endpoints sends.
    pub endpoint: Option<Endpoint>,
    /// The header's variable or media.
    pub header: Option<Header>,
    /// The body's parameters.
    pub body: Option<ListOr<TextOr<Parameter>>>,
    /// The buttons that have a variable, by position.
    pub buttons: Option<Entries<Button>>,
    /// A carousel's cards.
    pub carousel: Option<Vec<Card>>,
    /// A limited-time offer.
    pub limited_time_offer: Option<LimitedTimeOffer>,
    /// The code of an authentication template.
    pub otp: Option<String>,
    /// Components that are sent as they are.
    pub raw_components: Option<Vec<Map<String, Value>>>,
}

/// Which of Meta's endpoints sends.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Endpoint {
    Messages,
    MarketingMessages,
}

/// A header: exactly one of these.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// The text's variable; with its name when the template's parameters are named.
    pub text: Option<TextOr<Entries<String>>>,
    /// A link, or an upload's id.
    pub image: Option<TextOr<Media>>,
    /// A link, or an upload's id.
    pub video: Option<TextOr<Media>>,
    /// A link, or an upload's id.
    pub document: Option<TextOr<Document>>,
    /// A place on the map.
    pub location: Option<Location>,
    /// A product of a catalogue.
    pub product: Option<Product>,
}

/// A link or an upload's id.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Media {
    pub link: Option<String>,
    pub id: Option<String>,
}

/// A link or an upload's id, and the name to show.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub link: Option<String>,
    pub id: Option<String>,
    pub filename: Option<String>,
}

/// A place on the map.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Location {
    pub latitude: String,
    pub longitude: String,
    pub name: Option<String>,
    pub address: Option<String>,
}

/// A product of a catalogue.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Product {
    pub catalog: String,
    pub id: String,
}

/// A parameter that is no text: an amount of money, or a date.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    pub currency: Option<String>,
    pub amount: Option<String>,
    pub date_time: Option<String>,
}

/// A button: exactly one of these.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Button {
    pub url: Option<String>,
    pub copy_code: Option<String>,
    pub quick_reply: Option<String>,
    pub flow: Option<Flow>,
    pub catalog: Option<Catalog>,
    pub products: Option<Products>,
    pub voice_call: Option<VoiceCall>,
    pub order_details: Option<Map<String, Value>>,
}

/// A flow.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flow {
    pub token: Option<String>,
    pub data: Option<Map<String, Value>>,
}

/// The whole catalogue.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalog {
    pub thumbnail: Option<String>,
}

/// A choice of products.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Products {
    pub thumbnail: String,
    pub sections: Vec<Section>,
}

/// A titled list of products.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub title: String,
    pub items: Vec<String>,
}

/// A call to the business.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VoiceCall {
    pub ttl_minutes: Option<String>,
    pub payload: Option<String>,
}

/// A carousel card.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Card {
    pub header: Option<Header>,
    pub body: Option<ListOr<TextOr<Parameter>>>,
    pub buttons: Option<Entries<Button>>,
}

/// A limited-time offer.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitedTimeOffer {
    pub ends: String,
}

/// How messages are sent.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Send {
    /// Messages a second or a minute: `60/s`.
    pub rate: Option<String>,
}

/// How much of what may go wrong before the campaign stops.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopWhen {
    /// Messages that WhatsApp refuses for good.
    pub refused: Option<Threshold>,
    /// Messages without a verdict.
    pub in_doubt: Option<Threshold>,
}

/// More than this share of so many.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Threshold {
    /// A percentage: `5%`.
    pub above: String,
    /// How many of the last messages count.
    pub of_last: String,
}

/// What is written about a run.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    /// Where the reports go.
    pub directory: Option<String>,
    /// Which files a report consists of.
    pub formats: Option<Vec<Format>>,
    /// How phone numbers are shown.
    pub show_phones: Option<ShowPhones>,
}

/// A report's file.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    Csv,
    Jsonl,
}

/// How a report shows phone numbers.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ShowPhones {
    Masked,
    Full,
}
