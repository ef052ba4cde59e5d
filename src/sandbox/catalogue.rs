//! The templates that the sandbox has, and how it lists them: in pages, as Meta does.
//!
//! They are for those who read templates. What is sent is not held against them: the sandbox takes any template.

use reqwest::Url;
use serde_json::{Map, Value, json};

use super::illness::Illness;
use super::refusal::Refusal;
use crate::cloud::PROOF_PARAMETER;
use crate::cloud::templates::{FIELDS, TemplateDefinition};

/// One of each kind, and what the example campaigns need.
const BUILT_IN: &str = include_str!("templates.json");

/// What Meta's lists hold when nobody asks for more or fewer (Graph API, paging).
const PAGE_DEFAULT: usize = 25;

/// What is told of each template when nobody asks for fields.
const FIELDS_DEFAULT: &[&str] = &["name", "language", "status", "category", "components", "id"];

/// Meta's code for a cursor that it did not give (Graph API v24).
const BAD_CURSOR: i64 = 131_059;

/// Templates to be listed.
pub(super) struct Catalogue(Vec<Value>);

impl Catalogue {
    /// These templates.
    pub(super) fn of(templates: &[TemplateDefinition]) -> Self {
        Self(templates.iter().map(|template| template.as_json().clone()).collect())
    }

    /// Those that the sandbox has by itself.
    pub(super) fn built_in() -> Self {
        // A test reads them all; a text that is part of the program does not break by itself.
        Self(serde_json::from_str(BUILT_IN).unwrap_or_default())
    }

    /// The same, ill.
    pub(super) fn sick(mut self, sick: &[Illness]) -> Self {
        if sick.contains(&Illness::TemplateMissing) {
            self.0.clear();
        }
        for template in &mut self.0 {
            if sick.contains(&Illness::TemplatePaused) {
                template["status"] = json!("PAUSED");
            }
            if sick.contains(&Illness::TemplateRed) {
                template["quality_score"] = json!({ "score": "RED" });
            }
        }
        self
    }

    /// A page, as the query asks for it. `path` is where the list is.
    pub(super) fn page(&self, path: &str, query: &str) -> Result<Vec<u8>, Refusal> {
        let Query { fields, limit, start } = Query::read(query)?;
        let end = self.0.len().min(start.saturating_add(limit));
        let listed = self.0.get(start..end).unwrap_or_default();
        let data: Vec<_> = listed.iter().map(|template| only(template, &fields)).collect();
        let mut page = json!({ "data": data });
        if !listed.is_empty() {
            page["paging"] = json!({ "cursors": { "before": cursor(start), "after": cursor(end) } });
            if end < self.0.len() {
                // Nobody is to follow it: Meta's own holds a token.
                page["paging"]["next"] = json!(format!("https://sandbox.invalid{path}?after={}", cursor(end)));
            }
        }
        Ok(page.to_string().into_bytes())
    }
}

struct Query {
    fields: Vec<String>,
    limit: usize,
    start: usize,
}

impl Query {
    fn read(query: &str) -> Result<Self, Refusal> {
        let mut read = Self {
            fields: FIELDS_DEFAULT.iter().map(|&field| field.to_owned()).collect(),
            limit: PAGE_DEFAULT,
            start: 0,
        };
        // Of the address only the query counts; a wrong one is no query at all.
        let url = Url::parse(&format!("http://sandbox.invalid/?{query}"));
        for (key, value) in url.iter().flat_map(Url::query_pairs) {
            match &*key {
                "fields" => read.fields = named_fields(&value)?,
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| *limit > 0);
                    read.limit = limit.ok_or_else(|| Refusal::invalid("limit", "must be a number above 0"))?;
                }
                "after" => {
                    read.start = start(&value).ok_or_else(|| Refusal::new(BAD_CURSOR, "after: invalid cursor"))?
                }
                // Looked at before anything else.
                PROOF_PARAMETER => {}
                _ => return Err(Refusal::invalid(key, "unknown; the sandbox knows fields, limit and after")),
            }
        }
        Ok(read)
    }
}

/// The id is told unasked, as everywhere in the Graph API.
fn named_fields(value: &str) -> Result<Vec<String>, Refusal> {
    let fields = value.split(',').map(str::trim).chain(["id"]);
    let known = |field: &str| {
        if FIELDS.contains(&field) {
            Ok(field.to_owned())
        } else {
            Err(Refusal::invalid("fields", format_args!("tried accessing nonexisting field ({field})")))
        }
    };
    fields.map(known).collect()
}

fn only(template: &Value, fields: &[String]) -> Value {
    let pairs = template.as_object().into_iter().flatten();
    let told: Map<_, _> =
        pairs.filter(|(key, _)| fields.contains(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
    Value::Object(told)
}

/// Means nothing to anybody else.
fn cursor(place: usize) -> String {
    format!("QVF{place:06x}")
}

fn start(cursor: &str) -> Option<usize> {
    usize::from_str_radix(cursor.strip_prefix("QVF")?, 16).ok()
}
