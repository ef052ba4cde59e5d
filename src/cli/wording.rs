//! The templates' own words, for previews: from the lock file beside the campaign, as far as it has them.

use std::collections::BTreeSet;

use super::hint;
use crate::campaign::Campaign;
use crate::catalogue::{LOCK_FILE, Lock, SANDBOX};
use crate::cloud::templates::TemplateDefinition;

/// The templates' own words.
pub struct Wording<'a> {
    lock: Option<&'a Lock>,
    campaign: &'a Campaign,
}

impl<'a> Wording<'a> {
    /// Those of a campaign's templates, as far as its lock file has them.
    pub fn new(campaign: &'a Campaign, lock: Option<&'a Lock>) -> Self {
        Self { lock, campaign }
    }

    /// A template's own words in a language.
    pub fn of(&self, name: &str, language: &str) -> Option<&'a TemplateDefinition> {
        self.lock?.named(name).find(|template| template.language == language)
    }

    /// What people must know of the words they are shown: whose they are, and which are not known.
    pub fn notes<'k>(&self, kinds: impl Iterator<Item = &'k (String, String)>) -> Vec<String> {
        let (known, unknown): (Vec<_>, Vec<_>) = kinds.partition(|(name, language)| self.of(name, language).is_some());
        let mut notes = Vec::new();
        if !known.is_empty() {
            notes.extend(self.whose());
        }
        // Without a lock file, languages add nothing.
        let named = |(name, language): &(String, String)| match self.lock {
            Some(_) => format!("{name} ({language})"),
            None => name.clone(),
        };
        let unknown: BTreeSet<String> = unknown.into_iter().map(named).collect();
        if !unknown.is_empty() {
            notes.push(format!(
                "the wording of {} is not known here, so parameters are shown; to read it: tidings templates pull {}",
                unknown.into_iter().collect::<Vec<_>>().join(", "),
                hint::word(&self.campaign.file)
            ));
        }
        notes
    }

    fn whose(&self) -> Option<String> {
        let account = &self.lock?.account;
        if account == SANDBOX {
            return Some(format!("the wording is that of the built-in simulator's templates, from {LOCK_FILE}"));
        }
        let other = self.campaign.sender.business_account_id.as_ref().filter(|own| *own != account)?;
        Some(format!(
            "the wording is that of account {account}, from {LOCK_FILE}, and this campaign's account is {other}"
        ))
    }
}
