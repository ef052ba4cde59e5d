//! The JSON Schemas of the campaign file and of its defaults, from the types of `file`: what an editor knows of them.
//!
//! It refuses nothing that `check` accepts, so it says less than `check`: what a key is, not whether the whole makes sense.
//! Draft-07, because every version of the YAML language server reads it (newer drafts since its 1.20.0), and JetBrains'
//! editors too.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::check::CODES;
use super::file::{CampaignFile, Column, DefaultsFile};
use super::kinds::{Entries, ListOr, TextOr};

/// What a text may be in YAML: without quotes, it may look like a number or a boolean, and is a text all the same.
pub(super) const SCALAR: [&str; 3] = ["string", "number", "boolean"];

/// The same where only digits may stand.
pub(super) const INTEGER: [&str; 2] = ["string", "integer"];

/// The name of a template's parameter. One of digits only stands for a position, and has its place in a list.
pub(super) const PARAMETER_NAME: &str = "^[a-z0-9_]*[a-z_][a-z0-9_]*$";

/// A public link, or an expression that gives one.
pub(super) const LINK: &str = r"^(https?://|\s*\{)";

/// The schema of a campaign file.
pub fn schema() -> Value {
    schema_of::<CampaignFile>("A campaign of tidings")
}

/// The schema of a file of defaults.
pub fn defaults_schema() -> Value {
    schema_of::<DefaultsFile>("What campaigns of tidings share")
}

fn schema_of<T: JsonSchema>(title: &str) -> Value {
    let mut settings = SchemaSettings::draft07();
    // Before what draft-07 asks for: it wraps what is a reference in the end.
    settings.transforms.insert(0, Box::new(as_written));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// What serde's types leave open and the reader does not: a key that need not be there still has a value where it is, and
/// a text needs no quotes. Descriptions are wrapped in the code only.
fn as_written(schema: &mut Schema) {
    transform_subschemas(&mut as_written, schema);
    without_null(schema);
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    let is_text = schema.get("type").is_some_and(|kind| kind == "string");
    let is_free = ["pattern", "enum", "const", "anyOf"].iter().all(|rule| schema.get(*rule).is_none());
    if is_text && is_free {
        schema.insert("type".to_owned(), json!(SCALAR));
    }
}

fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = &kinds[..] {
            let kind = kind.clone();
            schema.insert("type".to_owned(), kind);
        }
    }
    let Some(Value::Array(ways)) = schema.get_mut("anyOf") else { return };
    let before = ways.len();
    ways.retain(|way| way.get("type").is_none_or(|kind| kind != "null"));
    if let (true, [Value::Object(way)]) = (ways.len() < before, &ways[..]) {
        let way = way.clone();
        schema.remove("anyOf");
        for (key, value) in way {
            // What stands beside the key knows more than what stands at its type.
            if schema.get(&key).is_none() {
                schema.insert(key, value);
            }
        }
    }
}

/// A language code of Meta's.
pub(super) struct Language;

impl JsonSchema for Language {
    fn schema_name() -> Cow<'static, str> {
        "Language".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A language, as Meta writes it.", "type": "string", "enum": CODES })
    }
}

/// What a column holds: one of two words, or how the file writes it.
pub(super) struct Holds;

impl JsonSchema for Holds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Holds".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "description": "Numbers with a point, such as 1234.56.", "type": "string", "const": "number" },
            { "description": "Days such as 2026-12-31.", "type": "string", "const": "date" },
            generator.subschema_for::<Column>(),
        ] })
    }
}

/// Something, or in so many words nothing.
pub(super) struct OrNothing<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for OrNothing<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}OrNothing", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<T>(), { "const": null }] })
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("EntriesOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() })
    }
}

impl<T: JsonSchema> JsonSchema for ListOr<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("ListOr{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (list, map) = (generator.subschema_for::<Vec<T>>(), generator.subschema_for::<Entries<T>>());
        json_schema!({ "anyOf": [list, map] })
    }
}

impl<T: JsonSchema> JsonSchema for TextOr<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("TextOr{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string", "minLength": 1 }, generator.subschema_for::<T>()] })
    }
}
