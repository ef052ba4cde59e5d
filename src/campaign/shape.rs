//! The shape of the file against the types of `file`: unknown keys, missing keys, wrong kinds, all of them at once.
//!
//! A serde deserializer stops at its first error. This one reports it and reads on with a filler in its place; what it
//! returns is fit for finding more problems, and for nothing else once there is one. The grammar is the types alone.

use std::collections::VecDeque;
use std::fmt;
use std::slice::Iter;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_yaml::Value as Resolved;

use super::advice::{Form, NOT_YET, either, example, kind_help, kind_name};
use super::kinds::{LIST_OR_MAP, TEXT_OR_MAP};
use super::problems::{Problems, shown};
use super::tree::{Entry, Kind, Node, resolve};
use crate::problem::{Place, nearest};

/// Reads a `T` from the tree and reports whatever does not fit.
pub(super) fn read<'t, T: Deserialize<'t>>(root: &'t Node, form: &'t Form, problems: &mut Problems) -> Option<T> {
    let value = Value { found: Found::Here(root), label: Label::File(form), named_at: root.at };
    T::deserialize(Reader { value, problems })
        .inspect_err(|error| problems.add(root.at, "shape", error.to_string(), "compare with a campaign that works"))
        .ok()
}

/// The keys that a type knows.
pub(super) fn keys<T: Deserialize<'static>>() -> &'static [&'static str] {
    let mut keys: &[&str] = &[];
    // It ends with an error as soon as the keys are known, which is all that is asked for.
    let _ = T::deserialize(Keys(&mut keys));
    keys
}

/// Hears from a type which keys it knows, and has no value for it.
struct Keys<'k>(&'k mut &'static [&'static str]);

impl Deserializer<'static> for Keys<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'static>>(self, _: V) -> Result<V::Value, Error> {
        Err(serde::de::Error::custom("not a map"))
    }

    fn deserialize_struct<V: Visitor<'static>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! { <V: Visitor<'static>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// What is at hand for a value that the types ask for.
#[derive(Clone, Copy)]
enum Found<'t> {
    Here(&'t Node),
    /// A key that the map lacks, and whether the map is named by its first key only.
    Missing {
        named_by_key: bool,
    },
    /// Part of something that has been reported.
    Filler,
}

#[derive(Clone, Copy)]
struct Value<'t> {
    found: Found<'t>,
    label: Label<'t>,
    /// Where it is named: its key, the list's item, the map that lacks it.
    named_at: Place,
}

/// How to speak of a value.
#[derive(Clone, Copy)]
enum Label<'t> {
    File(&'t Form),
    Key(&'t str),
    Item(&'t str),
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(form) => f.write_str(form.name),
            Self::Key(key) => f.write_str(&shown(key)),
            Self::Item(list) => write!(f, "an entry of {}", shown(list)),
        }
    }
}

impl<'t> Label<'t> {
    fn word(self) -> &'t str {
        match self {
            Self::File(form) => form.first_key,
            Self::Key(word) | Self::Item(word) => word,
        }
    }
}

impl<'t> Value<'t> {
    fn kind(self) -> Option<&'t Kind> {
        match self.found {
            Found::Here(node) => Some(&node.kind),
            Found::Missing { .. } | Found::Filler => None,
        }
    }

    /// Says why the value is not what is wanted, unless that has been said.
    fn refuse(self, wanted: &str, problems: &mut Problems) {
        let Self { found, label, named_at } = self;
        match found {
            Found::Filler => {}
            Found::Missing { named_by_key } => {
                let message = format!("the key {label} is missing");
                if named_by_key {
                    // That key is not at fault: where the map begins is pointed at, and no word.
                    let help = format!("write {}", example(label.word()));
                    return problems.add_point(named_at, "missing-key", message, help);
                }
                problems.add(named_at, "missing-key", message, format!("write {}", example(label.word())));
            }
            Found::Here(node) => match &*node.kind {
                Kind::Broken => {}
                Kind::Null { .. } => problems.add(
                    named_at,
                    "no-value",
                    format!("{label} has no value"),
                    "write a value, or remove the key; a text such as \"null\" needs quotes",
                ),
                kind => {
                    let message = format!("{label} must be {wanted}, not {}", kind_name(kind));
                    problems.add(node.at, "wrong-kind", message, kind_help(wanted, kind, label.word()));
                }
            },
        }
    }
}

struct Reader<'t, 'p> {
    value: Value<'t>,
    problems: &'p mut Problems,
}

impl<'t, 'p> Reader<'t, 'p> {
    fn text(&mut self) -> &'t str {
        if let Some(Kind::Text(scalar)) = self.value.kind() {
            return &scalar.text;
        }
        self.value.refuse("a text", self.problems);
        ""
    }

    fn items(self) -> Items<'t, 'p> {
        let items = match self.value.kind() {
            Some(Kind::List(items)) => items.iter(),
            _ => Iter::default(),
        };
        Items { items, list: self.value.label.word(), problems: self.problems }
    }

    /// The map's entries; with `fields`, those and no others.
    fn pairs(self, fields: Option<&'static [&'static str]>) -> Pairs<'t, 'p> {
        let Value { named_at, .. } = self.value;
        let (entries, absent) = match self.value.kind() {
            Some(Kind::Map(entries)) => {
                let named_by_key = entries.first().is_some_and(|entry| entry.key_at == named_at);
                (entries.as_slice(), Found::Missing { named_by_key })
            }
            _ => (&[][..], Found::Filler),
        };
        let lacks = |field: &&'static str| !entries.iter().any(|entry| entry.key == *field);
        let lacking = fields.unwrap_or_default().iter().copied().filter(lacks).collect();
        let (misspelt, next, problems) = (Vec::new(), None, self.problems);
        Pairs { entries: entries.iter(), fields, lacking, misspelt, absent, named_at, next, problems }
    }
}

impl<'t> Deserializer<'t> for Reader<'t, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value.kind() {
            Some(Kind::List(_)) => visitor.visit_seq(self.items()),
            Some(Kind::Map(_)) => visitor.visit_map(self.pairs(None)),
            Some(Kind::Text(scalar)) => match resolve(scalar) {
                Some(Resolved::Bool(value)) => visitor.visit_bool(value),
                Some(Resolved::Number(number)) => visit_number(&number, visitor),
                _ => visitor.visit_borrowed_str(&scalar.text),
            },
            Some(Kind::Null { .. } | Kind::Broken) | None => visitor.visit_unit(),
        }
    }

    fn deserialize_str<V: Visitor<'t>>(mut self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text())
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value.found {
            Found::Here(_) => visitor.visit_some(self),
            Found::Missing { .. } | Found::Filler => visitor.visit_none(),
        }
    }

    fn deserialize_bool<V: Visitor<'t>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let word = self.text();
        if let Some(Kind::Text(scalar)) = self.value.kind() {
            if let Some(Resolved::Bool(value)) = resolve(scalar) {
                return visitor.visit_bool(value);
            }
            let message = format!("{} cannot be {}", self.value.label, shown(word));
            self.problems.add(scalar.at, "unknown-value", message, format!("write {}", either(&["true", "false"])));
        }
        visitor.visit_bool(false)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        match (name, self.value.kind()) {
            (TEXT_OR_MAP, Some(Kind::Map(_))) => visitor.visit_some(self),
            (TEXT_OR_MAP, Some(Kind::Text(_))) | (LIST_OR_MAP, Some(Kind::List(_) | Kind::Map(_))) => {
                self.deserialize_any(visitor)
            }
            (TEXT_OR_MAP, _) => {
                self.value.refuse(TEXT_OR_MAP, self.problems);
                visitor.visit_str("")
            }
            (LIST_OR_MAP, _) => {
                self.value.refuse(LIST_OR_MAP, self.problems);
                visitor.visit_seq(self.items())
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        if !matches!(self.value.kind(), Some(Kind::List(_))) {
            self.value.refuse("a list", self.problems);
        }
        visitor.visit_seq(self.items())
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        if !matches!(self.value.kind(), Some(Kind::Map(_))) {
            self.value.refuse("a map", self.problems);
        }
        visitor.visit_map(self.pairs(None))
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if !matches!(self.value.kind(), Some(Kind::Map(_))) {
            self.value.refuse("a map", self.problems);
        }
        visitor.visit_map(self.pairs(Some(fields)))
    }

    fn deserialize_enum<V: Visitor<'t>>(
        mut self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let word = self.text();
        let known = variants.iter().find(|variant| **variant == word);
        if let (None, Some(Kind::Text(scalar))) = (known, self.value.kind()) {
            let message = format!("{} cannot be {}", self.value.label, shown(word));
            self.problems.add(scalar.at, "unknown-value", message, format!("write {}", either(variants)));
        }
        let filler = variants.first().copied().unwrap_or_default();
        visitor.visit_enum(StrDeserializer::new(known.unwrap_or(&filler)))
    }

    forward_to_deserialize_any! { <V: Visitor<'t>>
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf
        unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

fn visit_number<'t, V: Visitor<'t>>(number: &serde_yaml::Number, visitor: V) -> Result<V::Value, Error> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(value), ..) => visitor.visit_u64(value),
        (None, Some(value), _) => visitor.visit_i64(value),
        (None, None, value) => visitor.visit_f64(value.unwrap_or(f64::NAN)),
    }
}

struct Items<'t, 'p> {
    items: Iter<'t, Node>,
    list: &'t str,
    problems: &'p mut Problems,
}

impl<'t> SeqAccess<'t> for Items<'t, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let value = Value { found: Found::Here(node), label: Label::Item(self.list), named_at: node.at };
        seed.deserialize(Reader { value, problems: self.problems }).map(Some)
    }
}

struct Pairs<'t, 'p> {
    entries: Iter<'t, Entry>,
    fields: Option<&'static [&'static str]>,
    /// The fields that the map has no key for.
    lacking: VecDeque<&'static str>,
    /// Those of them that stand there misspelt.
    misspelt: Vec<&'static str>,
    absent: Found<'t>,
    named_at: Place,
    next: Option<Value<'t>>,
    problems: &'p mut Problems,
}

impl<'t> Pairs<'t, '_> {
    fn advance(&mut self) -> Option<Value<'t>> {
        while let Some(entry) = self.entries.next() {
            match self.fields {
                Some(fields) if !fields.contains(&entry.key.as_str()) => self.unknown(entry, fields),
                _ => {
                    let found = Found::Here(&entry.value);
                    return Some(Value { found, label: Label::Key(&entry.key), named_at: entry.key_at });
                }
            }
        }
        let field = self.lacking.pop_front()?;
        let found = if self.misspelt.contains(&field) { Found::Filler } else { self.absent };
        Some(Value { found, label: Label::Key(field), named_at: self.named_at })
    }

    fn unknown(&mut self, entry: &Entry, fields: &[&'static str]) {
        let all = format!("known here: {}", fields.join(", "));
        let (message, help) = if NOT_YET.contains(&entry.key.as_str()) {
            (format!("this version of tidings has no key {} here", shown(&entry.key)), all)
        } else {
            let near = nearest(&entry.key, fields.iter().copied());
            self.misspelt.extend(fields.iter().find(|field| Some(**field) == near));
            let help = near.map_or(all, |near| format!("did you mean `{near}`?"));
            (format!("unknown key {}", shown(&entry.key)), help)
        };
        self.problems.add(entry.key_at, "unknown-key", message, help);
    }
}

impl<'t> MapAccess<'t> for Pairs<'t, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.next = self.advance();
        let Some(Value { label, .. }) = self.next else { return Ok(None) };
        let key: StrDeserializer<'t, Error> = label.word().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let filler = Value { found: Found::Filler, label: Label::Key(""), named_at: self.named_at };
        let value = self.next.take().unwrap_or(filler);
        seed.deserialize(Reader { value, problems: self.problems })
    }
}
