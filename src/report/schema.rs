//! JSON Schemas of what a report is read by: a line of `report.jsonl`, and `summary.json`.
//!
//! Neither closes its objects: a key that a later version adds breaks no reader.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::line::Line;
use super::summary::Summary;

/// The schema of a line of `report.jsonl`.
pub fn line() -> Value {
    of::<Line<'static>>("A line of tidings' report.jsonl")
}

/// The schema of `summary.json`.
pub fn summary() -> Value {
    of::<Summary<'static>>("tidings' summary.json")
}

fn of<T: JsonSchema>(title: &str) -> Value {
    let generator = SchemaSettings::draft07().for_serialize().into_generator();
    let mut schema: Schema = generator.into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
