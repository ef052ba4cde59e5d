//! Templates as Meta keeps them: what was approved, in which state it is, and what it leaves open.
//!
//! Source: Meta's Graph API reference of `message_templates` and its pages on template components. Meta adds words and
//! components without notice: a word that is not known stays a word, a component that is not known stays JSON, and
//! neither is a reason to read nothing.

mod component;
mod placeholder;
mod read;
mod word;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use component::{Button, Card, Component, Filling, Header};
pub use placeholder::{Piece, Placeholder, pieces, placeholders};
pub use read::{Patience, TemplateReader};
pub use word::{ButtonKind, Category, HeaderFormat, ParameterFormat, Quality, Status};

/// What is asked of Meta about each template.
pub const FIELDS: &[&str] = &[
    "id",
    "name",
    "language",
    "status",
    "category",
    "sub_category",
    "previous_category",
    "correct_category",
    "parameter_format",
    "components",
    "quality_score",
    "rejected_reason",
    "message_send_ttl_seconds",
];

/// One template in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateDefinition {
    /// Meta's id of it; a template that is deleted and made again has another.
    pub id: String,
    /// Its name; its languages share it.
    pub name: String,
    /// The language's code, as Meta spells it: `pt_BR`.
    pub language: String,
    /// Whether it may be sent.
    pub status: Status,
    /// What its messages cost, and which rules they follow. Meta changes it on its own.
    pub category: Category,
    /// What the category was before Meta changed it.
    pub previous_category: Option<Category>,
    /// What the category is going to be: Meta has announced it.
    pub correct_category: Option<Category>,
    /// A finer category, where Meta has one.
    pub sub_category: Option<String>,
    /// How its placeholders are written.
    pub parameter_format: ParameterFormat,
    /// What people think of its messages, as far as Meta tells.
    pub quality: Option<Quality>,
    /// Its parts, in Meta's order.
    pub components: Vec<Component>,
    json: Value,
}

/// Why a JSON value is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Something else stands in its place.
    #[error("a template is a map of keys and values")]
    NotAnObject,
    /// What every template has.
    #[error("a template has no `{0}`, or one that is no text")]
    Missing(&'static str),
}

impl TemplateDefinition {
    /// Reads a template as Meta lists it.
    ///
    /// # Errors
    /// When it has no name, language, status or category. All else may be missing, or of a kind not known yet.
    pub fn from_json(mut json: Value) -> Result<Self, DefinitionError> {
        keep_what_lasts(&mut json);
        let fields = json.as_object().ok_or(DefinitionError::NotAnObject)?;
        let needed = |key| word(fields, key).ok_or(DefinitionError::Missing(key));
        let quality = fields.get("quality_score").and_then(|quality| quality["score"].as_str());
        let components = fields.get("components").and_then(Value::as_array);
        Ok(Self {
            id: word(fields, "id").unwrap_or_default().to_owned(),
            name: needed("name")?.to_owned(),
            language: needed("language")?.to_owned(),
            status: Status::of(needed("status")?),
            category: Category::of(needed("category")?),
            previous_category: word(fields, "previous_category").map(Category::of),
            correct_category: word(fields, "correct_category").map(Category::of),
            sub_category: word(fields, "sub_category").map(str::to_owned),
            parameter_format: word(fields, "parameter_format").map_or(ParameterFormat::Positional, ParameterFormat::of),
            quality: quality.map(Quality::of),
            components: components.into_iter().flatten().map(Component::of).collect(),
            json,
        })
    }

    /// The template as Meta lists it, with its keys sorted and without what changes by itself: the addresses of sample
    /// files, which are signed anew for each reader, and the time of a quality score.
    pub fn as_json(&self) -> &Value {
        &self.json
    }

    /// SHA-256 of the template: of [`TemplateDefinition::as_json`] without its quality, which is what people think of it.
    pub fn digest(&self) -> [u8; 32] {
        let mut json = self.json.clone();
        if let Some(fields) = json.as_object_mut() {
            fields.remove("quality_score");
        }
        json.sort_all_objects();
        Sha256::digest(json.to_string()).into()
    }

    /// Its header.
    pub fn header(&self) -> Option<&Header> {
        component::header(&self.components)
    }

    /// The text of its body.
    pub fn body(&self) -> Option<&str> {
        component::body(&self.components)
    }

    /// The text of its footer.
    pub fn footer(&self) -> Option<&str> {
        self.components.iter().find_map(|component| match component {
            Component::Footer { text } => Some(text.as_str()),
            _ => None,
        })
    }

    /// Its buttons; their positions are those of the parameters that fill them.
    pub fn buttons(&self) -> &[Button] {
        component::buttons(&self.components)
    }

    /// The cards of its carousel.
    pub fn cards(&self) -> &[Card] {
        self.components
            .iter()
            .find_map(|component| match component {
                Component::Carousel { cards } => Some(cards.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }
}

/// A text that says something.
fn word<'a>(fields: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    fields.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// Sorts keys, and leaves out what differs between two readings of the same template.
fn keep_what_lasts(json: &mut Value) {
    if let Some(quality) = json.get_mut("quality_score").and_then(Value::as_object_mut) {
        quality.retain(|key, _| key == "score");
    }
    leave_out_sample_files(json);
    json.sort_all_objects();
}

fn leave_out_sample_files(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(leave_out_sample_files),
        Value::Object(fields) => {
            if let Some(Value::Object(example)) = fields.get_mut("example")
                && example.remove("header_handle").is_some()
                && example.is_empty()
            {
                fields.remove("example");
            }
            fields.values_mut().for_each(leave_out_sample_files);
        }
        _ => {}
    }
}
