//! Secrets: where a token comes from, and a type that cannot be printed or serialised.
//!
//! A token is read when it is needed and lives in a [`Token`]; nothing here logs, stores or echoes one.

mod command;
mod file;
mod look;
mod process;
mod proof;

use std::path::PathBuf;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

pub use look::token_like;
pub use process::guard_memory;
pub use proof::{APP_SECRET_VARIABLE, AppSecret};

/// The variable that is read when the campaign names no source.
pub const DEFAULT_VARIABLE: &str = "WHATSAPP_ACCESS_TOKEN";

/// A token is a few hundred characters; whatever is longer is not one, and is not read into memory.
const TOKEN_BYTES_MAX: u64 = 8 * 1024;

/// Whatever is shorter is a word of a rehearsal, which may stand anywhere.
const REDACTED_FROM: usize = 16;

/// Where the bearer token comes from. Never the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// An environment variable.
    Env(String),
    /// A file.
    File(PathBuf),
    /// A command's standard output: argument vector, no shell.
    Command(Vec<String>),
}

/// A bearer token. No `Display`, no `Serialize`, a `Debug` that says nothing; wiped when dropped.
///
/// So are the text that it was read from, where it was read by this program, and the header that is made of it. Not in our
/// hands, and left as they are: the block of the environment, what the HTTP and TLS libraries write to a connection, and
/// what the system keeps of a file or a pipe. Hence [`guard_memory`].
#[derive(Clone, Debug)]
pub struct Token(SecretString);

/// Why no token could be had. Never holds any part of one.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The variable is not set, or empty.
    #[error("the environment variable {0} is not set; export it, or name another source under `sender.token`")]
    Unset(String),
    /// The file cannot be read.
    #[error("the token file {path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The command failed.
    #[error("the token command `{program}` {what}")]
    Command {
        /// The program's name, without its arguments: they may hold secrets.
        program: String,
        /// What went wrong.
        what: String,
    },
    /// What was read cannot be a token.
    #[error("{0} does not hold a token: expected one line of printable ASCII characters")]
    NotAToken(String),
}

impl Token {
    /// Takes text that a source gave, without the white space around it. Whoever calls has the text in a [`room`], or in
    /// something else that is wiped.
    fn from_text(text: &str, source: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let printable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !printable {
            return Err(TokenError::NotAToken(source.to_owned()));
        }
        Ok(Self(SecretString::from(text)))
    }

    /// A token for the sandbox, which is no secret.
    pub fn for_sandbox(text: &str) -> Self {
        Self(SecretString::from(text))
    }

    /// A text from outside, without the token in it: Meta's "Malformed access token" repeats what it was sent.
    pub(crate) fn redact(&self, text: &mut String) {
        if self.stands_in(text) {
            *text = text.replace(self.expose(), "[token]");
        }
    }

    /// Whether a text from outside holds the token.
    pub(crate) fn stands_in(&self, text: &str) -> bool {
        let token = self.expose();
        token.len() >= REDACTED_FROM && text.contains(token)
    }

    /// Whether both are the same text.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }

    /// The token itself, to be put into the authorization header and nowhere else.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl TokenSource {
    /// Reads the token.
    ///
    /// # Errors
    /// When the source is missing, unreadable, fails, or holds something that cannot be a token.
    pub async fn read(&self) -> Result<Token, TokenError> {
        match self {
            Self::Env(name) => match std::env::var(name).map(Zeroizing::new) {
                Ok(text) if !text.trim().is_empty() => Token::from_text(&text, &format!("the variable {name}")),
                _ => Err(TokenError::Unset(name.clone())),
            },
            // On a thread of its own: a pipe or a share that hangs must not hold up what goes on meanwhile.
            Self::File(path) => {
                let owned = path.clone();
                let read = tokio::task::spawn_blocking(move || file::read(&owned)).await;
                read.unwrap_or_else(|failed| Err(TokenError::Unreadable { path: path.clone(), source: failed.into() }))
            }
            Self::Command(argv) => command::read(argv).await,
        }
    }
}

/// Room for a secret that is read: wiped when dropped, and large enough to stay where it is, as text that grows leaves copies
/// behind.
fn room() -> Zeroizing<String> {
    // A token's length is a small number.
    Zeroizing::new(String::with_capacity(TOKEN_BYTES_MAX as usize + 1))
}
