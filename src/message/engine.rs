//! The template engine: minijinja, strict and bounded.
//!
//! Its fuel pays for every step, and for every byte and list item that a step makes or looks at: it bounds time and memory
//! alike.

use std::array;
use std::borrow::Cow;
use std::sync::LazyLock;

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value, escape_formatter};

use super::filter;
use super::refusal::refused;

/// So many texts may each use so much fuel; the last are all that follow.
///
/// A name with a capital takes ten, and a long choice a hundred. Much more would be a mistake, or an attack: a file of 1 MB
/// holds so many texts that together they would take minutes.
const FUEL: [(usize, u64); 3] = [(50, 20_000), (500, 4_000), (usize::MAX, 400)];

/// The engines of a campaign, from the one with the most fuel to that with the least.
#[derive(Clone)]
pub(super) struct Engines([Environment<'static>; FUEL.len()]);

impl Engines {
    /// The engines that all campaigns share.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Engines> = LazyLock::new(|| Engines(array::from_fn(|tier| engine(FUEL[tier].1))));
        &SHARED
    }

    /// Which engine a campaign's text has, by how many texts there were before it.
    pub fn tier(texts_before: usize) -> usize {
        FUEL.iter().position(|(texts, _)| texts_before < *texts).unwrap_or(FUEL.len() - 1)
    }

    /// The engine of a tier.
    pub fn get(&self, tier: usize) -> &Environment<'static> {
        &self.0[tier]
    }

    /// The same, to add a template to.
    pub fn get_mut(&mut self, tier: usize) -> &mut Environment<'static> {
        &mut self.0[tier]
    }
}

/// Undefined values are errors, nothing is escaped, lists are no text, and there is no way to include, import or define
/// anything.
fn engine(fuel: u64) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_formatter(|output, state, value| one_text(value).and_then(|()| escape_formatter(output, state, value)));
    engine.set_fuel(Some(fuel));
    engine.set_debug(true);
    for global in ["debug", "dict", "namespace"] {
        engine.remove_global(global);
    }
    filter::register(&mut engine);
    engine
}

/// A value as the engine prints it.
pub(super) fn printed(value: &Value) -> Result<Cow<'_, str>, Error> {
    one_text(value)?;
    Ok(value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed))
}

/// Refuses lists and maps. Nobody means the brackets in which they would be printed; and those that are made while they
/// are printed, such as `[0] * 99999999`, take a time that no fuel pays for.
fn one_text(value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable | ValueKind::Plain => Err(refused("", |_| {
            "there are several values in one place; pick one with `| first`, or write them all with `| join(', ')`"
                .to_owned()
        })),
        _ => Ok(()),
    }
}
