//! What a plan costs at most, in words and in numbers, for previews.

use serde::Serialize;

use crate::plan::cost::Priced;
use crate::policy::price::Line;

/// So many lines are shown on a screen: the dearest.
const LINES_SHOWN: usize = 12;

/// What a plan costs, for programs. Amounts are decimal numbers in text, so that nothing rounds them.
#[derive(Serialize)]
pub struct Numbers {
    currency: String,
    at_most: String,
    by_market: Vec<OfMarket>,
}

#[derive(Serialize)]
struct OfMarket {
    market: &'static str,
    category: &'static str,
    messages: u64,
    rate: String,
    at_most: String,
}

/// In numbers, where it is known.
pub fn numbers(cost: Option<&Priced>) -> Option<Numbers> {
    let Some(Priced::AtMost(cost)) = cost else { return None };
    let of_market = |line: &Line| OfMarket {
        market: line.market.name(),
        category: line.billed.word(),
        messages: line.messages,
        rate: line.rate.to_string(),
        at_most: line.amount().to_string(),
    };
    let by_market = cost.lines.iter().map(of_market).collect();
    Some(Numbers { currency: cost.currency.to_string(), at_most: cost.total().amount.to_string(), by_market })
}

/// In one sentence; nothing of a campaign that has no prices.
pub fn words(cost: Option<&Priced>) -> Option<String> {
    Some(match cost? {
        Priced::AtMost(cost) => format!("costs at most {}: list prices, if every message is delivered", cost.total()),
        Priced::Unknown(why) => format!("what it costs is not known: {why}"),
    })
}

/// Amounts, each with what it is for: the dearest first, and how many more there are than fit a screen.
pub fn lines(cost: Option<&Priced>) -> (Vec<(String, String)>, usize) {
    let Some(Priced::AtMost(cost)) = cost else { return (Vec::new(), 0) };
    let shown = cost.lines.iter().take(LINES_SHOWN).map(|line| (line.amount().to_string(), line.to_string()));
    (shown.collect(), cost.lines.len().saturating_sub(LINES_SHOWN))
}
