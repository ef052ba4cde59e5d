//! Whether the source of a token is read again when the token is refused. Pure.
//!
//! A token that works is never exchanged: the one that a store holds since may not be valid yet. Only a refusal makes the
//! source be read, once for all requests under way with that token.

/// So many tokens in a row with which nobody was sent anything: whatever hands them out has no good one. One that works
/// starts the count anew, so a run that takes days may live on many tokens of an hour.
const RENEWALS_IN_VAIN_MAX: u32 = 3;

/// Which of a run's tokens a request was made with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(u32);

/// What to do after the refusal of a token. The message stays to be sent in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: another token is in use already, or is being asked for.
    Wait,
    /// To read the source once more.
    Read,
    /// To stop.
    Stop,
}

/// The tokens of a run.
#[derive(Debug, Default)]
pub struct Tokens {
    current: Generation,
    /// The newest with which somebody was sent something; the first counts as one, as nothing else is known.
    good: Generation,
    source: Source,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Source {
    /// It gave the token in use.
    #[default]
    Read,
    /// It is being read, as the token in use was refused.
    Asked,
    /// It has no other than the one that was refused.
    Exhausted,
}

impl Tokens {
    /// The token in use.
    pub fn current(&self) -> Generation {
        self.current
    }

    /// A message was accepted with a token.
    pub fn accepted(&mut self, with: Generation) {
        self.good = self.good.max(with);
    }

    /// A token was refused. Refusals of one that is no longer in use come late, and say nothing new.
    pub fn refused(&mut self, with: Generation) -> Next {
        if with < self.current || self.source == Source::Asked {
            return Next::Wait;
        }
        if self.source == Source::Exhausted || self.current.0 - self.good.0 >= RENEWALS_IN_VAIN_MAX {
            return Next::Stop;
        }
        self.source = Source::Asked;
        Next::Read
    }

    /// The source gave another token than the one that was refused: it is in use from here on.
    pub fn renewed(&mut self) {
        self.current.0 += 1;
        self.source = Source::Read;
    }

    /// The source gave the same token again, or none.
    pub fn exhausted(&mut self) {
        self.source = Source::Exhausted;
    }
}
