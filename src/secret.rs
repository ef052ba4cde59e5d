//! Secrets: where a token comes from, and a type that cannot be printed or serialised.

use std::path::PathBuf;

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
