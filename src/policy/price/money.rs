//! Money, exactly: whole millionths, never a binary fraction.

use std::fmt;
use std::str::FromStr;

use crate::problem::nearest;

/// The currencies that Meta bills in.
///
/// Fact, from Meta's pricing pages as of October 2026.
const CURRENCIES: [&str; 16] =
    ["AED", "ARS", "AUD", "BRL", "CLP", "COP", "EUR", "GBP", "IDR", "INR", "MXN", "MYR", "PEN", "SAR", "SGD", "USD"];

/// A currency that Meta bills in, by its ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    /// The currency with this code, in capitals.
    pub fn with_code(code: &str) -> Option<Self> {
        CURRENCIES.into_iter().find(|known| *known == code).map(Self)
    }

    /// The code that was probably meant.
    pub fn nearest(code: &str) -> Option<Self> {
        nearest(&code.to_ascii_uppercase(), CURRENCIES).map(Self)
    }

    /// All of them, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        CURRENCIES.into_iter().map(Self)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An amount of money of some currency, in millionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(u128);

/// A text is no amount: it is not digits with at most one point and [`Amount::DECIMALS_MAX`] decimals, or it is absurdly large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAmount;

impl Amount {
    /// Meta's rates have four to six.
    pub const DECIMALS_MAX: usize = 6;

    /// So large that no price reaches it, and so small that no sum of prices leaves what can be counted.
    const WHOLE_DIGITS_MAX: usize = 12;

    const WHOLE: u128 = 10_u128.pow(Self::DECIMALS_MAX as u32);

    /// So many times as much.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        // At most 18 digits times 20 digits: an u128 has room for 38.
        Self(self.0.saturating_mul(u128::from(count)))
    }

    /// The difference, or nothing where the other is larger.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |sum, amount| Self(sum.0.saturating_add(amount.0)))
    }
}

impl FromStr for Amount {
    type Err = NoAmount;

    /// Reads `500` or `0.0625`: a point, and nothing between the thousands.
    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let fits = whole.len() <= Self::WHOLE_DIGITS_MAX && decimals.len() <= Self::DECIMALS_MAX;
        if !is_number(whole) || !is_number(decimals) || !fits {
            return Err(NoAmount);
        }
        format!("{whole}{decimals:0<width$}", width = Self::DECIMALS_MAX).parse().map(Self).map_err(|_| NoAmount)
    }
}

impl fmt::Display for Amount {
    /// With two decimals, and with more where there are more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, millionths) = (self.0 / Self::WHOLE, self.0 % Self::WHOLE);
        let decimals = format!("{millionths:0width$}", width = Self::DECIMALS_MAX);
        f.pad(&format!("{whole}.{:0<2}", decimals.trim_end_matches('0')))
    }
}

/// An amount with its currency: `62.50 EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.amount, self.currency))
    }
}
