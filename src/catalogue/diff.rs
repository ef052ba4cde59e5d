//! What differs between two readings of an account's templates.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::parts::parts;
use crate::cloud::templates::{Category, TemplateDefinition};

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Key {
    /// The template's name.
    pub name: String,
    /// The language's code.
    pub language: String,
}

/// All that differs. Each list is sorted by name, then language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Changes {
    /// What was not there before.
    pub new: Vec<Key>,
    /// What is not there any more.
    pub gone: Vec<Key>,
    /// What is there, and not as before.
    pub changed: Vec<Changed>,
}

/// A template that is not as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Which one.
    #[serde(flatten)]
    pub key: Key,
    /// Its messages have become dearer: from utility to marketing.
    pub dearer: bool,
    /// Its messages are going to be dearer: Meta has announced it.
    pub dearer_soon: bool,
    /// What differs.
    pub changes: Vec<Change>,
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Change {
    /// What the template is.
    Field {
        /// Meta's name for it, such as `status`.
        field: String,
        /// What it was; none where it was not said.
        before: Option<String>,
        /// What it is.
        after: Option<String>,
    },
    /// What people see.
    Wording {
        /// Which part, such as `body`.
        part: String,
        /// What it said; none where the part is new.
        before: Option<String>,
        /// What it says; none where the part is gone.
        after: Option<String>,
    },
    /// Something of the components that people do not see, such as a sample value or the order of parts.
    Details {
        /// Always `components`.
        part: &'static str,
    },
}

impl Changes {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let Self { new, gone, changed } = self;
        new.is_empty() && gone.is_empty() && changed.is_empty()
    }
}

/// What differs, from `before` to `after`.
pub fn compare(before: &[TemplateDefinition], after: &[TemplateDefinition]) -> Changes {
    let (before, after) = (by_key(before), by_key(after));
    let only =
        |these: &ByKey<'_>, those: &ByKey<'_>| these.keys().filter(|key| !those.contains_key(key)).cloned().collect();
    let changed = before.iter().filter_map(|(key, old)| difference(key, old, after.get(key)?));
    Changes { new: only(&after, &before), gone: only(&before, &after), changed: changed.collect() }
}

type ByKey<'t> = BTreeMap<Key, &'t TemplateDefinition>;

fn by_key(templates: &[TemplateDefinition]) -> ByKey<'_> {
    let key = |template: &TemplateDefinition| Key { name: template.name.clone(), language: template.language.clone() };
    templates.iter().map(|template| (key(template), template)).collect()
}

fn difference(key: &Key, before: &TemplateDefinition, after: &TemplateDefinition) -> Option<Changed> {
    if before.as_json() == after.as_json() {
        return None;
    }
    let mut changes = fields(before.as_json(), after.as_json());
    let wording = wording(before, after);
    if wording.is_empty() && before.as_json().get("components") != after.as_json().get("components") {
        changes.push(Change::Details { part: "components" });
    }
    changes.extend(wording);
    let marketing = Some(&Category::Marketing);
    let dearer = before.category == Category::Utility && after.category == Category::Marketing;
    let announced = after.correct_category.as_ref() == marketing && before.correct_category.as_ref() != marketing;
    let dearer_soon = announced && after.category == Category::Utility;
    Some(Changed { key: key.clone(), dearer, dearer_soon, changes })
}

fn fields(before: &Value, after: &Value) -> Vec<Change> {
    let keys = [before, after].into_iter().filter_map(Value::as_object).flat_map(|fields| fields.keys());
    let keys: BTreeSet<_> = keys.filter(|key| *key != "components").collect();
    let differs = keys.into_iter().filter(|key| before.get(key) != after.get(key));
    differs
        .map(|key| Change::Field { field: key.clone(), before: told(before.get(key)), after: told(after.get(key)) })
        .collect()
}

/// A text without its quotes, a quality by its colour.
fn told(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) if fields.len() == 1 && fields.contains_key("score") => told(fields.get("score")),
        other => Some(other.to_string()),
    }
}

fn wording(before: &TemplateDefinition, after: &TemplateDefinition) -> Vec<Change> {
    let (old, new) = (parts(before), parts(after));
    let mut changes = Vec::new();
    for part in &old {
        let now = new.iter().find(|other| other.name == part.name);
        if now != Some(part) {
            changes.push(Change::Wording {
                part: part.name.clone(),
                before: Some(part.text.clone()),
                after: now.map(|now| now.text.clone()),
            });
        }
    }
    for part in new.into_iter().filter(|part| !old.iter().any(|other| other.name == part.name)) {
        changes.push(Change::Wording { part: part.name, before: None, after: Some(part.text) });
    }
    changes
}
