//! Exit codes: an interface that cron lines and scripts depend on.

use std::process::ExitCode;

/// How the program ends. In ascending rank: of several reasons the highest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Everybody is accepted, or turned away for a declared reason; also when there was nothing to do.
    Complete,
    /// Some messages were refused.
    Refused,
    /// Paused; the next start goes on.
    Paused,
    /// Some messages are in doubt and need a person.
    InDoubt,
    /// WhatsApp refuses the sender or the template.
    Stopped,
    /// The files or the command line have problems; nothing was sent.
    Problems,
    /// The token is missing or not accepted.
    Token,
    /// Another run holds the ledger.
    Held,
    /// The ledger or the report cannot be read or written.
    Disk,
    /// A bug in tidings.
    Bug,
}

impl Exit {
    /// All of them, by their codes.
    pub const ALL: [Self; 10] = [
        Self::Complete,
        Self::Bug,
        Self::Problems,
        Self::Refused,
        Self::InDoubt,
        Self::Paused,
        Self::Stopped,
        Self::Disk,
        Self::Held,
        Self::Token,
    ];

    /// What it means, in a line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Complete => "complete; also when there was nothing to do",
            Self::Bug => "a bug in tidings",
            Self::Problems => "files or command line have problems; nothing was sent",
            Self::Refused => "finished; some messages were refused, see the report",
            Self::InDoubt => "some messages are in doubt and need a person: tidings resolve",
            Self::Paused => "paused; run it again",
            Self::Stopped => "stopped by itself or by tidings stop: tidings resume",
            Self::Disk => "a ledger or report cannot be read or written; nothing more was sent",
            Self::Held => "another run holds the ledger; wait for it",
            Self::Token => "the token is missing, expired or not allowed",
        }
    }

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::Bug => 1,
            Self::Problems => 2,
            Self::Refused => 3,
            Self::InDoubt => 4,
            Self::Paused => 5,
            Self::Stopped => 6,
            Self::Disk => 74,
            Self::Held => 75,
            Self::Token => 77,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
