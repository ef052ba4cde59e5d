//! The author's own tests: what comes of a row, held against what should.

use csv::StringRecord;
use serde_json::Value;

use super::{Plan, Rejection};
use crate::audience::phone::Recipient;
use crate::campaign::{Expected, Trial, Wanted};
use crate::message::compose::Message;
use crate::problem::{Place, Problem, nearest};

/// What a test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Where it stands in the campaign file.
    pub at: Place,
    /// What is not as expected.
    pub problems: Vec<Problem>,
}

impl Plan<'_> {
    /// Tries every test of the campaign. Nothing of it stands in the recipients file.
    pub fn try_all(&self) -> Vec<Tried> {
        let tried = |trial: &Trial| Tried { at: trial.at, problems: self.attempt(trial) };
        self.campaign.trials.iter().map(tried).collect()
    }

    fn attempt(&self, trial: &Trial) -> Vec<Problem> {
        let cells = match self.cells(trial) {
            Ok(cells) => cells,
            Err(problems) => return problems,
        };
        let problem =
            |Expected { at, .. }: &Expected, words: String| Problem::at(&self.campaign.file, *at, "test-failed", words);
        match self.outcome(&cells) {
            Ok(message) => {
                let found = |expected: &Expected| {
                    let found = value(&message, &expected.wanted);
                    (found.as_deref() != Some(&*expected.value)).then(|| problem(expected, differs(expected, found)))
                };
                trial.expect.iter().filter_map(found).collect()
            }
            Err(reason) => {
                let is_why = |expected: &Expected| {
                    expected.wanted == Wanted::TurnedAway
                        && reason.to_lowercase().contains(&expected.value.to_lowercase())
                };
                let other = trial.expect.iter().find(|expected| !is_why(expected));
                other
                    .map(|expected| problem(expected, format!("the row is turned away: {reason}")))
                    .into_iter()
                    .collect()
            }
        }
    }

    /// The row as the recipients file would hold it.
    fn cells(&self, trial: &Trial) -> Result<StringRecord, Vec<Problem>> {
        let columns = &self.table.columns;
        let unknown = trial.row.iter().filter(|(column, ..)| !columns.contains(column)).map(|(column, _, at)| {
            let help = match nearest(column, columns.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the columns are: {}", columns.join(", ")),
            };
            let message = format!("the recipients file has no column `{column}`");
            Problem::at(&self.campaign.file, *at, "unknown-column", message).help(help)
        });
        let problems: Vec<Problem> = unknown.collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let cell =
            |column: &String| trial.row.iter().find(|(named, ..)| named == column).map_or("", |(_, cell, _)| cell);
        Ok(columns.iter().map(cell).collect())
    }

    fn outcome(&self, cells: &StringRecord) -> Result<Message<'_>, String> {
        let words = |unfit| Rejection::from(unfit).words();
        let address = self.composer.address(cells).map_err(words)?;
        let country = self.campaign.recipients.default_country.as_deref();
        Recipient::parse(&address.phone, country).map_err(|error| format!("{}; {}", error.cause(), error.remedy()))?;
        self.composer.occurrence(cells).map_err(words)?;
        self.composer.compose(cells, address.language.as_deref()).map_err(words)
    }
}

fn differs(Expected { wanted, value, .. }: &Expected, found: Option<String>) -> String {
    match (wanted, found) {
        (Wanted::TurnedAway, _) => "the row becomes a message, and is not turned away".to_owned(),
        (_, Some(found)) => format!("{} is `{found}`, and `{value}` is expected", wanted.words()),
        (_, None) => format!("the message has no {}, and `{value}` is expected there", wanted.words()),
    }
}

/// What the message says there.
fn value(message: &Message<'_>, wanted: &Wanted) -> Option<String> {
    let template: Value = serde_json::from_str(&message.template).unwrap_or_default();
    let components = template["components"].as_array().cloned().unwrap_or_default();
    let of = |kind: &str| components.iter().find(|component| component["type"] == kind);
    match wanted {
        Wanted::Template => Some(message.name.to_owned()),
        Wanted::Language => Some(message.language.to_owned()),
        Wanted::TurnedAway => None,
        Wanted::Header => said(&of("header")?["parameters"][0]),
        Wanted::BodyNumber(number) => said(&of("body")?["parameters"][number - 1]),
        Wanted::BodyName(name) => {
            let parameters = of("body")?["parameters"].as_array()?;
            said(parameters.iter().find(|parameter| parameter["parameter_name"] == **name)?)
        }
        Wanted::Button(position) => {
            let is_there = |component: &&Value| {
                component["type"] == "button" && position_of(&component["index"]) == Some(*position)
            };
            said(&components.iter().find(is_there)?["parameters"][0])
        }
    }
}

fn position_of(index: &Value) -> Option<u64> {
    index.as_u64().or_else(|| index.as_str()?.parse().ok())
}

/// What a parameter says, as its recipient sees it.
fn said(parameter: &Value) -> Option<String> {
    let inner = &parameter[parameter["type"].as_str()?];
    let said = [inner, &inner["fallback_value"], &inner["link"], &inner["id"]];
    said.into_iter().find_map(Value::as_str).map(str::to_owned)
}
