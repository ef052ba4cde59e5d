//! What campaigns can share, as it holds for one of them, and where each value comes from.
//!
//! Which keys there are, and what holds where nobody says anything, is told by the schema alone.

use std::path::Path;

use serde_json::Value;

use super::problems::Problems;
use super::read::{Gleaned, Written, glean, written};
use super::schema::defaults_schema;
use super::spot::Spot;
use super::tree::{Kind, Node};
use crate::problem::Location;
use crate::secret::TokenSource;

/// Where the token comes from.
const TOKEN: &str = "sender.token";

/// A value, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The keys that lead to it, with points between them: `send.rate`.
    pub key: String,
    /// What it is, as it was written; none when there is none.
    pub value: Option<String>,
    /// Who says so.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The campaign file.
    Campaign(Location),
    /// The defaults beside it.
    Defaults(Location),
    /// tidings itself: nobody says otherwise.
    BuiltIn,
}

/// Every value of a campaign that defaults could give; none of a campaign with problems, which may mean something else.
pub fn settings(file: &Path) -> Vec<Setting> {
    let Gleaned { campaign: Some(campaign), sound, problems } = glean(file) else { return Vec::new() };
    let mut reading = Problems::of(file);
    let (true, Some(Written { own, merged, .. })) = (sound.whole && problems.is_empty(), written(file, &mut reading))
    else {
        return Vec::new();
    };
    let schema = defaults_schema();
    let mut walk = Walk { schema: &schema, file, places: &reading, settings: Vec::new() };
    walk.map(&schema, "", Spot::root(&merged), Spot::root(&own));
    let token = walk.settings.iter_mut().find(|setting| setting.key == TOKEN);
    if let (Some(token), TokenSource::Command(argv)) = (token, &campaign.sender.token) {
        token.value = Some(command(argv));
    }
    walk.settings
}

/// A command without its arguments, which may hold secrets.
fn command(argv: &[String]) -> String {
    let program = argv.first().map_or("", String::as_str);
    let arguments = if argv.len() > 1 { ", …" } else { "" };
    format!("{{ command: [{program}{arguments}] }}")
}

/// A walk through the schema and the tree, side by side.
struct Walk<'w> {
    schema: &'w Value,
    file: &'w Path,
    places: &'w Problems,
    settings: Vec<Setting>,
}

impl<'w> Walk<'w> {
    /// The keys of a map.
    fn map(&mut self, schema: &'w Value, above: &str, spot: Spot<'_>, own: Spot<'_>) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, property) in properties.into_iter().flatten() {
            let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            let (below, own_below) = (spot.key(key), own.key(key));
            match self.map_of(property) {
                Some(map) if below.is_map() || has_defaults(map) => self.map(map, &path, below, own_below),
                _ => self.value(path, property, below),
            }
        }
    }

    fn value(&mut self, key: String, property: &Value, spot: Spot<'_>) {
        let value = match spot.node() {
            Some(node) => written_out(node),
            None => property.get("default").map(plain),
        };
        let origin = spot.at().map_or(Origin::BuiltIn, |at| {
            let location = self.places.location(at);
            if location.file == self.file { Origin::Campaign(location) } else { Origin::Defaults(location) }
        });
        self.settings.push(Setting { key, value, origin });
    }

    /// The schema of a map with keys that are known, if a key takes that and no text.
    fn map_of(&self, property: &'w Value) -> Option<&'w Value> {
        let ways = |key: &str| property.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if ways("anyOf").iter().any(|way| way.get("type").is_some()) {
            return None;
        }
        let nested = ways("anyOf").iter().chain(ways("allOf")).find_map(|way| self.map_of(way));
        let name = property.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next());
        let named = name.and_then(|name| self.schema.get("definitions")?.get(name));
        nested.or(named.filter(|schema| schema.get("properties").is_some()))
    }
}

/// Whether something holds in a map where nobody says anything.
fn has_defaults(map: &Value) -> bool {
    let properties = map.get("properties").and_then(Value::as_object);
    properties.is_some_and(|properties| properties.values().any(|property| property.get("default").is_some()))
}

/// A value in one line; none when it says that there is none.
fn written_out(node: &Node) -> Option<String> {
    let each = |nodes: &mut dyn Iterator<Item = String>| nodes.collect::<Vec<_>>().join(", ");
    Some(match &*node.kind {
        Kind::Null { .. } | Kind::Broken => return None,
        Kind::Text(scalar) => scalar.text.clone(),
        Kind::List(items) => format!("[{}]", each(&mut items.iter().filter_map(written_out))),
        Kind::Map(entries) => {
            let pair = |(key, value): (&str, String)| format!("{key}: {value}");
            let pairs = entries.iter().filter_map(|entry| Some((&*entry.key, written_out(&entry.value)?)));
            format!("{{ {} }}", each(&mut pairs.map(pair)))
        }
    })
}

/// The same for what is built in.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
