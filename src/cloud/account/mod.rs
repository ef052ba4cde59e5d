//! What Meta tells of a token, a business number and an account. Reading changes nothing.
//!
//! Every field may be missing and every word may be new: what is not known is no reason to read nothing.

mod number;
mod token;

use serde::Deserialize;
use serde::de::IgnoredAny;

pub use number::{CanSend, Entity, EntityError, Health, Level, Limit, Number, Platform, Status};
pub use token::{TokenFacts, TokenKind};

use super::client::{ClientError, Timeouts};
use super::get::{Asker, Expected, ReadError, Setback};
use super::pause;
use crate::clock::UnixMs;
use crate::secret::{AppSecret, Token};

/// What is told of one thing is some kilobytes.
const BYTES_MAX: usize = 256 * 1024;

/// An account has some dozens of numbers and apps at most: they come on one page.
const PAGE: &str = "100";

/// An app of Meta's, for people the name that its developers see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Meta's id of it.
    pub id: String,
    /// Its name; empty where Meta does not tell.
    pub name: String,
}

/// Reads what Meta knows of a sender.
pub struct AccountReader {
    asker: Asker,
    api_version: String,
}

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    /// Only whether there is one counts.
    next: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Identified {
    id: String,
}

/// An entry of `subscribed_apps`.
///
/// Source: Meta's published OpenAPI file (v23.0), `SubscribedAppsResponse`.
#[derive(Deserialize)]
struct Subscribed {
    whatsapp_business_api_data: AppData,
}

#[derive(Deserialize)]
struct AppData {
    id: String,
    name: Option<String>,
}

impl AccountReader {
    /// A reader through `api` (such as [`META_API`](crate::cloud::client::META_API)), which proves with each request that
    /// it holds the app secret, where there is one.
    ///
    /// # Errors
    /// When the address is neither https nor on this machine, or TLS cannot be set up.
    pub fn new(
        api: &str,
        api_version: &str,
        token: &Token,
        secret: Option<&AppSecret>,
        timeouts: Timeouts,
    ) -> Result<Self, ClientError> {
        let asker = Asker::new(api, api_version, token, timeouts)?.proving(secret.cloned());
        Ok(Self { asker, api_version: api_version.to_owned() })
    }

    /// The time on Meta's side, from the `Date` header of an answer, whatever it says; to the second. None where the answer
    /// has none.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn time(&self, phone_number_id: &str) -> Result<Option<UnixMs>, ReadError> {
        let url = self.asker.url(&[phone_number_id], &[("fields", "id")]);
        let date = self.asker.date(url).await.map_err(error)?;
        Ok(date.as_deref().and_then(pause::unix_ms))
    }

    /// The number that sends.
    ///
    /// # Errors
    /// When WhatsApp refuses, does not answer, or answers with something else than a number.
    pub async fn number(&self, phone_number_id: &str) -> Result<Number, ReadError> {
        const EXPECTED: Expected = Expected { what: "phone number", bytes_max: BYTES_MAX };
        let url = self.asker.url(&[phone_number_id], &[("fields", number::FIELDS)]);
        self.asker.get(url, EXPECTED).await.map(Number::of).map_err(error)
    }

    /// Whether a number belongs to an account. None where the account has more numbers than one page lists.
    ///
    /// # Errors
    /// As [`AccountReader::number`].
    pub async fn has_number(&self, account: &str, phone_number_id: &str) -> Result<Option<bool>, ReadError> {
        const EXPECTED: Expected = Expected { what: "list of phone numbers", bytes_max: BYTES_MAX };
        let url = self.asker.url(&[account, "phone_numbers"], &[("fields", "id"), ("limit", PAGE)]);
        let list: List<Identified> = self.asker.get(url, EXPECTED).await.map_err(error)?;
        let is_listed = list.data.iter().any(|number| number.id == phone_number_id);
        let is_whole = list.paging.is_none_or(|paging| paging.next.is_none());
        Ok((is_listed || is_whole).then_some(is_listed))
    }

    /// The apps that get the account's webhooks.
    ///
    /// # Errors
    /// As [`AccountReader::number`].
    pub async fn subscribed_apps(&self, account: &str) -> Result<Vec<App>, ReadError> {
        const EXPECTED: Expected = Expected { what: "list of apps", bytes_max: BYTES_MAX };
        let url = self.asker.url(&[account, "subscribed_apps"], &[]);
        let list: List<Subscribed> = self.asker.get(url, EXPECTED).await.map_err(error)?;
        let app = |Subscribed { whatsapp_business_api_data: AppData { id, name } }| App {
            id,
            name: name.unwrap_or_default(),
        };
        Ok(list.data.into_iter().map(app).collect())
    }

    /// Makes sure that there is an uploaded file with this id, and that it is this number's.
    ///
    /// # Errors
    /// As [`AccountReader::number`].
    pub async fn media(&self, phone_number_id: &str, id: &str) -> Result<(), ReadError> {
        const EXPECTED: Expected = Expected { what: "media file", bytes_max: BYTES_MAX };
        let url = self.asker.url(&[id], &[("phone_number_id", phone_number_id)]);
        self.asker.get::<Identified>(url, EXPECTED).await.map(drop).map_err(error)
    }
}

/// Somebody sits and waits: nothing is asked twice.
fn error(Setback { error, .. }: Setback) -> ReadError {
    error
}
