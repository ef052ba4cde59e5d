//! Secrets: where a token comes from, and a type that cannot be printed or serialised.
//!
//! A token is read when it is needed and lives in a [`Token`]; nothing here logs, stores or echoes one. What goes over a
//! network to fetch one goes through `http`, the client that messages go out with too.

mod address;
mod command;
mod conjur;
mod file;
pub(crate) mod http;
mod look;
mod process;
mod proof;
mod store;
mod variables;
mod vault;

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

pub use address::VaultField;
pub use look::{meta_token, token_like};
pub use process::guard_memory;
pub use proof::{APP_SECRET_VARIABLE, AppSecret};
pub use variables::Variables;

/// The variable that is read when the campaign names no source.
pub const DEFAULT_VARIABLE: &str = "WHATSAPP_ACCESS_TOKEN";

/// A token is a few hundred characters; whatever is longer is not one, and is not read into memory.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Whatever is shorter is a word of a rehearsal, which may stand anywhere.
const REDACTED_FROM: usize = 16;

/// Where the bearer token comes from. Never the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// An environment variable.
    Env(String),
    /// A file.
    File(PathBuf),
    /// A credential that systemd hands over: the name of a file in the directory that `CREDENTIALS_DIRECTORY` names.
    Credential(String),
    /// A command's standard output: argument vector, no shell.
    Command(Vec<String>),
    /// A field of a secret in the key-value store of HashiCorp Vault, which Vault's own variables lead to.
    Vault(VaultField),
    /// A variable of CyberArk Conjur by its id in the account, which Conjur's own variables lead to.
    Conjur(String),
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
    #[error("the file {path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no place for a secret.
    #[error("the file {path} {what}", path = path.display())]
    Unfit {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        what: String,
    },
    /// The command failed.
    #[error("the token command `{program}` {what}")]
    Command {
        /// The program's name, without its arguments: they may hold secrets.
        program: String,
        /// What went wrong.
        what: String,
    },
    /// A secret store gave no token.
    #[error("{store} {what}")]
    Store {
        /// Which store, and its address where that is known.
        store: String,
        /// What went wrong, and what to do.
        what: String,
    },
    /// What was read cannot be a token.
    #[error("{0} does not hold a token: expected one line of printable ASCII characters")]
    NotAToken(String),
    /// What was read is a token with something around it.
    #[error("{0} does not hold a token alone but JSON; keep the token there by itself, or ask for its field")]
    Json(String),
    /// A line for a shell was read.
    #[error("{0} holds a variable or quotes, as a shell reads them; keep only the token there")]
    Assignment(String),
    /// Nothing was read.
    #[error("{0} does not hold a token: it is empty")]
    Empty(String),
}

impl Token {
    /// Takes text that a source gave, without the white space around it. Whoever calls has the text in something that is
    /// wiped.
    fn from_text(text: &str, source: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Empty(source.to_owned()));
        }
        if text.starts_with(['{', '[', '"']) {
            return Err(TokenError::Json(source.to_owned()));
        }
        if is_assignment(text) {
            return Err(TokenError::Assignment(source.to_owned()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
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
    /// Reads the token, by what the environment of this process says.
    ///
    /// # Errors
    /// When the source is missing, unreadable, fails, or holds something that cannot be a token.
    pub async fn read(&self) -> Result<Token, TokenError> {
        self.read_by(&Variables::Process).await
    }

    /// The same, by other variables than those of this process. A command gets those of the process nevertheless.
    ///
    /// # Errors
    /// As [`TokenSource::read`].
    pub async fn read_by(&self, variables: &Variables) -> Result<Token, TokenError> {
        match self {
            Self::Env(name) => match variables.secret(name) {
                Some(text) => Token::from_text(text.expose_secret(), &format!("the variable {name}")),
                None => Err(TokenError::Unset(name.clone())),
            },
            Self::File(path) => read_file(path.clone()).await,
            Self::Credential(name) => read_file(variables.credential(name)?).await,
            Self::Command(argv) => command::read(argv).await,
            Self::Vault(field) => vault::read(field, variables).await,
            Self::Conjur(id) => conjur::read(id, variables).await,
        }
    }
}

/// `NAME=token`, or a token in quotes. Tokens in Base64 may end in `=`, and have small letters.
fn is_assignment(text: &str) -> bool {
    let is_name = |name: &str| name.contains('_') && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    text.starts_with('\'') || text.split_once('=').is_some_and(|(name, _)| is_name(name))
}

/// On a thread of its own: a share that hangs must not hold up what goes on meanwhile.
async fn read_file(path: PathBuf) -> Result<Token, TokenError> {
    let owned = path.clone();
    let read = tokio::task::spawn_blocking(move || file::read(&owned)).await;
    read.unwrap_or_else(|failed| Err(TokenError::Unreadable { path, source: failed.into() }))
}
