//! Markets: the countries and regions that Meta has prices for, and which of them a person belongs to.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use crate::problem::nearest;

/// The countries, their calling codes and their markets; the file says where they come from.
const COUNTRIES: &str = include_str!("markets.csv");

/// Everybody whose country has no market of its own, and is in none of the regions.
const OTHER: &str = "Other";

/// The longest calling code that the file tells apart, area code included.
const CODE_DIGITS_MAX: u32 = 4;

/// A market, such as `Brazil` or `Rest of Western Europe`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Market(&'static str);

struct Countries {
    by_code: HashMap<u64, Market>,
    by_country: HashMap<&'static str, Market>,
    /// Sorted.
    markets: Vec<Market>,
}

static KNOWN: LazyLock<Countries> = LazyLock::new(|| {
    let (mut by_code, mut by_country, mut markets) = (HashMap::new(), HashMap::new(), vec![Market(OTHER)]);
    let lines = COUNTRIES.lines().filter(|line| !line.starts_with('#')).skip(1);
    for line in lines {
        let [country, codes, name] = line.split(',').collect::<Vec<_>>()[..] else { continue };
        let market = Market(name);
        by_country.insert(country, market);
        by_code.extend(codes.split('|').filter_map(|code| Some((code.parse().ok()?, market))));
        markets.push(market);
    }
    markets.sort();
    markets.dedup();
    Countries { by_code, by_country, markets }
});

impl Market {
    /// The market of a phone, by the digits of its international number.
    pub fn of_phone(digits: u64) -> Self {
        let length = digits.checked_ilog10().map_or(1, |log| log + 1);
        let start = |count| digits / 10_u64.pow(length.saturating_sub(count));
        let found = (1..=CODE_DIGITS_MAX).rev().find_map(|count| KNOWN.by_code.get(&start(count)));
        found.copied().unwrap_or(Self(OTHER))
    }

    /// The market of a country, by the two capital letters of ISO 3166.
    pub fn of_country(code: &str) -> Self {
        KNOWN.by_country.get(code).copied().unwrap_or(Self(OTHER))
    }

    /// The market of this name, in capitals or not.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|market| market.0.eq_ignore_ascii_case(name))
    }

    /// The market that was probably meant by a name.
    pub fn nearest(name: &str) -> Option<Self> {
        nearest(name, Self::all().map(|market| market.0)).and_then(Self::named)
    }

    /// All markets, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        KNOWN.markets.iter().copied()
    }

    /// Its name, as Meta writes it.
    pub fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
