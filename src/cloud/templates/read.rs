//! Reads all templates of an account, page by page.
//!
//! Reading does no harm, so a page may be asked for again. The address of the next page is made here, from the cursor:
//! the one in the answer may lead elsewhere, and holds a token.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use reqwest::header::{DATE, RETRY_AFTER};
use reqwest::{Response, Url};
use serde::Deserialize;
use serde_json::Value;

use super::{DefinitionError, FIELDS, TemplateDefinition};
use crate::cloud::client::{self, ClientError, Timeouts};
use crate::cloud::credential::Credential;
use crate::cloud::fault::Effect;
use crate::cloud::outcome::{Cause, Outcome, Refusal, classify};
use crate::cloud::pause;
use crate::secret::{AppSecret, Token};

/// Templates on a page.
const PAGE: &str = "100";

/// A template is some kilobytes, so a page is some hundred.
const REPLY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Meta lets an account have 6000 templates (Cloud API documentation, template limits), each in some languages.
const TEMPLATES_MAX: usize = 50_000;

/// Pages may be short, or empty.
const PAGES_MAX: usize = 2_000;

/// How long a reader waits, and how often it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For one answer.
    pub timeouts: Timeouts,
    /// How often one page is asked for, at most. 4 unless told otherwise.
    pub tries: u32,
    /// Before the second try; doubled before each further one. 1 s unless told otherwise.
    pub pause: Duration,
    /// As long as WhatsApp may ask to wait. 30 s unless told otherwise: somebody sits and waits.
    pub pause_max: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            tries: 4,
            pause: Duration::from_secs(1),
            pause_max: Duration::from_secs(30),
        }
    }
}

/// Why the templates of an account cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// WhatsApp says no.
    #[error("code {}: {}", .0.code, .0.detail)]
    Refused(Refusal),
    /// No answer of WhatsApp's came; later may be better.
    #[error("{0}")]
    Unanswered(String),
    /// An answer came that cannot be a list of templates.
    #[error("{0}")]
    Unreadable(String),
}

/// What came of one request.
enum Page {
    Read(Listing),
    Again { pause: Option<Duration>, error: ReadError },
}

/// A page as Meta writes it.
#[derive(Deserialize)]
struct Listing {
    data: Vec<Value>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    /// Only whether there is one counts.
    next: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

impl Listing {
    /// Where the next page starts; none on the last one, which has a cursor too but no `next`.
    fn after(&self) -> Option<&str> {
        let paging = self.paging.as_ref()?;
        paging.next.as_ref()?;
        paging.cursors.as_ref()?.after.as_deref().filter(|cursor| !cursor.is_empty())
    }
}

/// Reads the templates of one account.
pub struct TemplateReader {
    http: reqwest::Client,
    url: Url,
    credential: Credential,
    patience: Patience,
}

impl TemplateReader {
    /// A reader of the account `business_account_id` through `api` (such as [`client::META_API`]).
    ///
    /// # Errors
    /// When the address is neither https nor on this machine, or TLS cannot be set up.
    pub fn new(
        api: &str,
        api_version: &str,
        business_account_id: &str,
        token: &Token,
        patience: Patience,
    ) -> Result<Self, ClientError> {
        let mut url = client::checked_address(api)?;
        let base = url.path().trim_end_matches('/');
        url.set_path(&format!("{base}/{api_version}/{business_account_id}/message_templates"));
        Ok(Self { http: client::http(&patience.timeouts)?, url, credential: Credential::new(token, None)?, patience })
    }

    /// The same, with every request proving that whoever sends it holds the app secret.
    #[must_use]
    pub fn proving(self, app_secret: Option<AppSecret>) -> Self {
        Self { credential: self.credential.proving(app_secret), ..self }
    }

    /// All templates of the account, sorted by name and language.
    ///
    /// # Errors
    /// When WhatsApp refuses, does not answer, or answers with something else than a list that ends.
    pub async fn read(&self) -> Result<Vec<TemplateDefinition>, ReadError> {
        let mut found = BTreeMap::new();
        let mut cursors = HashSet::new();
        let mut after = None;
        for _ in 0..PAGES_MAX {
            let listing = self.page(after.as_deref()).await?;
            after = listing.after().map(str::to_owned);
            for template in listing.data {
                let template = TemplateDefinition::from_json(template).map_err(unreadable)?;
                // A list that changes while it is read may name a template twice; the later word counts.
                found.insert((template.name.clone(), template.language.clone(), template.id.clone()), template);
            }
            if found.len() > TEMPLATES_MAX {
                return Err(ReadError::Unreadable(format!("the list has more than {TEMPLATES_MAX} templates")));
            }
            match &after {
                None => return Ok(found.into_values().collect()),
                Some(cursor) if !cursors.insert(cursor.clone()) => {
                    return Err(ReadError::Unreadable(
                        "the list leads back to a page that was read already".to_owned(),
                    ));
                }
                Some(_) => {}
            }
        }
        Err(ReadError::Unreadable(format!("the list has more than {PAGES_MAX} pages")))
    }

    /// One page; asked for again when that may help.
    async fn page(&self, after: Option<&str>) -> Result<Listing, ReadError> {
        let mut pause = self.patience.pause;
        let mut tries = self.patience.tries;
        loop {
            tries = tries.saturating_sub(1);
            match self.ask(after).await? {
                Page::Read(listing) => return Ok(listing),
                Page::Again { error, .. } if tries == 0 => return Err(error),
                Page::Again { pause: Some(asked), error } if asked > self.patience.pause_max => return Err(error),
                Page::Again { pause: asked, .. } => tokio::time::sleep(asked.unwrap_or(pause)).await,
            }
            pause *= 2;
        }
    }

    async fn ask(&self, after: Option<&str>) -> Result<Page, ReadError> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("fields", &FIELDS.join(",")).append_pair("limit", PAGE);
        if let Some(cursor) = after {
            url.query_pairs_mut().append_pair("after", cursor);
        }
        match self.credential.show(url, |url| self.http.get(url)).send().await {
            Ok(response) => self.read_reply(response).await,
            Err(error) => self.lost(&error),
        }
    }

    /// A connection that broke may be had again at once. One that cannot be had, or is silent, is told without delay.
    fn lost(&self, error: &reqwest::Error) -> Result<Page, ReadError> {
        let patient = error.is_connect() || error.is_timeout();
        let error = ReadError::Unanswered(client::describe(error, &self.patience.timeouts));
        if patient { Err(error) } else { Ok(Page::Again { pause: None, error }) }
    }

    async fn read_reply(&self, mut response: Response) -> Result<Page, ReadError> {
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after_s = header(RETRY_AFTER).and_then(|value| pause::seconds(value, header(DATE)));
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > REPLY_BYTES_MAX => {
                    return Err(ReadError::Unreadable(format!("an answer has more than {REPLY_BYTES_MAX} bytes")));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return self.understand(status, retry_after_s, &body),
                Err(error) => return self.lost(&error),
            }
        }
    }

    fn understand(&self, status: u16, retry_after_s: Option<u64>, body: &[u8]) -> Result<Page, ReadError> {
        if (200..=299).contains(&status)
            && let Some(listing) = self.listing(body)
        {
            return Ok(Page::Read(listing));
        }
        match classify(status, retry_after_s, body) {
            Outcome::Refused(mut refusal) => {
                self.credential.redact(&mut refusal.detail);
                let pause = refusal.retry_after_s.map(Duration::from_secs);
                let passes = matches!(refusal.effect(), Effect::Throttle | Effect::Ambiguous);
                let error = ReadError::Refused(refusal);
                if passes { Ok(Page::Again { pause, error }) } else { Err(error) }
            }
            Outcome::InDoubt { cause: Cause::Unclear, mut why } if status >= 500 => {
                self.credential.redact(&mut why);
                Ok(Page::Again { pause: None, error: ReadError::Unanswered(why) })
            }
            Outcome::InDoubt { cause: Cause::Stranger | Cause::Redirect, why } => Err(ReadError::Unreadable(why)),
            _ => Err(ReadError::Unreadable(format!("HTTP {status} with an answer that is no list of templates"))),
        }
    }

    /// A page, with the token and its proof struck out wherever an answer may repeat it: what is read is kept in a file.
    fn listing(&self, body: &[u8]) -> Option<Listing> {
        let json: Value = serde_json::from_slice(body).ok()?;
        let mut text = json.to_string();
        if !self.credential.stands_in(&text) {
            return serde_json::from_value(json).ok();
        }
        self.credential.redact(&mut text);
        serde_json::from_str(&text).ok()
    }
}

fn unreadable(error: DefinitionError) -> ReadError {
    ReadError::Unreadable(error.to_string())
}
