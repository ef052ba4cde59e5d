//! How the place of a token is written.

use std::path::Path;

use super::TokenSource;

/// The only variable that is filled in in a path.
const CREDENTIALS: &str = "$CREDENTIALS_DIRECTORY/";

/// A field of a secret in Vault's key-value store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultField {
    /// Mount and path of the secret, as `vault kv get` takes them: without the `data/` of the API.
    pub path: String,
    /// The field's name.
    pub name: String,
}

impl TokenSource {
    /// What stands behind `file:`. A relative path starts at a directory.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it: it may be the token itself.
    pub fn file(written: &str, directory: &Path) -> Result<Self, &'static str> {
        if written.trim().is_empty() {
            return Err("`file:` must be followed by a file's path");
        }
        match written.strip_prefix(CREDENTIALS) {
            Some(name) if is_path(name) && !name.contains('/') => Ok(Self::Credential(name.to_owned())),
            Some(_) => Err("`$CREDENTIALS_DIRECTORY/` must be followed by a credential's name, without `/`"),
            None if written.starts_with('$') => {
                Err("only `$CREDENTIALS_DIRECTORY/` is filled in in a path; write any other out")
            }
            None => Ok(Self::File(directory.join(written))),
        }
    }

    /// What stands behind `vault:`: `MOUNT/PATH#FIELD`.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn vault(written: &str) -> Result<Self, &'static str> {
        let Some((path, name)) = written.split_once('#') else {
            return Err("`vault:` needs a field behind its path: `vault:MOUNT/PATH#FIELD`");
        };
        if !path.contains('/') {
            return Err("`vault:` must be followed by a mount and a path: `vault:MOUNT/PATH#FIELD`");
        }
        if !is_path(path) {
            return Err("the path in `vault:MOUNT/PATH#FIELD` has parts that no path in Vault has");
        }
        if name.is_empty() || name.contains('#') || name.chars().any(char::is_control) {
            return Err("the field in `vault:MOUNT/PATH#FIELD` must be a field's name");
        }
        Ok(Self::Vault(VaultField { path: path.to_owned(), name: name.to_owned() }))
    }

    /// What stands behind `conjur:`: a variable's id.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn conjur(written: &str) -> Result<Self, &'static str> {
        if written.contains(":variable:") {
            return Err("write the variable's id behind `conjur:` without account and kind: they are known");
        }
        if !is_path(written) {
            return Err("`conjur:` must be followed by a variable's id, such as `prod/whatsapp/token`");
        }
        Ok(Self::Conjur(written.to_owned()))
    }
}

/// Whether a path goes down, step by step, and says nothing else to a web server.
fn is_path(path: &str) -> bool {
    let plain = |c: char| !c.is_control() && !"?%*#\\".contains(c);
    let step = |step: &str| !matches!(step, "" | "." | "..") && step.trim() == step;
    path.chars().all(plain) && path.split('/').all(step)
}
