//! The campaign file, and the defaults beside it, as their author writes them: plain serde types that declare their keys.
//!
//! They say what may be written where, and nothing of what makes sense; that is for `check`. Their doc comments and
//! examples are what an editor shows beside the file, through the schema: they speak to its author.

mod template;
mod trial;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::kinds::{Entries, TextOr};
use super::schema::{Holds, INTEGER, OrNothing, SCALAR};
use crate::policy::threshold;
pub(super) use template::{Button, Card, Document, Endpoint, Header, Media, Parameter, Products, Template};
pub(super) use trial::{Expect, Trial};

const OF_LAST: std::ops::RangeInclusive<u32> = threshold::Threshold::OF_LAST;

/// A campaign: what is sent, to whom, from which number, and how. `tidings preview` shows what it would do.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignFile {
    /// The campaign's key. Each person gets a campaign once, whatever you edit below; a new key starts a new campaign. 1 to
    /// 64 lower-case letters, digits, `_` and `-`.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9_-]{0,63}$"), extend("type" = SCALAR), example = &"spring_sale_2026")]
    pub campaign: String,
    /// What the campaign is about, for you and your colleagues. Nobody gets it.
    #[schemars(example = &"Spring sale, a coupon for each customer of last season")]
    pub description: Option<String>,
    /// The number that sends. It may stand in `tidings.yaml` instead, for all campaigns beside it.
    #[schemars(example = json!({ "phone_number_id": "106540352242922" }))]
    pub sender: Option<Sender>,
    /// Who gets it: a CSV file with a column `phone`, or a map that says how to read the file.
    #[schemars(example = &"spring_sale.csv", example = json!({ "file": "spring_sale.csv", "default_country": "US" }))]
    pub recipients: TextOr<Recipients>,
    /// What is sent. The first entry that has a person's language applies, else the first with a `fallback`.
    #[schemars(length(min = 1), example = json!([{ "name": "hello_world", "languages": ["en_US"] }]))]
    pub templates: Vec<Template>,
    /// How often each person gets it: `once`, `daily`, `weekly`, `monthly`, or once for each value of an expression.
    #[schemars(
        extend("anyOf" = [{ "enum": ["once", "daily", "weekly", "monthly"] }, { "pattern": r"\{[{%#]" }]),
        extend("type" = "string", "default" = "once"),
        example = &"monthly",
        example = &"{{ invoice_id }}"
    )]
    pub occurrence: Option<String>,
    /// Whether a few messages of a plan must have been sent to phones of your own before it is sent to everybody.
    #[schemars(extend("default" = false), example = true)]
    pub require_seed: Option<bool>,
    /// How it is sent.
    #[schemars(example = json!({ "rate": "20/s" }))]
    pub send: Option<Send>,
    /// When it stops by itself. It stays stopped until somebody has looked: `tidings resume`.
    #[schemars(example = json!({ "refused": { "above": "5%", "of_last": 200 } }))]
    pub stop_when: Option<StopWhen>,
    /// What it may cost. Nothing is sent of a plan that could cost more.
    #[schemars(example = json!({ "max_cost": "500 EUR", "rates": "rates.csv" }))]
    pub budget: Option<Budget>,
    /// What is written about it.
    #[schemars(example = json!({ "directory": "reports", "show_phones": "masked" }))]
    pub report: Option<Report>,
    /// Rows of your own, and what should come of each: `tidings check` tries them.
    #[schemars(example = json!([{ "row": { "phone": "+12025550101", "first_name": "ada" }, "expect": { "template": "spring_sale", "body": { "first_name": "Ada" } } }]))]
    pub tests: Option<Vec<Trial>>,
}

/// What the campaigns of a directory share. What a campaign says itself wins, key by key.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DefaultsFile {
    /// The number that sends.
    #[schemars(example = json!({ "phone_number_id": "106540352242922", "token": "file:/run/secrets/whatsapp" }))]
    pub sender: Option<Sender>,
    /// How it is sent.
    #[schemars(example = json!({ "rate": "20/s" }))]
    pub send: Option<Send>,
    /// When a campaign stops by itself. It stays stopped until somebody has looked: `tidings resume`.
    #[schemars(example = json!({ "refused": { "above": "5%", "of_last": 200 } }))]
    pub stop_when: Option<StopWhen>,
    /// What a campaign may cost at most.
    #[schemars(example = json!({ "max_cost": "500 EUR", "rates": "rates.csv" }))]
    pub budget: Option<Budget>,
    /// What is written about it.
    #[schemars(example = json!({ "directory": "reports", "show_phones": "masked" }))]
    pub report: Option<Report>,
}

/// The number that sends.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sender {
    /// Meta's id of the phone number: digits, from WhatsApp Manager under API setup. Not the phone number itself.
    #[schemars(regex(pattern = "^[0-9]{1,32}$"), extend("type" = INTEGER), example = &"106540352242922")]
    pub phone_number_id: Option<String>,
    /// Meta's id of the WhatsApp business account: digits, from WhatsApp Manager.
    #[schemars(regex(pattern = "^[0-9]{1,32}$"), extend("type" = INTEGER), example = &"102290129340398")]
    pub business_account_id: Option<String>,
    /// Where the access token is, never the token itself: `env:NAME` for a variable, `file:PATH`, a command that prints it,
    /// `vault:MOUNT/PATH#FIELD` for HashiCorp Vault, or `conjur:VARIABLE` for CyberArk Conjur.
    #[schemars(
        extend(
            "pattern" = "^(env:[A-Za-z_][A-Za-z0-9_]*$|file:|command:|vault:[^#]+/[^#]+#[^#]+$|conjur:.)",
            "default" = "env:WHATSAPP_ACCESS_TOKEN"
        ),
        example = &"env:WHATSAPP_ACCESS_TOKEN",
        example = &"file:/run/secrets/whatsapp",
        example = json!({ "command": ["pass", "show", "whatsapp"] }),
        example = &"vault:secret/whatsapp#token",
        example = &"conjur:prod/whatsapp/token"
    )]
    pub token: Option<TextOr<TokenCommand>>,
    /// The version of Meta's Graph API.
    #[schemars(
        regex(pattern = r"^v[0-9]+\.[0-9]+$"),
        extend("type" = "string", "default" = "v25.0"),
        example = &"v25.0"
    )]
    pub api_version: Option<String>,
}

/// A command that prints the access token.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenCommand {
    /// The program and its arguments; no shell reads them.
    #[schemars(length(min = 1), example = ["pass", "show", "whatsapp"])]
    pub command: Vec<String>,
}

/// The recipients file and how to read it.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipients {
    /// The CSV file: UTF-8, comma separated, a header, a row for each person. Its path starts at the campaign file.
    #[schemars(length(min = 1), example = &"spring_sale.csv")]
    pub file: String,
    /// The column with the phone numbers, spelt as in the header, or an expression.
    #[schemars(length(min = 1), extend("default" = "phone"), example = &"mobile", example = &"+{{ prefix }}{{ number }}")]
    pub phone: Option<String>,
    /// The column with each person's language code, or an expression. Without it, the column `language` when several
    /// languages are listed. `pt-br` is read as the listed `pt_BR`, and so is `pt` where no other Portuguese is listed.
    #[schemars(length(min = 1), example = &"language", example = &"{{ lang | lower }}")]
    pub language: Option<String>,
    /// The country of numbers without `+` and country code: two capital letters, such as BR for Brazil.
    #[schemars(regex(pattern = "^[A-Z]{2}$"), extend("type" = "string"), example = &"BR")]
    pub default_country: Option<String>,
    /// Values for empty cells, by column, taken as they are. An empty cell without one turns its row away.
    #[schemars(example = json!({ "first_name": "friend" }))]
    pub defaults: Option<Entries<String>>,
    /// What columns hold that is no text, by column: `number`, `date`, or how the file writes them. All others are text.
    #[schemars(
        with = "Option<Entries<Holds>>",
        example = json!({ "price": { "number": "1.234,56" }, "visits": "number", "ends_on": "date" })
    )]
    pub columns: Option<Entries<TextOr<Column>>>,
    /// What to do when a person stands in the file twice, however the number is spelt.
    #[schemars(extend("default" = "refuse"), example = &"first")]
    pub on_duplicate: Option<OnDuplicate>,
    /// What to do with a row that cannot become a message, such as one with a wrong phone number.
    #[schemars(extend("default" = "refuse"), example = &"skip")]
    pub on_invalid: Option<OnInvalid>,
}

/// How a column writes its numbers or its dates: exactly one of these.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(super) struct Column {
    /// The number 1234.56, in quotes, as the file writes it.
    #[schemars(
        regex(pattern = r"^\s*1[.,'’\s]?234[.,]56\s*$"),
        extend("type" = ["string", "number"]),
        example = &"1.234,56",
        example = &"1 234,56"
    )]
    pub number: Option<String>,
    /// The last day of 2026, in quotes, as the file writes it.
    #[schemars(extend("type" = ["string", "number"]), example = &"31/12/2026", example = &"12/31/26")]
    pub date: Option<String>,
}

/// What to do when a person stands in the file twice.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnDuplicate {
    /// Nothing is sent until the file is mended.
    Refuse,
    /// The first row counts; later ones are turned away.
    First,
    /// The last row counts; earlier ones are turned away.
    Last,
}

/// What to do with a row that cannot become a message.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnInvalid {
    /// Nothing is sent until the file is mended.
    Refuse,
    /// The row is turned away with its reason; everybody else gets the message.
    Skip,
}

/// How messages are sent.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Send {
    /// The most messages a second or a minute. Meta lets every number send 80 a second.
    #[schemars(
        regex(pattern = r"^\s*[0-9]+\s*/\s*(s|min)\s*$"),
        extend("type" = "string", "default" = "80/s"),
        example = &"20/s",
        example = &"600/min"
    )]
    pub rate: Option<String>,
}

/// How much of what may go wrong before the campaign stops.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StopWhen {
    /// Messages that WhatsApp refuses for good. In a campaign, `~` takes away what `tidings.yaml` says.
    #[schemars(with = "Option<OrNothing<Threshold>>", example = json!({ "above": "5%", "of_last": 200 }))]
    pub refused: Option<Threshold>,
    /// Messages that may have arrived or not: no verdict came back. In a campaign, `~` takes away what `tidings.yaml` says.
    #[schemars(with = "Option<OrNothing<Threshold>>", example = json!({ "above": "1%", "of_last": 500 }))]
    pub in_doubt: Option<Threshold>,
}

/// More than this share of so many. What one of them leaves open, `tidings.yaml` may say.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Threshold {
    /// The share that is still allowed: from `0%` (none at all) to below `100%`.
    #[schemars(
        regex(pattern = r"^0*[0-9]{1,2}(\.[0-9]{1,3})?%$"),
        extend("type" = "string"),
        example = &"5%",
        example = &"0.5%"
    )]
    pub above: Option<String>,
    /// How many of the last messages count, from 1 to 100000.
    #[schemars(
        regex(pattern = "^[0-9]+$"),
        extend("type" = INTEGER, "minimum" = OF_LAST.start(), "maximum" = OF_LAST.end()),
        example = 200
    )]
    pub of_last: Option<String>,
}

/// What a campaign may cost, and by which prices that is told.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Budget {
    /// The most that all messages of the plan may cost: an amount and the currency that WhatsApp bills you in.
    #[schemars(
        regex(pattern = r"^\s*[0-9]{1,12}(\.[0-9]{1,6})?\s+[A-Z]{3}\s*$"),
        extend("type" = "string"),
        example = &"500 EUR",
        example = &"1250.50 USD"
    )]
    pub max_cost: Option<String>,
    /// The CSV file with WhatsApp's prices, which you fill in: `effective_from,currency,market,category,rate`. Its path
    /// starts at the campaign file.
    #[schemars(length(min = 1), example = &"rates.csv")]
    pub rates: Option<String>,
}

/// What is written about a run.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    /// The directory that gets a directory for each run. Its path starts at the campaign file.
    #[schemars(length(min = 1), extend("default" = "reports"), example = &"reports")]
    pub directory: Option<String>,
    /// Which files a report consists of.
    #[schemars(extend("default" = ["csv", "jsonl"]), example = ["csv"])]
    pub formats: Option<Vec<Format>>,
    /// How reports show phone numbers.
    #[schemars(extend("default" = "masked"), example = &"full")]
    pub show_phones: Option<ShowPhones>,
}

/// A report's file.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    /// `report.csv`, for spreadsheets: a line for each row of the recipients file.
    Csv,
    /// `report.jsonl`, for programs: it grows while the run goes on.
    Jsonl,
}

/// How a report shows phone numbers.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ShowPhones {
    /// With most digits hidden: `+1202****0101`.
    Masked,
    /// Whole.
    Full,
}
