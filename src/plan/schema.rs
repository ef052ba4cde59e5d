//! The JSON Schema of a line of a saved plan.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::saved::{Footer, Header, SavedRow};

/// A line: the first, one for each row, the last.
struct Line;

impl JsonSchema for Line {
    fn schema_name() -> Cow<'static, str> {
        "Line".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let first = generator.subschema_for::<Header>();
        let (row, last) = (generator.subschema_for::<SavedRow<'static>>(), generator.subschema_for::<Footer>());
        json_schema!({
            "description": "The first line, then a line for each row of the recipients file, then the last line.",
            "oneOf": [first, row, last],
        })
    }
}

/// The schema of a line of a saved plan.
pub fn line() -> Value {
    let generator = SchemaSettings::draft07().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Line>();
    schema.insert("title".to_owned(), "A line of a saved plan of tidings".into());
    schema.to_value()
}
