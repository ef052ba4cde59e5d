//! The last line of a saved plan: its sums, and what was approved beside its rows.

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{SHA256, SHA256_SHOWN, form, hex};
use crate::campaign::Campaign;
use crate::catalogue::Lock;
use crate::plan::cost::Priced;
use crate::plan::{Outline, Plan};
use crate::policy::price::Money;

/// The last line: sums, and what was approved beside the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Footer {
    /// How many rows there are.
    #[schemars(example = 3)]
    pub rows: u64,
    /// How many of them are messages, by template and language.
    #[schemars(example = json!({ "hello_world (en_US)": 2 }))]
    pub messages: BTreeMap<String, u64>,
    /// How many are turned away.
    #[schemars(example = 1)]
    pub turned_away: u64,
    /// SHA-256 of each template that is used, by template and language, as the lock file has it; none without a lock file.
    #[schemars(example = json!({ "hello_world (en_US)": SHA256_SHOWN }))]
    pub definitions: BTreeMap<String, String>,
    /// The most that the plan costs, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schemars(example = json!({ "amount": "62.50", "currency": "EUR" }))]
    pub ceiling: Option<Ceiling>,
    /// SHA-256 of all lines before, and of this one as it is with an empty text here.
    #[schemars(regex(pattern = SHA256), example = SHA256_SHOWN)]
    pub sha256: String,
}

/// The most that a plan costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// A decimal number, as text so that nothing rounds it.
    #[schemars(regex(pattern = r"^[0-9]+\.[0-9]{2,6}$"), example = &"62.50")]
    pub amount: String,
    /// The currency's ISO 4217 code.
    #[schemars(regex(pattern = "^[A-Z]{3}$"), example = &"EUR")]
    pub currency: String,
}

impl From<Money> for Ceiling {
    fn from(Money { amount, currency }: Money) -> Self {
        Self { amount: amount.to_string(), currency: currency.to_string() }
    }
}

impl Footer {
    /// What is to be approved of a plan, not yet sealed.
    pub(super) fn of(plan: &Plan<'_>, outline: &Outline) -> Self {
        let messages = outline.messages.iter().map(|((name, language), count)| (form(name, language), *count));
        let messages: BTreeMap<String, u64> = messages.collect();
        Self {
            rows: outline.rows,
            definitions: plan.definitions_of(messages.keys()),
            messages,
            turned_away: outline.turned_away_total(),
            ceiling: outline.cost.as_ref().and_then(Priced::ceiling).map(Ceiling::from),
            sha256: String::new(),
        }
    }

    /// The line with its digest: what comes before has `before`.
    pub(super) fn sealed(self, before: &Sha256) -> io::Result<Self> {
        let open = Self { sha256: String::new(), ..self };
        let digest = before.clone().chain_update(serde_json::to_vec(&open)?).finalize();
        Ok(Self { sha256: hex(&digest.into()), ..open })
    }
}

impl Plan<'_> {
    /// The digests of some of its templates, each a name and a language as [`Footer::messages`] has them; only of those
    /// that are in the lock file.
    pub fn definitions_of<'k>(&self, forms: impl Iterator<Item = &'k String>) -> BTreeMap<String, String> {
        let known = forms.filter_map(|form| self.definitions.get_key_value(form));
        known.map(|(form, digest)| (form.clone(), digest.clone())).collect()
    }
}

/// The digests of a campaign's templates in a lock file, by template and language.
pub(in crate::plan) fn definitions(campaign: &Campaign, lock: &Lock) -> BTreeMap<String, String> {
    let mut definitions = BTreeMap::new();
    for entry in &campaign.templates {
        for template in lock.named(&entry.name).filter(|template| entry.languages.contains(&template.language)) {
            definitions.entry(form(&template.name, &template.language)).or_insert_with(|| hex(&template.digest()));
        }
    }
    definitions
}
