//! Holds a plan against what the ledger knows, for a preview.

use super::printer::Printer;
use crate::ledger::{Addressee, Comparison, Content, LedgerError, Peek, SinceLast};
use crate::plan::Planned;

/// A comparison with the ledger. It is a help for people: where it fails, the preview goes on without it.
pub enum Comparing<'p> {
    /// There is nothing to compare with.
    Nothing,
    /// It failed, for this reason.
    Failed(String),
    /// It is under way.
    Under(Box<Comparison<'p>>),
}

impl<'p> Comparing<'p> {
    /// Begins it, with what the look at the ledger brought.
    pub fn begin(ledger: &'p Result<Option<Peek>, LedgerError>, (campaign, occurrence): (&str, &str)) -> Self {
        match ledger.as_ref().map(|ledger| ledger.as_ref().map(|ledger| ledger.compare(campaign, occurrence))) {
            Ok(None | Some(Ok(None))) => Self::Nothing,
            Ok(Some(Ok(Some(comparison)))) => Self::Under(Box::new(comparison)),
            Ok(Some(Err(error))) => Self::Failed(error.to_string()),
            Err(error) => Self::Failed(error.to_string()),
        }
    }

    /// Compares a row.
    pub fn add(&mut self, planned: &Planned<'_>) {
        if let Self::Under(comparison) = self
            && let Planned::Message { row, recipient, identity, occurrence, message } = *planned
            && let Err(error) =
                comparison.message(&Addressee { row, identity, occurrence, recipient }, &Content::from(message))
        {
            *self = Self::Failed(error.to_string());
        }
    }

    /// What came of it.
    pub fn finish(self, printer: Printer) -> Option<SinceLast> {
        let compared = match self {
            Self::Nothing => return None,
            Self::Failed(why) => Err(why),
            Self::Under(comparison) => comparison.finish().map_err(|error| error.to_string()),
        };
        compared.map_err(|why| printer.warn(&format!("not compared with what was sent before: {why}"))).ok()
    }
}
