//! One question to Meta that changes nothing, and one bounded answer, with the token and its proof struck out wherever it repeats it.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::{self, ClientError, Timeouts};
use super::credential::Credential;
use super::fault::Effect;
use super::outcome::{Cause, Outcome, Refusal, classify};
use super::pause;
use crate::secret::{AppSecret, Token};

/// Why something cannot be read from Meta.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// WhatsApp says no.
    #[error("code {}: {}", .0.code, .0.detail)]
    Refused(Refusal),
    /// No answer of WhatsApp's came; later may be better.
    #[error("{0}")]
    Unanswered(String),
    /// An answer came that cannot be what was asked for.
    #[error("{0}")]
    Unreadable(String),
}

/// Why there is no answer, and whether the same question may be answered next time.
pub(super) struct Setback {
    pub error: ReadError,
    /// Whether it may be asked again at once.
    pub passes: bool,
    /// How long Meta asks to wait before.
    pub pause: Option<Duration>,
}

impl Setback {
    fn lasting(error: ReadError) -> Self {
        Self { error, passes: false, pause: None }
    }
}

/// What is expected in an answer.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    /// In words, such as `list of templates`.
    pub what: &'static str,
    /// A longer answer is not one, and is not read into memory.
    pub bytes_max: usize,
}

/// Asks with one token.
pub(super) struct Asker {
    http: reqwest::Client,
    /// The API's address, with the version.
    base: Url,
    credential: Credential,
    timeouts: Timeouts,
}

impl Asker {
    pub(super) fn new(api: &str, api_version: &str, token: &Token, timeouts: Timeouts) -> Result<Self, ClientError> {
        let mut base = client::checked_address(api)?;
        extend(&mut base, &[api_version]);
        Ok(Self { http: client::http(&timeouts)?, base, credential: Credential::new(token, None)?, timeouts })
    }

    /// Proves with every question that whoever asks holds the app secret.
    pub(super) fn proving(self, app_secret: Option<AppSecret>) -> Self {
        Self { credential: self.credential.proving(app_secret), ..self }
    }

    pub(super) fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The address below the version. What stands in `path` cannot lead out of it.
    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        extend(&mut url, path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url, expected: Expected) -> Result<T, Setback> {
        self.ask(url, |url| self.http.get(url), expected).await
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: Url,
        json: String,
        expected: Expected,
    ) -> Result<T, Setback> {
        let is_json = HeaderValue::from_static("application/json");
        self.ask(url, |url| self.http.post(url).header(CONTENT_TYPE, is_json).body(json), expected).await
    }

    /// What the `Date` header of any answer says; none where there is no such header.
    pub(super) async fn date(&self, url: Url) -> Result<Option<String>, Setback> {
        let response = self.send(url, |url| self.http.get(url)).await?;
        Ok(header(&response, DATE).map(str::to_owned))
    }

    async fn send(&self, url: Url, request: impl FnOnce(Url) -> RequestBuilder) -> Result<Response, Setback> {
        let sent = self.credential.show(url, request).send().await;
        sent.map_err(|error| self.lost(&error))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        url: Url,
        request: impl FnOnce(Url) -> RequestBuilder,
        expected: Expected,
    ) -> Result<T, Setback> {
        let mut response = self.send(url, request).await?;
        let status = response.status().as_u16();
        let retry_after_s = header(&response, RETRY_AFTER).and_then(|it| pause::seconds(it, header(&response, DATE)));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost(&error))? {
            if body.len() + chunk.len() > expected.bytes_max {
                let why = format!("an answer has more than {} bytes", expected.bytes_max);
                return Err(Setback::lasting(ReadError::Unreadable(why)));
            }
            body.extend_from_slice(&chunk);
        }
        self.understand(status, retry_after_s, &body, expected.what)
    }

    /// A connection that broke may be had again at once. One that cannot be had, or is silent, is told without delay.
    fn lost(&self, error: &reqwest::Error) -> Setback {
        let passes = !error.is_connect() && !error.is_timeout();
        Setback { error: ReadError::Unanswered(client::describe(error, &self.timeouts)), passes, pause: None }
    }

    /// What a complete answer says. Whatever is no answer of Meta's to the question is read as one to a message would be.
    pub(super) fn understand<T: DeserializeOwned>(
        &self,
        status: u16,
        retry_after_s: Option<u64>,
        body: &[u8],
        what: &str,
    ) -> Result<T, Setback> {
        if (200..=299).contains(&status)
            && let Some(told) = self.told(body)
        {
            return Ok(told);
        }
        Err(match classify(status, retry_after_s, body) {
            Outcome::Refused(mut refusal) => {
                self.credential.redact(&mut refusal.detail);
                let pause = refusal.retry_after_s.map(Duration::from_secs);
                let passes = matches!(refusal.effect(), Effect::Throttle | Effect::Ambiguous);
                Setback { error: ReadError::Refused(refusal), passes, pause }
            }
            Outcome::InDoubt { cause: Cause::Unclear, mut why } if status >= 500 => {
                self.credential.redact(&mut why);
                Setback { error: ReadError::Unanswered(why), passes: true, pause: None }
            }
            Outcome::InDoubt { cause: Cause::Stranger | Cause::Redirect, why } => {
                Setback::lasting(ReadError::Unreadable(why))
            }
            _ => {
                let why = format!("HTTP {status} with an answer that is no {what}");
                Setback::lasting(ReadError::Unreadable(why))
            }
        })
    }

    /// The answer, with the token and its proof struck out wherever it may be repeated: what is read is shown, or kept in a file.
    fn told<T: DeserializeOwned>(&self, body: &[u8]) -> Option<T> {
        let json: Value = serde_json::from_slice(body).ok().filter(|json: &Value| json.get("error").is_none())?;
        let mut text = json.to_string();
        if !self.credential.stands_in(&text) {
            return serde_json::from_value(json).ok();
        }
        self.credential.redact(&mut text);
        serde_json::from_str(&text).ok()
    }
}

fn header(response: &Response, name: reqwest::header::HeaderName) -> Option<&str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Adds segments to an address, each as one.
fn extend(url: &mut Url, path: &[&str]) {
    // Only an address that has no host fails here, and such a one was refused before.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
}
