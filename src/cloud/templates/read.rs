//! Reads all templates of an account, page by page.
//!
//! Reading does no harm, so a page may be asked for again. The address of the next page is made here, from the cursor:
//! the one in the answer may lead elsewhere, and holds a token.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::{DefinitionError, FIELDS, TemplateDefinition};
use crate::cloud::client::{ClientError, Timeouts};
use crate::cloud::get::{Asker, Expected, ReadError, Setback};
use crate::secret::{AppSecret, Token};

/// Templates on a page.
const PAGE: &str = "100";

/// A template is some kilobytes, so a page is some hundred.
const LISTING: Expected = Expected { what: "list of templates", bytes_max: 8 * 1024 * 1024 };

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
    asker: Asker,
    account: String,
    patience: Patience,
}

impl TemplateReader {
    /// A reader of the account `business_account_id` through `api` (such as [`META_API`](crate::cloud::client::META_API)).
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
        let asker = Asker::new(api, api_version, token, patience.timeouts)?;
        Ok(Self { asker, account: business_account_id.to_owned(), patience })
    }

    /// The same, with every request proving that whoever sends it holds the app secret.
    #[must_use]
    pub fn proving(self, app_secret: Option<AppSecret>) -> Self {
        Self { asker: self.asker.proving(app_secret), ..self }
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
            match self.ask(after).await {
                Ok(listing) => return Ok(listing),
                Err(Setback { error, passes, .. }) if !passes || tries == 0 => return Err(error),
                Err(Setback { error, pause: Some(asked), .. }) if asked > self.patience.pause_max => return Err(error),
                Err(Setback { pause: asked, .. }) => tokio::time::sleep(asked.unwrap_or(pause)).await,
            }
            pause *= 2;
        }
    }

    async fn ask(&self, after: Option<&str>) -> Result<Listing, Setback> {
        let fields = FIELDS.join(",");
        let query = [("fields", &*fields), ("limit", PAGE)].into_iter().chain(after.map(|cursor| ("after", cursor)));
        let url = self.asker.url(&[&self.account, "message_templates"], &query.collect::<Vec<_>>());
        self.asker.get(url, LISTING).await
    }
}

fn unreadable(error: DefinitionError) -> ReadError {
    ReadError::Unreadable(error.to_string())
}
