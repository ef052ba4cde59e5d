//! The recipients file and how to read it.

use std::collections::{BTreeMap, HashSet};

use super::{Check, is_expression};
use crate::campaign::column::{DateForm, Kind, NumberForm};
use crate::campaign::file::{self, CampaignFile};
use crate::campaign::kinds::{Entries, TextOr};
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::campaign::{OnDuplicate, OnInvalid, Recipients, Source, Text};
use crate::problem::{Place, nearest};

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
            columns: self.columns(map.and_then(|map| map.columns.as_ref()), spot.key("columns")),
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

    fn columns(
        &mut self,
        written: Option<&Entries<TextOr<file::Column>>>,
        spot: Spot<'_>,
    ) -> BTreeMap<String, (Kind, Place)> {
        let mut columns = BTreeMap::new();
        for (index, (column, holds)) in written.into_iter().flat_map(|written| &written.0).enumerate() {
            let entry = spot.entry(index);
            let kind = match holds {
                TextOr::Text(_) => self.plain_kind(entry),
                TextOr::Map(form) => self.spelt_kind(form, entry),
            };
            if let (Some(kind), Some(at)) = (kind, entry.at()) {
                columns.insert(column.clone(), (kind, at));
            }
        }
        columns
    }

    fn plain_kind(&mut self, spot: Spot<'_>) -> Option<Kind> {
        let word = spot.text()?.source;
        match word.as_str() {
            "number" => return Some(Kind::Number(NumberForm::PLAIN)),
            "date" => return Some(Kind::Date(DateForm::ISO)),
            _ => {}
        }
        let help = match nearest(&word, ["number", "date"]) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write `number` or `date`; all other columns are text and need no entry".to_owned(),
        };
        self.problem(spot, "column-kind", format!("{} is nothing that a column can hold", shown(&word)), help);
        None
    }

    fn spelt_kind(&mut self, written: &file::Column, spot: Spot<'_>) -> Option<Kind> {
        if written.number.is_some() == written.date.is_some() {
            let message = "a column holds numbers or dates: exactly one of the two";
            self.problem(
                spot,
                "column-kind",
                message,
                "write `{ number: \"1.234,56\" }` or `{ date: \"31/12/2026\" }`",
            );
            return None;
        }
        let (number, date) = (spot.key("number"), spot.key("date"));
        if let Some(Text { source, .. }) = number.text() {
            let form = NumberForm::by_example(&source).map(Kind::Number);
            if form.is_none() {
                let message = format!("{} does not show how numbers are written", shown(&source));
                let help = "write the number 1234.56 as the file writes it: \"1.234,56\", \"1,234.56\", \"1234,56\" or \"1 234,56\"";
                self.problem(number, "number-form", message, help);
            }
            return form;
        }
        let Text { source, .. } = date.text()?;
        let form = DateForm::by_example(&source).map(Kind::Date);
        if form.is_none() {
            let message = format!("{} does not show how dates are written", shown(&source));
            let help =
                "write the 31st of December 2026 as the file writes it: \"31/12/2026\", \"12/31/2026\" or \"31.12.26\"";
            self.problem(date, "date-form", message, help);
        }
        form
    }
}
