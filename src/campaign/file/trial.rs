//! The part of the campaign file that says what should come of certain rows: its author's own tests.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::campaign::kinds::{Entries, ListOr};
use crate::campaign::schema::SCALAR;

/// A row, and what should come of it. `tidings check` tries it.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Trial {
    /// The cells of an invented row, by column. A column that is left out is empty.
    #[schemars(example = json!({ "phone": "+12025550101", "first_name": "ada" }))]
    pub row: Entries<String>,
    /// What should come of it.
    #[schemars(example = json!({ "template": "spring_sale", "body": { "first_name": "Ada" } }))]
    pub expect: Expect,
}

/// What should come of a row: at least one of these.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::campaign) struct Expect {
    /// The template that is sent.
    #[schemars(extend("type" = SCALAR), example = &"spring_sale")]
    pub template: Option<String>,
    /// The language that it is sent in.
    #[schemars(extend("type" = SCALAR), example = &"pt_BR")]
    pub language: Option<String>,
    /// The header's text, or the link or id of its media.
    #[schemars(extend("type" = SCALAR), example = &"https://cdn.example.com/pt_BR.jpg")]
    pub header: Option<String>,
    /// What stands in the body's parameters: by name, or a list for numbered ones.
    #[schemars(example = json!({ "first_name": "Ada" }))]
    pub body: Option<ListOr<String>>,
    /// What stands in buttons, by position.
    #[schemars(example = json!({ "0": "COUPON1" }))]
    pub buttons: Option<Entries<String>>,
    /// Words from the reason why the row becomes no message.
    #[schemars(extend("type" = SCALAR), example = &"phone")]
    pub turned_away: Option<String>,
}
