//! How often each person gets the campaign.

use super::{Check, is_expression};
use crate::campaign::Occurrence;
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::policy::calendar::Period;
use crate::problem::nearest;

/// The words for it; all else is an expression.
const WORDS: [(&str, Occurrence); 4] = [
    ("once", Occurrence::Once),
    ("daily", Occurrence::Every(Period::Day)),
    ("weekly", Occurrence::Every(Period::Week)),
    ("monthly", Occurrence::Every(Period::Month)),
];

impl Check<'_> {
    pub(super) fn occurrence(&mut self, spot: Spot<'_>) -> Option<Occurrence> {
        if spot.node().is_none() {
            return Some(Occurrence::Once);
        }
        let text = self.text(spot)?;
        if is_expression(&text.source) {
            return Some(Occurrence::Each(text));
        }
        if let Some((_, occurrence)) = WORDS.into_iter().find(|(word, _)| *word == text.source) {
            return Some(occurrence);
        }
        let help = match nearest(&text.source, WORDS.iter().map(|(word, _)| *word)) {
            Some(word) => format!("did you mean `{word}`?"),
            None => "write `once`, `daily`, `weekly` or `monthly`; or for a column, `\"{{ invoice_id }}\"`".to_owned(),
        };
        let message = format!("{} does not say how often each person gets the campaign", shown(&text.source));
        self.problem(spot, "occurrence", message, help);
        None
    }
}
