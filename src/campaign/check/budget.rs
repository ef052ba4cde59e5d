//! What the campaign may cost.

use super::Check;
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::campaign::{Budget, MaxCost};
use crate::policy::price::{Currency, Money};

impl Check<'_> {
    /// None when it cannot be represented.
    pub(super) fn budget(&mut self, root: Spot<'_>) -> Option<Budget> {
        let spot = root.key("budget");
        self.lacks(spot, root.place_of("budget"), "rates");
        let max_cost = spot.key("max_cost");
        let max_cost = if max_cost.node().is_some() { Some(self.max_cost(max_cost)?) } else { None };
        let rates = self.text(spot.key("rates"))?;
        Some(Budget { max_cost, rates: self.directory.join(rates.source), rates_at: self.problems.location(rates.at) })
    }

    /// An amount of money, from `500 EUR`.
    fn max_cost(&mut self, spot: Spot<'_>) -> Option<MaxCost> {
        let text = spot.text()?;
        let written = text.source.trim();
        let (amount, code) = written.split_once(char::is_whitespace).unwrap_or((written, ""));
        let code = code.trim_start();
        let message = match (amount.parse(), Currency::with_code(code)) {
            (Ok(amount), Some(currency)) => {
                let length = text.source.chars().count() as u64;
                let at = self.problems.location(text.at);
                return Some(MaxCost { most: Money { amount, currency }, at, length });
            }
            (Ok(_), None) if !code.is_empty() => {
                let help = match Currency::nearest(code) {
                    Some(near) => format!("did you mean `{amount} {near}`?"),
                    None => format!("it bills in one of: {}", all()),
                };
                let message = format!("{} is no currency that WhatsApp bills in", shown(code));
                self.problem(spot, "max-cost", message, help);
                return None;
            }
            _ => format!("{} is no amount of money", shown(&text.source)),
        };
        let help = "write an amount, a space, and the currency that WhatsApp bills you in: `500 EUR` or `1250.50 USD`";
        self.problem(spot, "max-cost", message, help);
        None
    }
}

fn all() -> String {
    Currency::all().map(|currency| currency.to_string()).collect::<Vec<_>>().join(", ")
}
