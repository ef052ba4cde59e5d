//! Who: a recipient as a phone number or as one of Meta's user ids.
//!
//! The law: the digits of the result are the digits of the cell, after the country code, without a trunk prefix. None is
//! ever invented and none is lost; a number that would need it is refused, with what to write instead.

use std::fmt;

use sha2::{Digest, Sha256};

use super::grammar::Written;
use super::numbering;
pub use super::phone_error::PhoneError;

/// Marks the identities of user ids, so that none is a phone number's.
const USER_BIT: u64 = 1 << 63;

/// Stands in place of the recipient who was forgotten at their request.
pub const FORGOTTEN: &str = "[forgotten]";

/// Stands in place of a recipient who was purged, after a long time without a message.
pub const PURGED: &str = "[purged]";

/// Somebody to message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// A phone: the digits of its international number, as a number.
    Phone(u64),
    /// A business-scoped user id, or the id of a parent business: `US.13491208655302741918`, `US.ENT.118157991`.
    ///
    /// Fact, from Meta's page on business-scoped user ids of February 2026.
    User(String),
}

impl Recipient {
    /// Reads a cell. `default_country` is the ISO 3166 alpha-2 code for numbers without a country code.
    ///
    /// # Errors
    /// When the cell names nobody who can be messaged, or cannot be read without changing its digits.
    pub fn parse(text: &str, default_country: Option<&str>) -> Result<Self, PhoneError> {
        if is_user_id(text.trim()) {
            return Ok(Self::User(text.trim().to_owned()));
        }
        let written = Written::read(text)?;
        let digits = written.digits();
        if written.international {
            return numbering::international(digits).map(Self::Phone);
        }
        match default_country {
            Some(country) => numbering::national(digits, country).map(Self::Phone),
            None => Err(PhoneError::NoCountry { complete: numbering::international(digits).is_ok() }),
        }
    }

    /// Tells persons apart: the same for every way in which a person's number is known.
    ///
    /// Meta itself knows some people under two numbers: Brazilians with and without the ninth digit, Mexicans with and
    /// without a 1 after 52, Argentines with and without a 9 after 54.
    pub fn identity(&self) -> u64 {
        match self {
            Self::Phone(digits) => fold(*digits),
            Self::User(id) => {
                let digest: [u8; 32] = Sha256::digest(id).into();
                digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)) | USER_BIT
            }
        }
    }

    /// For screens and logs: the start and the last four digits, `+1202****0123`.
    pub fn masked(&self) -> String {
        Self::mask(&self.to_string())
    }

    /// The same for a recipient as text, as the ledger keeps it.
    pub fn mask(recipient: &str) -> String {
        if recipient == FORGOTTEN || recipient == PURGED {
            return recipient.to_owned();
        }
        let symbols: Vec<char> = recipient.chars().collect();
        let start = match recipient.rfind('.') {
            Some(dot) if is_user_id(recipient) => dot + 1,
            // Three digits of the shortest number stay hidden.
            _ => symbols.len().saturating_sub(7).min(5),
        };
        let end = if symbols.len() >= start + 7 { symbols.len() - 4 } else { symbols.len() };
        symbols[..start].iter().chain(&['*'; 4]).chain(&symbols[end..]).collect()
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(digits) => write!(f, "+{digits}"),
            Self::User(id) => f.write_str(id),
        }
    }
}

fn is_user_id(text: &str) -> bool {
    let [first, second, b'.', id @ ..] = text.as_bytes() else { return false };
    let id = id.strip_prefix(b"ENT.").unwrap_or(id);
    let is_country = first.is_ascii_uppercase() && second.is_ascii_uppercase();
    is_country && (1..=128).contains(&id.len()) && id.iter().all(u8::is_ascii_alphanumeric)
}

fn fold(digits: u64) -> u64 {
    const E8: u64 = 100_000_000;
    const E10: u64 = 10_000_000_000;
    let local = digits % E8;
    // Landlines begin with 2 to 5, and mobiles began with 6 to 9 before the ninth digit came: only those had eight.
    let was_eight_digits = local / (E8 / 10) >= 6;
    match digits / E10 {
        521 => 52 * E10 + digits % E10,
        549 => 54 * E10 + digits % E10,
        550..=559 if digits / E8 % 10 == 9 && was_eight_digits => digits / (E8 * 10) * E8 + local,
        _ => digits,
    }
}
