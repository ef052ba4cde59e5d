//! The templates' own words, for previews: from the lock file beside the campaign, as far as it has them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::hint;
use super::printer::Printer;
use crate::campaign::Campaign;
use crate::catalogue::{LOCK_FILE, Lock, SANDBOX};
use crate::cloud::templates::TemplateDefinition;

/// The templates' own words.
pub struct Wording {
    lock: Option<Lock>,
    campaign_file: PathBuf,
    account: Option<String>,
}

impl Wording {
    /// Reads the lock file. It is a help for people: where it cannot be read, the preview says so and does without.
    pub fn read(campaign: &Campaign, printer: Printer) -> Self {
        let path = campaign.file.with_file_name(LOCK_FILE);
        let lock = match path.exists().then(|| Lock::read(&path)).transpose() {
            Ok(lock) => lock,
            Err(problem) => {
                let help = problem.help.map(|help| format!("; {help}")).unwrap_or_default();
                printer.warn(&format!(
                    "shown without the templates' own words: {}: {}{help}",
                    path.display(),
                    problem.message
                ));
                None
            }
        };
        Self { lock, campaign_file: campaign.file.clone(), account: campaign.sender.business_account_id.clone() }
    }

    /// A template's own words in a language.
    pub fn of(&self, name: &str, language: &str) -> Option<&TemplateDefinition> {
        self.lock.as_ref()?.named(name).find(|template| template.language == language)
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
                hint::word(&self.campaign_file)
            ));
        }
        notes
    }

    fn whose(&self) -> Option<String> {
        let account = &self.lock.as_ref()?.account;
        if account == SANDBOX {
            return Some(format!("the wording is that of the built-in simulator's templates, from {LOCK_FILE}"));
        }
        let other = self.account.as_ref().filter(|own| *own != account)?;
        Some(format!(
            "the wording is that of account {account}, from {LOCK_FILE}, and this campaign's account is {other}"
        ))
    }
}
