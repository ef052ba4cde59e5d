//! What messages may cost at most: list prices of the person's market and the template's category. Pure.
//!
//! Facts, from Meta's pricing pages as of October 2026: each message that is delivered is charged by its template's
//! category and the market of the recipient's calling code, in the account's currency; what is not delivered is free, and
//! utility and authentication become cheaper by volume. So a sum of list prices is the most that a plan can cost.

mod market;
mod money;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

pub use market::Market;
pub use money::{Amount, Currency, Money, NoAmount};

use crate::cloud::templates::Category;

/// What Meta has a price for, within a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Billed {
    /// Offers and news.
    Marketing,
    /// What a person asked for.
    Utility,
    /// One-time codes.
    Authentication,
    /// One-time codes of large businesses that are based in another country.
    AuthenticationInternational,
    /// Answers without a template; tidings sends none.
    Service,
}

impl Billed {
    /// All of them, with the words for them in a rates file.
    pub const WORDS: [(&str, Self); 5] = [
        ("marketing", Self::Marketing),
        ("utility", Self::Utility),
        ("authentication", Self::Authentication),
        ("authentication_international", Self::AuthenticationInternational),
        ("service", Self::Service),
    ];

    /// The word for it in a rates file.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, billed)| *billed == self).map_or("", |(word, _)| word)
    }

    /// How a template's messages are charged; none of a category that this version does not know.
    pub fn of(category: &Category) -> Option<Self> {
        match category {
            Category::Marketing => Some(Self::Marketing),
            Category::Utility => Some(Self::Utility),
            Category::Authentication => Some(Self::Authentication),
            Category::Other(_) => None,
        }
    }
}

impl fmt::Display for Billed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word().replace('_', " "))
    }
}

/// One price, as a rates file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The first day on which it holds.
    pub from: Date,
    /// In which currency.
    pub currency: Currency,
    /// Where the recipient is.
    pub market: Market,
    /// What is charged.
    pub billed: Billed,
    /// For one message.
    pub amount: Amount,
}

/// The prices of one day in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateCard {
    /// In which currency.
    pub currency: Currency,
    rates: BTreeMap<(Market, Billed), Amount>,
}

impl RateCard {
    /// The prices that hold on a day: of each market and category the one that began last.
    pub fn of_day(rates: &[Rate], currency: Currency, day: Date) -> Self {
        let mut begun: Vec<&Rate> = rates.iter().filter(|rate| rate.currency == currency && rate.from <= day).collect();
        begun.sort_by_key(|rate| rate.from);
        let rates = begun.into_iter().map(|rate| ((rate.market, rate.billed), rate.amount)).collect();
        Self { currency, rates }
    }

    /// Whether it has no price at all.
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty()
    }

    /// What one message costs at most. Whether a business pays the international price for codes cannot be known here, so
    /// the dearer of the two counts.
    pub fn most(&self, market: Market, billed: Billed) -> Option<Amount> {
        let rate = self.rates.get(&(market, billed)).copied()?;
        let other = (billed == Billed::Authentication)
            .then(|| self.rates.get(&(market, Billed::AuthenticationInternational)).copied())
            .flatten();
        Some(other.map_or(rate, |other| rate.max(other)))
    }

    /// What so many messages cost at most. Where a template may be charged in several ways, the dearest counts.
    ///
    /// # Errors
    /// The prices that are missing.
    pub fn cost<'b>(
        &self,
        messages: impl IntoIterator<Item = (Market, &'b [Billed], u64)>,
    ) -> Result<Cost, Vec<(Market, Billed)>> {
        let (mut lines, mut missing) = (BTreeMap::new(), Vec::new());
        for (market, ways, count) in messages {
            let mut dearest = None;
            for billed in ways {
                match self.most(market, *billed) {
                    Some(rate) => dearest = dearest.max(Some((rate, *billed))),
                    None => missing.push((market, *billed)),
                }
            }
            if let Some((rate, billed)) = dearest {
                lines.entry((market, billed)).or_insert(Line { market, billed, rate, messages: 0 }).messages += count;
            }
        }
        missing.sort();
        missing.dedup();
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut lines: Vec<Line> = lines.into_values().collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.amount()));
        Ok(Cost { currency: self.currency, lines })
    }
}

/// What messages of one category to one market cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Where.
    pub market: Market,
    /// What is charged.
    pub billed: Billed,
    /// For one message.
    pub rate: Amount,
    /// How many.
    pub messages: u64,
}

impl Line {
    /// For all of them.
    pub fn amount(&self) -> Amount {
        self.rate.times(self.messages)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { market, billed, rate, messages } = self;
        let noun = if *messages == 1 { "message" } else { "messages" };
        write!(f, "{messages} {billed} {noun} to {market} at {rate}")
    }
}

/// What a plan costs at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// In which currency.
    pub currency: Currency,
    /// By market and category, the dearest first.
    pub lines: Vec<Line>,
}

impl Cost {
    /// For everything.
    pub fn total(&self) -> Money {
        Money { amount: self.lines.iter().map(Line::amount).sum(), currency: self.currency }
    }
}
