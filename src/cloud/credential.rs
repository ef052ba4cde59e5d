//! What a request shows of whoever asks: the token in a header and, where an app secret is known, the proof of it in the
//! query.

use reqwest::header::HeaderValue;
use reqwest::{RequestBuilder, Url};

use super::client::{ClientError, bearer};
use crate::secret::{AppSecret, Token};

/// The parameter of the proof, where Meta looks for it.
pub const PROOF_PARAMETER: &str = "appsecret_proof";

/// A token, ready to be shown.
pub(super) struct Credential {
    authorization: HeaderValue,
    /// To be recognised in answers.
    token: Token,
    app_secret: Option<AppSecret>,
    /// No secret: of no use without the token. It goes into the address, as Meta has it.
    proof: Option<String>,
}

impl Credential {
    pub(super) fn new(token: &Token, app_secret: Option<AppSecret>) -> Result<Self, ClientError> {
        let proof = app_secret.as_ref().map(|secret| secret.proof(token));
        Ok(Self { authorization: bearer(token)?, token: token.clone(), app_secret, proof })
    }

    /// The same app's, with this app secret from here on.
    pub(super) fn proving(self, app_secret: Option<AppSecret>) -> Self {
        let proof = app_secret.as_ref().map(|secret| secret.proof(&self.token));
        Self { app_secret, proof, ..self }
    }

    /// Another token of the same app; none where it is the same token.
    pub(super) fn renewed(&self, token: &Token) -> Result<Option<Self>, ClientError> {
        if self.token.is_same_as(token) {
            return Ok(None);
        }
        Self::new(token, self.app_secret.clone()).map(Some)
    }

    /// A request to this address that shows it.
    pub(super) fn show(&self, mut url: Url, request: impl FnOnce(Url) -> RequestBuilder) -> RequestBuilder {
        if let Some(proof) = &self.proof {
            url.query_pairs_mut().append_pair(PROOF_PARAMETER, proof);
        }
        request(url).header(reqwest::header::AUTHORIZATION, self.authorization.clone())
    }

    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    pub(super) fn proof(&self) -> Option<&str> {
        self.proof.as_deref()
    }

    /// A text from outside, without the token and its proof in it.
    pub(super) fn redact(&self, text: &mut String) {
        self.token.redact(text);
        if let Some(proof) = self.proof.as_deref().filter(|proof| text.contains(proof)) {
            *text = text.replace(proof, "[proof]");
        }
    }

    /// Whether a text from outside holds the token or its proof.
    pub(super) fn stands_in(&self, text: &str) -> bool {
        self.token.stands_in(text) || self.proof.as_deref().is_some_and(|proof| text.contains(proof))
    }
}
