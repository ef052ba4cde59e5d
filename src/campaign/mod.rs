//! What the author wrote, read and checked: `CampaignFile` in, [`Campaign`] and every [`Problem`](crate::problem::Problem) out.
//!
//! Knows the campaign file and the defaults beside it, and nothing of recipients, the ledger or the network.

mod advice;
mod align;
mod budget;
mod check;
pub mod column;
mod defaults;
mod file;
mod kinds;
mod merge;
mod problems;
mod rates;
mod read;
mod schema;
mod settings;
mod shape;
mod source;
mod spot;
mod syntax;
mod tree;
mod trial;

use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

pub use budget::{Budget, MaxCost};
pub use defaults::{DEFAULTS_FILE, Defaults, check_defaults, is_defaults, shared_sender};
pub use rates::rate_card;
pub use read::{Gleaned, Sound, glean, key, read};
pub use schema::{defaults_schema, schema};
pub use settings::{Origin, Setting, settings};
pub use trial::{Expected, Trial, Wanted};

use crate::cloud::Endpoint;
use crate::policy::calendar::Period;
use crate::policy::threshold::StopWhen;
use crate::problem::{Location, Place};
use crate::secret::TokenSource;

use column::Kind;

/// A checked campaign.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// The campaign file, as the user named it.
    pub file: PathBuf,
    /// SHA-256 of the campaign file's bytes.
    pub digest: [u8; 32],
    /// The file that says what this one leaves open, if there is one.
    pub defaults: Option<Defaults>,
    /// The campaign key: a person gets a campaign once.
    pub key: String,
    /// What it is about, for people.
    pub description: Option<String>,
    /// From which number, and with which token.
    pub sender: Sender,
    /// To whom.
    pub recipients: Recipients,
    /// What; the first entry that lists a recipient's language applies, else the first with a fallback.
    pub templates: Vec<Template>,
    /// How often each person gets it.
    pub occurrence: Occurrence,
    /// Whether a plan must have been sent to a few phones of the author's own before it is sent to everybody.
    pub require_seed: bool,
    /// Messages a second, from `send.rate`.
    pub rate_per_second: Option<f64>,
    /// How much may go wrong before it stops.
    pub stop_when: StopWhen,
    /// What it may cost.
    pub budget: Option<Budget>,
    /// What to write about it.
    pub report: Report,
    /// Rows of the author's own, and what should come of each.
    pub trials: Vec<Trial>,
}

/// What Meta lets every number send in a second before it is upgraded (Cloud API documentation, throughput).
const PACE_PER_SECOND: f64 = 80.0;

impl Campaign {
    /// The most messages a second: what `send.rate` says, or what Meta lets every number send.
    pub fn pace_per_second(&self) -> f64 {
        self.rate_per_second.unwrap_or(PACE_PER_SECOND)
    }

    /// SHA-256 of what the author wrote: of the campaign file's bytes, and with defaults beside it, of both files' digests.
    pub fn whole_digest(&self) -> [u8; 32] {
        match &self.defaults {
            None => self.digest,
            Some(defaults) => Sha256::digest([self.digest, defaults.digest].concat()).into(),
        }
    }
}

/// How often each person gets a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occurrence {
    /// Once, for ever.
    Once,
    /// Once in each period of the calendar.
    Every(Period),
    /// Once for each value that an expression gives, such as an invoice's number.
    Each(Text),
}

/// The number that sends.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Where `sender` starts.
    pub at: Location,
    /// Meta's id of the business phone number (digits).
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp business account (digits), which has the templates.
    pub business_account_id: Option<String>,
    /// Where that id stands.
    pub business_account_at: Option<Location>,
    /// Where the bearer token comes from.
    pub token: TokenSource,
    /// Graph API version, such as `v25.0`.
    pub api_version: String,
}

/// The recipients file and how to read it.
#[derive(Debug, Clone)]
pub struct Recipients {
    /// The CSV file, resolved against the campaign file's directory.
    pub file: PathBuf,
    /// The place of the file's name in the campaign file.
    pub file_at: Place,
    /// The phone: a column's name, or an expression.
    pub phone: Source,
    /// The language code: a column's name, or an expression; none when everybody gets the one language listed.
    pub language: Option<Source>,
    /// ISO 3166 alpha-2 code for numbers without `+`.
    pub default_country: Option<String>,
    /// Values for empty cells, by column, each with its place.
    pub defaults: BTreeMap<String, (String, Place)>,
    /// The columns that hold numbers or dates, each with the place of what it holds.
    pub columns: BTreeMap<String, (Kind, Place)>,
    /// What to do when a person stands in the file twice.
    pub on_duplicate: OnDuplicate,
    /// What to do with a row that cannot become a message.
    pub on_invalid: OnInvalid,
}

/// Where a recipient's phone or language is found.
#[derive(Debug, Clone)]
pub enum Source {
    /// In a column of this name.
    Column(String, Place),
    /// Rendered from an expression.
    Expression(Text),
}

/// What to do when a person stands in the file twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDuplicate {
    /// A problem: nothing is sent.
    Refuse,
    /// The first row counts, later ones are turned away.
    First,
    /// The last row counts, earlier ones are turned away.
    Last,
}

/// What to do with a row that cannot become a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnInvalid {
    /// A problem: nothing is sent.
    Refuse,
    /// The row is turned away with its reason.
    Skip,
}

/// What to write about a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// The directory that holds a directory per run, resolved against the campaign file's directory.
    pub directory: PathBuf,
    /// Whether `report.csv` is written.
    pub csv: bool,
    /// Whether `report.jsonl` is written.
    pub jsonl: bool,
    /// Whether reports show phone numbers whole.
    pub show_phones: bool,
}

/// A string of the campaign file, with minijinja expressions in it, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As written.
    pub source: String,
    /// Where the text itself starts in the campaign file (inside the quotes).
    pub at: Place,
    /// Where the file does not go on as the text does (lines, escapes): a byte of the text, and its place.
    pub turns: Vec<(usize, Place)>,
}

impl Text {
    /// The place in the campaign file of a byte of the text.
    pub fn place(&self, offset: usize) -> Place {
        let before = self.turns.partition_point(|(turn, _)| *turn <= offset);
        let (start, at) = before.checked_sub(1).map_or((0, self.at), |last| self.turns[last]);
        let between = self.source.get(start..offset).unwrap_or_default();
        Place { column: at.column + between.chars().count() as u64, ..at }
    }
}

/// A JSON tree whose strings are [`Text`]s.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// null, a boolean or a number, as it is.
    Plain(serde_json::Value),
    /// A string with expressions.
    Text(Text),
    /// A list.
    List(Vec<Json>),
    /// A map, in the author's order. Keys hold no expressions.
    Map(Vec<(String, Json)>),
}

/// One entry of `templates`.
#[derive(Debug, Clone)]
pub struct Template {
    /// Where its name stands.
    pub at: Place,
    /// The template's name at Meta.
    pub name: String,
    /// Language codes, exactly as Meta spells them.
    pub languages: Vec<String>,
    /// Where each of the languages stands.
    pub languages_at: Vec<Place>,
    /// For recipients whose language is not listed; one of `languages`.
    pub fallback: Option<String>,
    /// Which endpoint sends.
    pub endpoint: Endpoint,
    /// The header's variable or media.
    pub header: Option<Header>,
    /// The body's parameters.
    pub body: Body,
    /// Buttons with a variable, by their position in the template (0 to 9).
    pub buttons: BTreeMap<u8, Button>,
    /// Where header, body and buttons stand.
    pub places: Places,
    /// The cards of a carousel.
    pub carousel: Vec<Card>,
    /// Where the carousel stands; the template's name where there is none.
    pub carousel_at: Place,
    /// End of a limited-time offer: an RFC 3339 time, or an expression that gives one.
    pub limited_time_offer: Option<Text>,
    /// The code of an authentication template: fills the body and the url button at position 0.
    pub otp: Option<Text>,
    /// Components sent as they are.
    pub raw_components: Vec<Json>,
}

/// A carousel card.
#[derive(Debug, Clone)]
pub struct Card {
    /// Image, video or product.
    pub header: Option<Header>,
    /// The card body's parameters.
    pub body: Body,
    /// Buttons by position.
    pub buttons: BTreeMap<u8, Button>,
    /// Where header, body and buttons stand.
    pub places: Places,
}

/// Where the parts of an entry or a card stand; what is not written stands at the entry's name or the card's start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// The key `header`.
    pub header: Place,
    /// The key `body`.
    pub body: Place,
    /// The names of the body's parameters, in the author's order; none where they have no names.
    pub names: Vec<Place>,
    /// The key `buttons`.
    pub buttons: Place,
    /// The positions of the buttons.
    pub positions: BTreeMap<u8, Place>,
}

/// A header's variable part.
#[derive(Debug, Clone)]
pub enum Header {
    /// One text parameter, positional.
    Text(Text),
    /// One text parameter of a template with named parameters.
    NamedText(String, Text),
    /// An image.
    Image(Media),
    /// A video.
    Video(Media),
    /// A document.
    Document(Media),
    /// A place on the map.
    Location {
        /// Degrees.
        latitude: Text,
        /// Degrees.
        longitude: Text,
        /// What is there.
        name: Option<Text>,
        /// Its address.
        address: Option<Text>,
    },
    /// A product of a catalogue.
    Product {
        /// The catalogue's id.
        catalog: Text,
        /// The product's retailer id.
        id: Text,
    },
}

/// A media file: a public link, or the id of an upload.
#[derive(Debug, Clone)]
pub struct Media {
    /// Link or id.
    pub from: MediaFrom,
    /// The name a document is shown under.
    pub filename: Option<Text>,
}

/// Where Meta finds a media file.
#[derive(Debug, Clone)]
pub enum MediaFrom {
    /// A public http(s) URL.
    Link(Text),
    /// A media id of the same number.
    Id(Text),
}

/// Body parameters.
#[derive(Debug, Clone)]
pub enum Body {
    /// None.
    Empty,
    /// By position.
    Positional(Vec<Parameter>),
    /// By name, in the author's order.
    Named(Vec<(String, Parameter)>),
}

/// A body parameter.
#[derive(Debug, Clone)]
pub enum Parameter {
    /// Text.
    Text(Text),
    /// An amount of money.
    Currency {
        /// ISO 4217 code.
        code: Text,
        /// A decimal number with at most three decimals.
        amount: Text,
    },
    /// A date or time, as it is to be shown.
    DateTime(Text),
}

/// A button's variable part.
#[derive(Debug, Clone)]
pub enum Button {
    /// The end of a dynamic URL.
    Url(Text),
    /// A coupon code.
    CopyCode(Text),
    /// What the webhook gets when the button is pressed.
    QuickReply(Text),
    /// A flow.
    Flow {
        /// The flow's token.
        token: Option<Text>,
        /// Data for the first screen.
        data: Option<Json>,
    },
    /// The whole catalogue.
    Catalog {
        /// The product whose picture is shown.
        thumbnail: Option<Text>,
    },
    /// A choice of products.
    Products {
        /// The product whose picture is shown.
        thumbnail: Text,
        /// Titled lists of retailer ids.
        sections: Vec<(Text, Vec<Text>)>,
    },
    /// A call to the business.
    VoiceCall {
        /// How long the button works, in minutes.
        ttl_minutes: Option<Text>,
        /// What the webhook gets.
        payload: Option<Text>,
    },
    /// A bill, as Meta documents it.
    OrderDetails(Json),
}
