//! JSON that the author writes and Meta documents elsewhere: bills, flow data, raw components.
//!
//! Numbers, booleans and null are written as such in YAML. A string stays a string, with one exception: a string that is
//! exactly one `{{ … }}` whose value is a number or a boolean becomes that number or boolean, so that a bill's amounts can
//! come from a row: `"{{ total_cents | int }}"`. Cells are text, so `"{{ sku }}"` keeps its leading zeros.

use serde_json::{Map, Value};

use super::Unfit;
use super::row::Row;
use super::slot::Slot;

/// A JSON tree with slots for strings.
pub(super) enum Tree {
    Plain(Value),
    Text(Slot<()>),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Tree {
    /// The tree for a row.
    pub fn json(&self, row: &Row<'_>) -> Result<Value, Unfit> {
        match self {
            Self::Plain(value) => Ok(value.clone()),
            Self::Text(slot) => slot.json(row),
            Self::List(items) => items.iter().map(|item| item.json(row)).collect(),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Ok((key.clone(), value.json(row)?)));
                entries.collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
        }
    }
}
