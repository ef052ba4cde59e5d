//! A cursor into the tree: from a value that was read back to its place.

use super::Text;
use super::tree::{Kind, Node};
use crate::problem::Place;

/// A value's spot in the file; it may not exist, and then it has no place.
#[derive(Clone, Copy)]
pub(super) struct Spot<'t> {
    node: Option<&'t Node>,
}

impl<'t> Spot<'t> {
    pub(super) fn root(node: &'t Node) -> Self {
        Self { node: Some(node) }
    }

    /// The value under a key.
    pub(super) fn key(self, key: &str) -> Self {
        let Some(Kind::Map(entries)) = self.kind() else { return Self { node: None } };
        Self { node: entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value) }
    }

    /// The value of the map's nth entry, from 0.
    pub(super) fn entry(self, index: usize) -> Self {
        let Some(Kind::Map(entries)) = self.kind() else { return Self { node: None } };
        Self { node: entries.get(index).map(|entry| &entry.value) }
    }

    /// The place of the map's nth key, from 0.
    pub(super) fn key_at(self, index: usize) -> Option<Place> {
        let Some(Kind::Map(entries)) = self.kind() else { return None };
        entries.get(index).map(|entry| entry.key_at)
    }

    /// The place of a key that is in the map.
    pub(super) fn place_of(self, key: &str) -> Option<Place> {
        let Some(Kind::Map(entries)) = self.kind() else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| entry.key_at)
    }

    /// The places of all keys of a map, with the keys.
    pub(super) fn keys(self) -> impl Iterator<Item = (&'t str, Place)> {
        let entries = match self.kind() {
            Some(Kind::Map(entries)) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|entry| (entry.key.as_str(), entry.key_at))
    }

    /// The nth item of a list, from 0.
    pub(super) fn item(self, index: usize) -> Self {
        let Some(Kind::List(items)) = self.kind() else { return Self { node: None } };
        Self { node: items.get(index) }
    }

    /// Where the value starts; a text starts inside its quotes.
    pub(super) fn at(self) -> Option<Place> {
        let node = self.node?;
        match &*node.kind {
            Kind::Text(scalar) => Some(scalar.at),
            _ => Some(node.at),
        }
    }

    /// The text as written, whatever YAML would make of it: `1.10` keeps its zero.
    pub(super) fn text(self) -> Option<Text> {
        match self.kind()? {
            Kind::Text(scalar) => Some(scalar.to_text()),
            _ => None,
        }
    }

    /// Whether it is a map.
    pub(super) fn is_map(self) -> bool {
        matches!(self.kind(), Some(Kind::Map(_)))
    }

    /// The value itself.
    pub(super) fn node(self) -> Option<&'t Node> {
        self.node
    }

    fn kind(self) -> Option<&'t Kind> {
        self.node.map(|node| &*node.kind)
    }
}
