//! The recipients file and how to read it.

use std::collections::{BTreeMap, HashSet};

use super::{Check, is_expression};
use crate::campaign::file::{self, CampaignFile};
use crate::campaign::kinds::{Entries, TextOr};
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::campaign::{OnDuplicate, OnInvalid, Recipients, Source, Text};
use crate::problem::Place;

impl Check<'_> {
    pub(super) fn recipients(&mut self, written: &CampaignFile, spot: Spot<'_>) -> Option<Recipients> {
        let languages: HashSet<&String> = written.templates.iter().flat_map(|entry| &entry.languages).collect();
        match &written.recipients {
            TextOr::Text(_) => self.recipients_file(None, spot, spot, languages.len() > 1),
            TextOr::Map(map) => self.recipients_file(Some(map), spot.key("file"), spot, languages.len() > 1),
        }
    }

    fn recipients_file(
        &mut self,
        map: Option<&file::Recipients>,
        file: Spot<'_>,
        spot: Spot<'_>,
        several_languages: bool,
    ) -> Option<Recipients> {
        let Text { source: name, at: file_at, .. } = self.text(file)?;
        if name == "-" {
            let message = "this version of tidings does not read recipients from standard input";
            self.problem(file, "recipients-file", message, "name a CSV file");
        }
        let column = |name: &str| Source::Column(name.to_owned(), file_at);
        let phone = self.source(spot.key("phone"));
        let language = self.source(spot.key("language"));
        Some(Recipients {
            file: self.directory.join(name),
            file_at,
            phone: phone.unwrap_or_else(|| column("phone")),
            language: language.or_else(|| several_languages.then(|| column("language"))),
            default_country: self.country(spot.key("default_country")),
            defaults: self.defaults(map.and_then(|map| map.defaults.as_ref()), spot.key("defaults")),
            on_duplicate: match map.and_then(|map| map.on_duplicate) {
                None | Some(file::OnDuplicate::Refuse) => OnDuplicate::Refuse,
                Some(file::OnDuplicate::First) => OnDuplicate::First,
                Some(file::OnDuplicate::Last) => OnDuplicate::Last,
            },
            on_invalid: match map.and_then(|map| map.on_invalid) {
                None | Some(file::OnInvalid::Refuse) => OnInvalid::Refuse,
                Some(file::OnInvalid::Skip) => OnInvalid::Skip,
            },
        })
    }

    /// A column's name or an expression.
    fn source(&mut self, spot: Spot<'_>) -> Option<Source> {
        let text = self.optional_text(spot)?;
        Some(if is_expression(&text.source) { Source::Expression(text) } else { Source::Column(text.source, text.at) })
    }

    fn country(&mut self, spot: Spot<'_>) -> Option<String> {
        let code = spot.text()?.source;
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let help = match code.to_ascii_uppercase() {
                upper if upper.len() == 2 => format!("write `{upper}`"),
                _ => "write the two capital letters of ISO 3166: `BR` for Brazil".to_owned(),
            };
            self.problem(spot, "country", format!("{} is no country code", shown(&code)), help);
        } else if code == "UK" {
            self.problem(spot, "country", "`UK` is no country code", "the United Kingdom is `GB`");
        }
        Some(code)
    }

    fn defaults(&mut self, written: Option<&Entries<String>>, spot: Spot<'_>) -> BTreeMap<String, (String, Place)> {
        let mut defaults = BTreeMap::new();
        for (index, (column, value)) in written.into_iter().flat_map(|written| &written.0).enumerate() {
            let entry = spot.entry(index);
            if is_expression(value) {
                let message = format!("the default of {} is taken as it is, without expressions", shown(column));
                self.problem(entry, "default", message, "write a plain text here, and the expression in the template");
            }
            if let Some(at) = entry.at() {
                defaults.insert(column.clone(), (value.clone(), at));
            }
        }
        defaults
    }
}
