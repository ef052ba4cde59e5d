//! The environment variables that lead to a token.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::{TokenError, file};

/// Where systemd puts the credentials of a service (systemd.exec(5), "Credentials").
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// Where the variables are that sources are set up by.
pub enum Variables {
    /// The environment of this process.
    Process,
    /// These and no others.
    Given(BTreeMap<String, String>),
}

impl Variables {
    /// A variable without the white space around it; none where it is not set, empty, or not UTF-8.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        Some(self.written(name)?.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A variable that holds a secret.
    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        let written = self.written(name)?;
        Some(written.trim()).filter(|text| !text.is_empty()).map(SecretString::from)
    }

    fn written(&self, name: &str) -> Option<Zeroizing<String>> {
        match self {
            Self::Process => std::env::var(name).ok(),
            Self::Given(variables) => variables.get(name).cloned(),
        }
        .map(Zeroizing::new)
    }

    /// A secret from a variable, or from the file that the variable `NAME_FILE` names.
    pub(super) fn secret_or_file(&self, name: &str) -> Result<Option<SecretString>, TokenError> {
        match (self.secret(name), self.text(&format!("{name}_FILE"))) {
            (Some(secret), _) => Ok(Some(secret)),
            (None, Some(path)) => file::secret(Path::new(&path)).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The file of a credential.
    pub(super) fn credential(&self, name: &str) -> Result<PathBuf, TokenError> {
        let directory = self.text(CREDENTIALS_DIRECTORY).ok_or_else(|| TokenError::Store {
            store: "systemd".to_owned(),
            what: format!(
                "gave no credentials: the variable {CREDENTIALS_DIRECTORY} is not set; start tidings as a service that \
                 has `LoadCredential={name}:…`, or name another source under `sender.token`"
            ),
        })?;
        Ok(Path::new(&directory).join(name))
    }
}
