//! What Meta tells of a token.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{AccountReader, App, BYTES_MAX, error};
use crate::clock::UnixMs;
use crate::cloud::credential::PROOF_PARAMETER;
use crate::cloud::get::{Expected, ReadError};
use crate::cloud::words::words;

words! {
    /// Whose token it is.
    TokenKind {
        /// A person's: a temporary one.
        User = "USER",
        /// A system user's of the business: made to last.
        SystemUser = "SYSTEM_USER",
        /// An app's own.
        App = "APP",
        /// A page's.
        Page = "PAGE",
    }
}

/// What Meta tells of a token: everything about it but the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// Whether it is good; where it is not, why, in Meta's words.
    pub validity: Result<(), String>,
    /// Whose it is, where Meta tells.
    pub kind: Option<TokenKind>,
    /// The app that it was made for.
    pub app: Option<App>,
    /// When it ends; none for never.
    pub expires_at: Option<UnixMs>,
    /// When it stops giving access to data; none for never.
    pub data_access_ends_at: Option<UnixMs>,
    scopes: Option<Vec<String>>,
    targets: Vec<Target>,
}

/// The answer to a batch of one question.
#[derive(Deserialize)]
struct Part {
    code: u16,
    body: String,
}

#[derive(Deserialize)]
struct Debugged {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    is_valid: bool,
    #[serde(rename = "type")]
    kind: Option<String>,
    app_id: Option<Value>,
    application: Option<String>,
    expires_at: Option<i64>,
    data_access_expires_at: Option<i64>,
    scopes: Option<Vec<String>>,
    granular_scopes: Option<Vec<Target>>,
    error: Option<DataError>,
}

/// What a permission holds for; everything where nothing is listed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Target {
    scope: String,
    target_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct DataError {
    message: Option<String>,
}

impl TokenFacts {
    /// Whether it has a permission; none where Meta does not tell.
    pub fn has_scope(&self, scope: &str) -> Option<bool> {
        self.scopes.as_ref().map(|scopes| scopes.iter().any(|it| it == scope))
    }

    /// Whether a permission that it has holds for an account.
    pub fn reaches(&self, scope: &str, account: &str) -> bool {
        let target = self.targets.iter().find(|target| target.scope == scope);
        let ids = target.and_then(|target| target.target_ids.as_ref());
        ids.is_none_or(|ids| ids.iter().any(|id| id == account))
    }

    fn of(data: Data) -> Self {
        let why = data.error.and_then(|error| error.message);
        let id = data.app_id.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        Self {
            validity: if data.is_valid { Ok(()) } else { Err(why.unwrap_or_else(|| "it is not valid".to_owned())) },
            kind: data.kind.as_deref().map(TokenKind::of),
            app: id.map(|id| App { id, name: data.application.unwrap_or_default() }),
            expires_at: time(data.expires_at),
            data_access_ends_at: time(data.data_access_expires_at),
            scopes: data.scopes,
            targets: data.granular_scopes.unwrap_or_default(),
        }
    }
}

/// Seconds since 1970; Meta writes 0 for never.
fn time(seconds: Option<i64>) -> Option<UnixMs> {
    seconds.filter(|seconds| *seconds > 0).map(|seconds| seconds.saturating_mul(1000))
}

impl AccountReader {
    /// What Meta tells of the token that asks.
    ///
    /// `debug_token` takes the token as a parameter of its address, and addresses stand in the logs of everything on the
    /// way. So the question is put as a batch of one: there the address stands in the body of a request, and the token
    /// with it, as secret as in the header.
    ///
    /// Source: Meta's Graph API guide "Batch Requests", and its reference of `debug_token`.
    ///
    /// # Errors
    /// When WhatsApp refuses, does not answer, or answers with something else.
    pub async fn token(&self) -> Result<TokenFacts, ReadError> {
        const BATCH: Expected = Expected { what: "answer to a batch of questions", bytes_max: BYTES_MAX };
        let question = json!({
            "batch": [{ "method": "GET", "relative_url": self.debug_token() }],
            "include_headers": false,
        });
        let url = self.asker.url(&[""], &[]);
        let parts: Vec<Option<Part>> = self.asker.post(url, question.to_string(), BATCH).await.map_err(error)?;
        let Some(Some(Part { code, body })) = parts.into_iter().next() else {
            return Err(ReadError::Unreadable("an empty answer to a batch of questions".to_owned()));
        };
        let debugged: Result<Debugged, _> = self.asker.understand(code, None, body.as_bytes(), "word on a token");
        debugged.map(|debugged| TokenFacts::of(debugged.data)).map_err(error)
    }

    /// The question about the token, as a batch holds it.
    fn debug_token(&self) -> String {
        let credential = self.asker.credential();
        let proof = credential.proof().map(|proof| (PROOF_PARAMETER, proof));
        let pairs = [("input_token", credential.token().expose())].into_iter().chain(proof);
        let query = pairs.map(|(key, value)| format!("{key}={}", urlencoded(value))).collect::<Vec<_>>().join("&");
        format!("{}/debug_token?{query}", self.api_version)
    }
}

fn urlencoded(text: &str) -> impl std::fmt::Display {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}
