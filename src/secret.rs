//! Secrets: where a token comes from, and a type that cannot be printed or serialised.
//!
//! A token is read when it is needed and lives in a [`Token`]; nothing here logs, stores or echoes one.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncReadExt;

/// The variable that is read when the campaign names no source.
pub const DEFAULT_VARIABLE: &str = "WHATSAPP_ACCESS_TOKEN";

/// A token is a few hundred characters; whatever is longer is not one, and is not read into memory.
const TOKEN_BYTES_MAX: u64 = 8 * 1024;

/// Whatever is shorter is a word of a rehearsal, which may stand anywhere.
const REDACTED_FROM: usize = 16;

/// A secret manager's command line client answers in a second or two; one that hangs must not hang cron.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

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
    /// Takes text that a source gave, without the white space around it.
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
            Self::Env(name) => match std::env::var(name) {
                Ok(text) if !text.trim().is_empty() => Token::from_text(&text, &format!("the variable {name}")),
                _ => Err(TokenError::Unset(name.clone())),
            },
            Self::File(path) => read_file(path),
            Self::Command(argv) => run_command(argv).await,
        }
    }
}

fn read_file(path: &Path) -> Result<Token, TokenError> {
    use std::io::Read;
    let unreadable = |source| TokenError::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(TOKEN_BYTES_MAX).read_to_string(&mut text).map_err(unreadable)?;
    Token::from_text(&text, &format!("the file {}", path.display()))
}

async fn run_command(argv: &[String]) -> Result<Token, TokenError> {
    let program = argv.first().map_or("", String::as_str).to_owned();
    let failed = |what: String| TokenError::Command { program: program.clone(), what };
    let mut child = tokio::process::Command::new(&program)
        .args(argv.get(1..).unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let stdout = child.stdout.take();
    let answer = async {
        let mut text = String::new();
        if let Some(stdout) = stdout {
            stdout.take(TOKEN_BYTES_MAX).read_to_string(&mut text).await?;
        }
        Ok::<_, std::io::Error>((text, child.wait().await?))
    };
    let (text, status) = tokio::time::timeout(COMMAND_TIMEOUT, answer)
        .await
        .map_err(|_| failed(format!("did not answer within {} s", COMMAND_TIMEOUT.as_secs())))?
        .map_err(|error| failed(format!("could not be read: {error}")))?;
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    Token::from_text(&text, &format!("the output of `{program}`"))
}

/// The words of a line that look like access tokens, as byte ranges. They are ASCII.
///
/// Meta's tokens start with `EAA`; of others the length tells, outside of links, whose signatures are as long.
pub fn token_like(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for chunk in line.split_inclusive([' ', '"', '\'', '\t', ',']) {
        let in_link = chunk.contains("://");
        for word in chunk.split_inclusive(|c: char| !is_word(c)) {
            let token = word.trim_end_matches(|c| !is_word(c));
            if is_token_like(token, in_link) {
                found.push(start..start + token.len());
            }
            start += word.len();
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn is_token_like(word: &str, in_link: bool) -> bool {
    const META_CHARS_MIN: usize = 30;
    const OTHER_CHARS_MIN: usize = 100;
    let has = |kind: fn(&char) -> bool| word.chars().any(|c| kind(&c));
    let meta = word.starts_with("EAA") && word.len() >= META_CHARS_MIN;
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    meta || (!in_link && word.len() >= OTHER_CHARS_MIN && mixed)
}
