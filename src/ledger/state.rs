//! The states of a message and every legal way from one to another, in one `match`.

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// To be sent, now or when it is due.
    Planned,
    /// Claimed: a request may be under way.
    Sending,
    /// WhatsApp said yes.
    Accepted,
    /// WhatsApp said no, for good.
    Refused,
    /// Nobody knows; the machine never asks again.
    InDoubt,
    /// Not to be sent: a person gave it up or asked to be forgotten, it left the recipients file, or its occurrence is over.
    Withdrawn,
}

/// What happens to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A worker takes it.
    Claim,
    /// A yes with a message id.
    Accept,
    /// A lasting no.
    Refuse,
    /// A no that does not last, or proof that nothing left.
    PutBack,
    /// No verdict.
    Doubt,
    /// A person orders a message in doubt to be sent again, and answers for it.
    Resend,
    /// A person leaves a message in doubt at that, for good.
    GiveUp,
    /// The plan that is opened has no row for it any more.
    Withdraw,
    /// The same, of a message that may have arrived and waited to be sent again.
    Lapse,
    /// A later plan has a row for it again.
    Readmit,
}

/// An event that a state does not allow: a bug, never a reason to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message that is {0:?} cannot {1:?}")]
pub struct Illegal(pub State, pub Event);

impl State {
    /// The state after an event.
    ///
    /// # Errors
    /// When the event is not allowed in this state.
    pub fn after(self, event: Event) -> Result<Self, Illegal> {
        match (self, event) {
            (Self::Planned, Event::Claim) => Ok(Self::Sending),
            (Self::Sending, Event::Accept) => Ok(Self::Accepted),
            (Self::Sending, Event::Refuse) => Ok(Self::Refused),
            (Self::Sending, Event::PutBack) => Ok(Self::Planned),
            (Self::Sending, Event::Doubt) | (Self::Planned, Event::Lapse) => Ok(Self::InDoubt),
            (Self::InDoubt, Event::Resend) => Ok(Self::Planned),
            (Self::InDoubt, Event::GiveUp) | (Self::Planned, Event::Withdraw) => Ok(Self::Withdrawn),
            // Only what was never given up: the reason decides.
            (Self::Withdrawn, Event::Readmit) => Ok(Self::Planned),
            (state, event) => Err(Illegal(state, event)),
        }
    }

    /// The number that the ledger keeps. Never reused.
    pub fn number(self) -> i64 {
        match self {
            Self::Planned => 0,
            Self::Sending => 1,
            Self::Accepted => 2,
            Self::Refused => 3,
            Self::InDoubt => 4,
            Self::Withdrawn => 5,
        }
    }

    /// The state that a number stands for.
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Planned, Self::Sending, Self::Accepted, Self::Refused, Self::InDoubt, Self::Withdrawn]
            .into_iter()
            .find(|state| state.number() == number)
    }

    /// The word that reports use. A message under way is reported as in doubt: that is what it is if the run ends now.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "waiting",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Sending | Self::InDoubt => "in_doubt",
        }
    }
}
