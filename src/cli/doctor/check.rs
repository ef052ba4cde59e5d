//! One thing that was looked at, and what was found.

use crate::cli::Exit;
use crate::cloud::ReadError;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Fine.
    Ok,
    /// Worth a look; stops nothing.
    Warning,
    /// It would stop the campaign; with the code for it.
    Failed(Exit),
    /// Nobody knows.
    Unknown,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Check {
    /// Which thing: an interface, like the names of columns.
    pub id: &'static str,
    /// Which one, where there are several.
    pub about: Option<String>,
    /// How it is.
    pub state: State,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Check {
    /// It is fine.
    pub fn ok(id: &'static str, message: impl Into<String>) -> Self {
        Self { id, about: None, state: State::Ok, message: message.into(), remedy: None }
    }

    /// It is worth a look.
    pub fn warning(id: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Warning, ..Self::ok(id, message) }.help(remedy)
    }

    /// It would stop the campaign.
    pub fn failed(id: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Failed(Exit::Problems), ..Self::ok(id, message) }.help(remedy)
    }

    /// The token, or what it may do, would stop the campaign.
    pub fn no_entry(id: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Failed(Exit::Token), ..Self::failed(id, message, remedy) }
    }

    /// Nobody knows.
    pub fn unknown(id: &'static str, message: impl Into<String>) -> Self {
        Self { state: State::Unknown, ..Self::ok(id, message) }
    }

    /// Of this one.
    pub fn about(self, what: impl Into<String>) -> Self {
        Self { about: Some(what.into()), ..self }
    }

    /// With a way to know, or a way out.
    pub fn help(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// What could not be read, and why; that is no mistake of the campaign's.
    pub fn unread(id: &'static str, error: &ReadError) -> Self {
        match error {
            ReadError::Refused(_) => Self::unknown(id, format!("WhatsApp does not tell ({error})")),
            ReadError::Unanswered(_) => Self::unknown(id, format!("WhatsApp does not answer ({error})")),
            ReadError::Unreadable(_) => Self::unknown(id, format!("not understood: {error}")),
        }
    }
}
