//! Why a command cannot go on, and the exit code that says so.

use super::ending::APP_SECRET;
use super::exit::Exit;
use super::printer::Printer;
use crate::cloud::ReadError;
use crate::cloud::client::ClientError;
use crate::cloud::fault::Effect;
use crate::ledger::LedgerError;
use crate::plan::saved::SavedError;
use crate::problem::Problem;
use crate::report::ReportError;
use crate::secret::TokenError;

/// Why a command cannot go on.
#[derive(Debug)]
pub enum Failure {
    /// Files have problems.
    Problems {
        /// The first ones, in file order.
        shown: Vec<Problem>,
        /// How many in all.
        total: u64,
    },
    /// The command line asks for something that cannot be.
    Usage(String),
    /// A person has to look before anything is sent.
    Stopped {
        /// What stopped it, and what lifts that.
        what: String,
        /// The code for it.
        exit: Exit,
    },
    /// The ledger failed.
    Ledger(LedgerError),
    /// The report failed.
    Report(ReportError),
    /// There is no token.
    Token(TokenError),
    /// The account's templates cannot be read.
    Templates(ReadError),
    /// The machine failed in some other way.
    System(std::io::Error),
    /// A bug: what must hold does not.
    Bug(String),
}

impl Failure {
    /// Says it, and tells the exit code.
    pub fn report(self, printer: Printer) -> Exit {
        match self {
            Self::Problems { shown, total } => {
                printer.problems(&shown, total);
                Exit::Problems
            }
            Self::Usage(what) => {
                printer.error(&what);
                Exit::Problems
            }
            Self::Stopped { what, exit } => {
                printer.error(&format!("{what}; nothing was sent"));
                exit
            }
            Self::Ledger(error @ LedgerError::Held { .. }) => {
                printer.error(&format!("{error}; nothing was sent by this start"));
                Exit::Held
            }
            Self::Ledger(error) => {
                printer.error(&format!("{error}; nothing more was sent"));
                Exit::Disk
            }
            Self::Report(error) => {
                printer.error(&format!(
                    "{error}; make room or name another place under `report.directory`; the ledger keeps what was sent"
                ));
                Exit::Disk
            }
            Self::Token(error) => {
                printer.error(&format!("{error}; nothing was sent"));
                Exit::Token
            }
            Self::Templates(error) => {
                let (told, exit) = unread(&error);
                printer.error(&told);
                exit
            }
            Self::System(error) => {
                printer.error(&error.to_string());
                Exit::Disk
            }
            Self::Bug(what) => {
                printer.error(&format!("{what}; this is a bug in tidings"));
                Exit::Bug
            }
        }
    }
}

/// What to do when templates cannot be read depends on who has to do it.
fn unread(error: &ReadError) -> (String, Exit) {
    match error {
        ReadError::Refused(refusal) if refusal.is_about_proof() => {
            (format!("WhatsApp does not accept the proof of the app secret ({error}). {APP_SECRET}"), Exit::Token)
        }
        ReadError::Refused(refusal) => match refusal.effect() {
            Effect::Token => (
                format!(
                    "WhatsApp does not let this token read templates ({error}); it needs the permission \
                     whatsapp_business_management: make one for a system user who is assigned to the account"
                ),
                Exit::Token,
            ),
            Effect::Throttle => (
                format!("WhatsApp asks to slow down ({error}); run it again in some minutes, an hour at most"),
                Exit::Paused,
            ),
            _ => (format!("WhatsApp refuses to list the templates ({error})"), Exit::Problems),
        },
        ReadError::Unanswered(_) => (format!("WhatsApp cannot be reached: {error}; run it again"), Exit::Paused),
        ReadError::Unreadable(_) => (
            format!(
                "what answers is not WhatsApp's list of templates: {error}; look for a proxy or a login page between here \
                 and WhatsApp, and at --api-url"
            ),
            Exit::Problems,
        ),
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(shown: Vec<Problem>) -> Self {
        Self::Problems { total: shown.len() as u64, shown }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Ledger(error) => Self::Ledger(error),
            error @ ReportError::File { .. } => Self::Report(error),
        }
    }
}

impl From<SavedError> for Failure {
    fn from(error: SavedError) -> Self {
        Self::Usage(format!("{error}; nothing was sent"))
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::System(error)
    }
}
