//! Two trees into one: what a campaign says, and below it what the defaults say.

use std::rc::Rc;

use super::tree::{Entry, Kind, Node};
use crate::problem::Place;

/// What a file says, and where it says nothing, what the defaults say: key by key, and maps in maps too. Lists and texts
/// are taken whole. Every value keeps its place.
pub(super) fn merged(own: &Node, defaults: &Node) -> Node {
    let (Kind::Map(written), Kind::Map(below)) = (&*own.kind, &*defaults.kind) else { return own.clone() };
    let over = |entry: &Entry| match below.iter().find(|default| default.key == entry.key) {
        Some(default) => Entry { value: merged(&entry.value, &default.value), ..entry.clone() },
        None => entry.clone(),
    };
    let is_unsaid = |default: &&Entry| !written.iter().any(|entry| entry.key == default.key);
    map(own.at, written.iter().map(over).chain(below.iter().filter(is_unsaid).cloned()).collect())
}

/// The map with only these of its entries; what is no map as it is.
pub(super) fn only(node: &Node, is_kept: impl Fn(&Entry) -> bool) -> Node {
    match &*node.kind {
        Kind::Map(entries) => map(node.at, entries.iter().filter(|entry| is_kept(entry)).cloned().collect()),
        _ => node.clone(),
    }
}

/// The map without those entries of the map under a key that say in so many words that there is nothing: `null` or `~`.
pub(super) fn without_nothing(root: &Node, under: &str, keys: &[&str]) -> Node {
    let Kind::Map(entries) = &*root.kind else { return root.clone() };
    let is_nothing = |entry: &Entry| matches!(*entry.value.kind, Kind::Null { is_written: true });
    let rest = |entry: &Entry| match entry.key == under {
        true => {
            let value = only(&entry.value, |inner| !(keys.contains(&&*inner.key) && is_nothing(inner)));
            Entry { value, ..entry.clone() }
        }
        false => entry.clone(),
    };
    map(root.at, entries.iter().map(rest).collect())
}

fn map(at: Place, entries: Vec<Entry>) -> Node {
    Node { at, kind: Rc::new(Kind::Map(entries)) }
}
