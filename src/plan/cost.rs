//! What a plan may cost: its messages, counted by template and market, at list prices.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Plan;
use crate::audience::phone::Recipient;
use crate::campaign::{self, Campaign, MaxCost};
use crate::catalogue::{LOCK_FILE, Lock};
use crate::policy::price::{Billed, Cost, Market, Money, RateCard};
use crate::problem::Problem;

/// How many messages go to which market, by template and language. Memory does not grow with the plan.
#[derive(Debug, Clone, Default)]
pub struct Volume {
    messages: BTreeMap<(String, String), BTreeMap<Market, u64>>,
}

impl Volume {
    /// Counts a message.
    pub fn count(&mut self, name: &str, language: &str, recipient: &Recipient) {
        let market = market(recipient);
        let known = self.messages.iter_mut().find(|((known, code), _)| known == name && code == language);
        let markets = match known {
            Some((_, markets)) => markets,
            None => self.messages.entry((name.to_owned(), language.to_owned())).or_default(),
        };
        *markets.entry(market).or_default() += 1;
    }
}

/// Where a person is, as far as prices go: a user id tells its country in its first two letters.
fn market(recipient: &Recipient) -> Market {
    match recipient {
        Recipient::Phone(digits) => Market::of_phone(*digits),
        Recipient::User(id) => Market::of_country(id.get(..2).unwrap_or_default()),
    }
}

/// What is known of what a plan costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Priced {
    /// At most this.
    AtMost(Cost),
    /// Nothing, for this reason.
    Unknown(String),
}

impl Priced {
    /// The most, where it is known.
    pub fn ceiling(&self) -> Option<Money> {
        match self {
            Self::AtMost(cost) => Some(cost.total()),
            Self::Unknown(_) => None,
        }
    }

    /// Why it is not known, where it is not.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::AtMost(_) => None,
            Self::Unknown(why) => Some(why),
        }
    }
}

impl Plan<'_> {
    /// What messages of this plan cost; none of a campaign without a budget.
    ///
    /// # Errors
    /// When that is more than the campaign may cost, or prices are missing.
    pub fn price(&self, volume: &Volume) -> Result<Option<Priced>, Vec<Problem>> {
        self.pricing.as_ref().map(|pricing| pricing.price(self.campaign, volume)).transpose()
    }

    /// Why nobody knows what a campaign costs that says how much it may.
    pub fn cost_unknown(&self) -> Option<&str> {
        let is_limited = self.campaign.budget.as_ref().is_some_and(|budget| budget.max_cost.is_some());
        self.pricing.as_ref().filter(|_| is_limited).and_then(Pricing::unknown)
    }
}

/// What a campaign's messages cost, one by one.
pub(super) struct Pricing {
    card: RateCard,
    categories: Result<Categories, String>,
}

/// How each template and language may be charged.
type Categories = BTreeMap<(String, String), Vec<Billed>>;

impl Pricing {
    /// The prices of a day; none of a campaign without a budget. Which category a template is of, the lock file says.
    pub(super) fn of_day(campaign: &Campaign, lock: Option<&Lock>, day: Date) -> Result<Option<Self>, Vec<Problem>> {
        let card = campaign::rate_card(campaign, day)?;
        Ok(card.map(|card| Self { card, categories: categories(campaign, lock) }))
    }

    /// Why nobody knows what the plan costs.
    pub(super) fn unknown(&self) -> Option<&str> {
        self.categories.as_ref().err().map(String::as_str)
    }

    /// What the messages cost, and whether the campaign may cost so much.
    pub(super) fn price(&self, campaign: &Campaign, volume: &Volume) -> Result<Priced, Vec<Problem>> {
        let categories = match &self.categories {
            Ok(categories) => categories,
            Err(why) => return Ok(Priced::Unknown(why.clone())),
        };
        let messages = volume.messages.iter().flat_map(|(form, markets)| {
            let ways = categories.get(form).map(Vec::as_slice).unwrap_or_default();
            markets.iter().map(move |(market, count)| (*market, ways, *count))
        });
        let cost = self.card.cost(messages).map_err(|missing| self.missing(campaign, &missing))?;
        let max_cost = campaign.budget.as_ref().and_then(|budget| budget.max_cost.as_ref());
        match max_cost.filter(|max_cost| cost.total().amount > max_cost.most.amount) {
            Some(max_cost) => Err(vec![over_budget(max_cost, &cost)]),
            None => Ok(Priced::AtMost(cost)),
        }
    }

    /// One problem for each category.
    fn missing(&self, campaign: &Campaign, missing: &[(Market, Billed)]) -> Vec<Problem> {
        let Some(budget) = &campaign.budget else { return Vec::new() };
        let mut by_category: BTreeMap<Billed, Vec<&str>> = BTreeMap::new();
        for (market, billed) in missing {
            by_category.entry(*billed).or_default().push(market.name());
        }
        let currency = self.card.currency;
        let told = |(billed, markets): (Billed, Vec<&str>)| {
            let (file, markets) = (budget.rates.display(), markets.join(", "));
            let message =
                format!("`{file}` has no rate in {currency} that holds today for {billed} messages to: {markets}");
            let help =
                "people there are among the recipients: add a line for each, with the price from WhatsApp's rate card";
            Problem::at(&budget.rates_at.file, budget.rates_at.place, "no-rate", message).help(help)
        };
        by_category.into_iter().map(told).collect()
    }
}

fn over_budget(max_cost: &MaxCost, cost: &Cost) -> Problem {
    let MaxCost { most, at, length } = max_cost;
    let Money { amount, currency } = cost.total();
    let over = Money { amount: amount.less(most.amount), currency };
    let message = format!("the plan may cost {amount} {currency}, which is {over} more than this");
    let largest = cost.lines.first().map(|line| format!("the largest part, {}, is {line}; ", line.amount()));
    let largest = largest.filter(|_| cost.lines.len() > 1).unwrap_or_default();
    let help = format!("{largest}send it to fewer people, or raise `max_cost`");
    Problem::at(&at.file, at.place, "over-budget", message).length(*length).help(help)
}

/// How each template of a campaign may be charged: Meta charges by the category of the moment, and may have announced
/// another.
fn categories(campaign: &Campaign, lock: Option<&Lock>) -> Result<Categories, String> {
    let Some(lock) = lock else {
        let file = campaign.file.display();
        return Err(format!(
            "it depends on whether a template is marketing or utility, and there is no {LOCK_FILE} that says so; read it \
             with: tidings templates pull {file}"
        ));
    };
    let mut categories = Categories::new();
    for entry in &campaign.templates {
        for template in lock.named(&entry.name).filter(|template| entry.languages.contains(&template.language)) {
            let mut ways = Vec::new();
            for category in [Some(&template.category), template.correct_category.as_ref()].into_iter().flatten() {
                ways.push(Billed::of(category).ok_or_else(|| {
                    format!(
                        "this version of tidings does not know how `{}` is charged, a {category} template",
                        entry.name
                    )
                })?);
            }
            categories.insert((template.name.clone(), template.language.clone()), ways);
        }
    }
    Ok(categories)
}
