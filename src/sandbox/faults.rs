//! What goes wrong, and how often.
//!
//! Which fault meets which request is a hash of the seed, the recipient and how many times that recipient was asked for
//! before. Neither the order of requests nor their concurrency changes it, so a rehearsal repeats.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::draw;
use super::illness::Illness;
use super::latency::Latency;
use crate::secret::AppSecret;

/// One per cent, in parts per million.
const PPM_PER_CENT: f64 = 10_000.0;

const PPM: u32 = 1_000_000;

/// Meta's codes have at most seven digits.
const CODE_MAX: i64 = 9_999_999;

/// How a sandbox behaves. The default answers every good request at once with yes.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// Chooses who meets which fault.
    pub seed: u64,
    /// How long an answer takes.
    pub latency: Latency,
    /// Requests a second; those above are refused with code 130429. None: no limit.
    pub rate_limit: Option<NonZeroU32>,
    /// What goes wrong, and how often.
    pub faults: Faults,
    /// The one token that is accepted. None: any.
    pub token: Option<TokenDigest>,
    /// The secret of the app, which every request has to prove then. None: no proof is asked for.
    pub app_secret: Option<AppSecret>,
    /// What is wrong with the token, the number, the account or the service, all the time.
    pub sick: Vec<Illness>,
}

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTTP 429 with `Retry-After` and without Meta's JSON, as something in between would answer.
    TooManyRequests,
    /// A refusal with this code of Meta's.
    Graph(i64),
    /// HTTP 500 with code 131000, which does not say whether the message was taken.
    ServerError {
        /// Whether it was.
        accepted: bool,
    },
    /// The connection is reset once the request is read.
    Reset {
        /// Whether the message was taken before.
        accepted: bool,
    },
    /// The connection is closed in good order, without an answer; the message is not taken.
    CloseEarly,
    /// No answer ever comes.
    Stall {
        /// Whether the message was taken.
        accepted: bool,
    },
    /// HTTP 200 with a web page, as a captive portal or a proxy would answer.
    Garbage {
        /// Whether the message was taken.
        accepted: bool,
    },
    /// The message is taken, and held back until Meta has judged the template.
    Held,
}

/// The kinds that have a name, in the order they are explained.
const NAMED: [(&str, Kind); 11] = [
    ("429", Kind::TooManyRequests),
    ("500", Kind::ServerError { accepted: false }),
    ("500-accepted", Kind::ServerError { accepted: true }),
    ("reset", Kind::Reset { accepted: false }),
    ("reset-accepted", Kind::Reset { accepted: true }),
    ("close-early", Kind::CloseEarly),
    ("stall", Kind::Stall { accepted: false }),
    ("stall-accepted", Kind::Stall { accepted: true }),
    ("garbage", Kind::Garbage { accepted: false }),
    ("garbage-accepted", Kind::Garbage { accepted: true }),
    ("held", Kind::Held),
];

impl Kind {
    /// Whether a request that meets this is taken nevertheless.
    pub const fn accepts(self) -> bool {
        match self {
            Self::TooManyRequests | Self::Graph(_) | Self::CloseEarly => false,
            Self::Held => true,
            Self::ServerError { accepted }
            | Self::Reset { accepted }
            | Self::Stall { accepted }
            | Self::Garbage { accepted } => accepted,
        }
    }
}

impl FromStr for Kind {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        if let Some((_, kind)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(*kind);
        }
        match text.parse() {
            // Neither signs nor leading zeros: `0429` is no code.
            Ok(code) if (0..=CODE_MAX).contains(&code) && code.to_string() == text => Ok(Self::Graph(code)),
            _ => Err(FaultError::Kind(text.to_owned())),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Graph(code) => write!(out, "{code}"),
            kind => out.write_str(NAMED.iter().find(|(_, named)| named == kind).map_or("", |(name, _)| name)),
        }
    }
}

/// One fault and the share of requests that meet it. Written `KIND=PERCENT`, such as `reset-accepted=0.5%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultShare {
    kind: Kind,
    share_ppm: u32,
}

/// Why something is no fault, or faults do not go together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FaultError {
    /// Not of the form `KIND=PERCENT`.
    #[error("`{0}` is no fault: write KIND=PERCENT, such as `131026=2%` or `reset-accepted=0.5%`")]
    Form(String),
    /// No such kind.
    #[error("there is no fault `{0}`: use one of {names}, or any of Meta's error codes, such as 131026", names = names())]
    Kind(String),
    /// No such share.
    #[error("`{0}` is no share of requests: write a percentage from 0 to 100, such as `2%` or `0.5%`")]
    Share(String),
    /// More than everything.
    #[error("the faults add up to {0}%: their shares may add up to 100% at most")]
    Sum(f64),
}

fn names() -> String {
    NAMED.map(|(name, _)| name).join(", ")
}

impl FaultShare {
    /// A fault that this percentage of the requests meets, to four decimals.
    ///
    /// # Errors
    /// When `percent` is not between 0 and 100.
    pub fn new(kind: Kind, percent: f64) -> Result<Self, FaultError> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self { kind, share_ppm: (percent * PPM_PER_CENT).round() as u32 })
        } else {
            Err(FaultError::Share(percent.to_string()))
        }
    }
}

impl FromStr for FaultShare {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (kind, share) = text.split_once('=').ok_or_else(|| FaultError::Form(text.to_owned()))?;
        let kind = kind.trim().parse()?;
        let share = share.trim();
        let percent = share.strip_suffix('%').unwrap_or(share).trim_end();
        let plain = !percent.is_empty() && percent.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match percent.parse() {
            Ok(percent) if plain => Self::new(kind, percent).map_err(|_| FaultError::Share(share.to_owned())),
            _ => Err(FaultError::Share(share.to_owned())),
        }
    }
}

impl fmt::Display for FaultShare {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}={}%", self.kind, percent(self.share_ppm))
    }
}

fn percent(share_ppm: u32) -> f64 {
    f64::from(share_ppm) / PPM_PER_CENT
}

/// Faults whose shares add up to 100 % at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<FaultShare>);

impl Faults {
    /// Puts faults together.
    ///
    /// # Errors
    /// When their shares add up to more than 100 %.
    pub fn new(shares: Vec<FaultShare>) -> Result<Self, FaultError> {
        let sum = shares.iter().fold(0_u32, |sum, fault| sum.saturating_add(fault.share_ppm));
        if sum > PPM { Err(FaultError::Sum(percent(sum))) } else { Ok(Self(shares)) }
    }

    /// The fault that the request with this hash meets.
    pub(super) fn draw(&self, hash: u64) -> Option<Kind> {
        let mut point = draw::below(hash, u64::from(PPM));
        for fault in &self.0 {
            match point.checked_sub(u64::from(fault.share_ppm)) {
                None => return Some(fault.kind),
                Some(rest) => point = rest,
            }
        }
        None
    }
}

/// A token, as far as needed to know it again. The token itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The digest of a token.
    pub fn of(token: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("TokenDigest(..)")
    }
}
