//! The HTTP client: one request, one outcome, nothing behind our back.
//!
//! Redirects and retries are off: either would send a message a second time without an attempt in the ledger. Proxies
//! are not taken from the environment. HTTP/1.1 only: one lost HTTP/2 connection would put every message in flight in
//! doubt at once.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER};
use reqwest::{Response, Url};
use secrecy::zeroize::Zeroizing;

use super::Endpoint;
use super::credential::Credential;
use super::outcome::{Cause, Outcome, classify};
use super::pause;
use crate::secret::http::{self, Waits};
use crate::secret::{AppSecret, Token, TokenSource};

/// Where Meta listens.
pub const META_API: &str = "https://graph.facebook.com";

/// A verdict is some hundred bytes; a longer answer is not one, and is not read into memory.
const REPLY_BYTES_MAX: usize = 64 * 1024;

/// How long a client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection: name, TCP and TLS together. 5 s unless told otherwise.
    pub connect: Duration,
    /// For the whole of one request, to the last byte of its answer. 30 s unless told otherwise: Meta publishes no latency
    /// goal, but that is far beyond what is seen, and short enough for a person to wait.
    pub request: Duration,
    /// Before an unused connection is closed. 15 s unless told otherwise: short, so that a connection is rarely reused
    /// just as the other side closes it.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), request: Duration::from_secs(30), idle: Duration::from_secs(15) }
    }
}

/// One message on its way out.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which endpoint.
    pub endpoint: Endpoint,
    /// The JSON body.
    pub body: Bytes,
}

/// Sends one message and tells what came of it. The engine's only way out; tests put a simulation here.
pub trait Sender: Send + Sync + 'static {
    /// Sends once, never more.
    fn send(&self, request: Request) -> impl Future<Output = Outcome> + Send;

    /// Reads the source of the token once more, as WhatsApp refused the token. Where there is no source there is no other
    /// token either.
    fn renewed(&self) -> impl Future<Output = Renewal<Self>> + Send
    where
        Self: Sized,
    {
        std::future::ready(Renewal::Same)
    }
}

/// What the source of a token gave when it was read once more.
#[derive(Debug)]
pub enum Renewal<S> {
    /// Another token: this sends with it.
    Other(S),
    /// The same token.
    Same,
    /// Nothing; why, in words for people.
    Failed(String),
}

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not one that a token may be sent to.
    #[error(
        "`{0}` is not an address tidings sends to: use https, or http on this machine (127.0.0.1, ::1, localhost), without \
         a user name, password or query"
    )]
    Address(String),
    /// The token cannot stand in a header.
    #[error("the token holds characters that cannot be sent")]
    Token,
    /// TLS or the like failed to start.
    #[error("the HTTP client cannot be started: {0}")]
    Start(#[from] reqwest::Error),
}

/// A client for one sender.
pub struct Client {
    http: reqwest::Client,
    messages: Url,
    marketing_messages: Url,
    credential: Credential,
    /// Where the token came from; none where it is the only one.
    source: Option<TokenSource>,
    timeouts: Timeouts,
}

impl Client {
    /// A client that sends from `phone_number_id` through `api` (such as [`META_API`]), and waits as long as the default
    /// [`Timeouts`] say.
    ///
    /// # Errors
    /// When the address is neither https nor on this machine, or TLS cannot be set up.
    pub fn new(api: &str, api_version: &str, phone_number_id: &str, token: &Token) -> Result<Self, ClientError> {
        Self::with_timeouts(api, api_version, phone_number_id, token, Timeouts::default())
    }

    /// The same, with a patience of its own.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_timeouts(
        api: &str,
        api_version: &str,
        phone_number_id: &str,
        token: &Token,
        timeouts: Timeouts,
    ) -> Result<Self, ClientError> {
        let base = checked_address(api)?;
        let endpoint = |name: &str| {
            let mut url = base.clone();
            url.set_path(&format!("{}/{api_version}/{phone_number_id}/{name}", base.path().trim_end_matches('/')));
            url
        };
        Ok(Self {
            http: http(&timeouts)?,
            messages: endpoint("messages"),
            marketing_messages: endpoint("marketing_messages"),
            credential: Credential::new(token, None)?,
            source: None,
            timeouts,
        })
    }

    /// The same, able to read the token anew once it is refused.
    #[must_use]
    pub fn renewed_from(self, source: TokenSource) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The same, with every request proving that whoever sends it holds the app secret.
    #[must_use]
    pub fn proving(self, app_secret: Option<AppSecret>) -> Self {
        Self { credential: self.credential.proving(app_secret), ..self }
    }

    /// The same with another credential. Connections are shared, so that nothing has to shake hands again.
    fn with_credential(&self, credential: Credential) -> Self {
        Self {
            http: self.http.clone(),
            messages: self.messages.clone(),
            marketing_messages: self.marketing_messages.clone(),
            credential,
            source: self.source.clone(),
            timeouts: self.timeouts,
        }
    }

    /// What comes of an attempt is written down and shown.
    fn redact(&self, mut outcome: Outcome) -> Outcome {
        match &mut outcome {
            Outcome::Refused(refusal) => self.credential.redact(&mut refusal.detail),
            Outcome::NotSent { why } | Outcome::InDoubt { why, .. } => self.credential.redact(why),
            Outcome::Accepted { .. } => {}
        }
        outcome
    }
}

/// The client below: no redirects, no retries, no proxies.
pub(super) fn http(timeouts: &Timeouts) -> Result<reqwest::Client, ClientError> {
    let Timeouts { connect, request, idle } = *timeouts;
    Ok(http::client(Waits { connect, request, idle }).build()?)
}

/// The header that carries the token: marked so that nothing prints it, and wiped with its last copy.
pub(super) fn bearer(token: &Token) -> Result<HeaderValue, ClientError> {
    let text = Zeroizing::new(["Bearer ", token.expose()].concat().into_bytes());
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).map_err(|_| ClientError::Token)?;
    header.set_sensitive(true);
    Ok(header)
}

impl Sender for Client {
    async fn send(&self, request: Request) -> Outcome {
        let url = match request.endpoint {
            Endpoint::Messages => self.messages.clone(),
            Endpoint::MarketingMessages => self.marketing_messages.clone(),
        };
        let (body, witness) = WitnessedBody::new(request.body);
        let sent = self
            .credential
            .show(url, |url| self.http.post(url))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(reqwest::Body::wrap(body))
            .send()
            .await;
        let failed = |error: reqwest::Error| failure(&error, &witness, &self.timeouts);
        self.redact(match sent {
            Ok(response) => read_reply(response).await.unwrap_or_else(failed),
            Err(error) => failed(error),
        })
    }

    async fn renewed(&self) -> Renewal<Self> {
        let Some(source) = &self.source else { return Renewal::Same };
        let token = match source.read().await {
            Ok(token) => token,
            Err(error) => return Renewal::Failed(error.to_string()),
        };
        match self.credential.renewed(&token) {
            Ok(Some(credential)) => Renewal::Other(self.with_credential(credential)),
            Ok(None) => Renewal::Same,
            Err(error) => Renewal::Failed(error.to_string()),
        }
    }
}

async fn read_reply(mut response: Response) -> Result<Outcome, reqwest::Error> {
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let retry_after_s = header(RETRY_AFTER).and_then(|value| pause::seconds(value, header(DATE)));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > REPLY_BYTES_MAX {
            let why = format!("HTTP {status} with an answer over {REPLY_BYTES_MAX} bytes");
            return Ok(Outcome::InDoubt { cause: Cause::Unclear, why });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(classify(status, retry_after_s, &body))
}

/// Error texts cannot tell whether the request left: the same words come with and without. The body can.
fn failure(error: &reqwest::Error, witness: &AtomicBool, timeouts: &Timeouts) -> Outcome {
    let why = describe(error, timeouts);
    if witness.load(Ordering::Acquire) {
        Outcome::InDoubt { cause: Cause::Lost, why }
    } else {
        Outcome::NotSent { why }
    }
}

/// The innermost cause; never the outer text, which holds the address.
pub(super) fn describe(error: &reqwest::Error, timeouts: &Timeouts) -> String {
    if error.is_timeout() && error.is_connect() {
        return format!("no connection within {} s", timeouts.connect.as_secs_f64());
    }
    if error.is_timeout() {
        return format!("no answer within {} s", timeouts.request.as_secs_f64());
    }
    http::cause(error)
}

/// Whether a token may be sent to an address.
///
/// # Errors
/// When it is neither https nor on this machine.
pub fn check_address(api: &str) -> Result<(), ClientError> {
    checked_address(api).map(drop)
}

pub(super) fn checked_address(api: &str) -> Result<Url, ClientError> {
    http::trusted(api).map_err(ClientError::Address)
}

/// Whether an address is one of this machine's own.
pub fn is_loopback(api: &str) -> bool {
    Url::parse(api).is_ok_and(|url| http::is_this_machine(&url))
}

/// A request body that remembers whether the transport took it.
///
/// Not taken: the request cannot have been processed. It also cannot be cloned, so no library can send it twice.
struct WitnessedBody {
    body: Option<Bytes>,
    taken: Arc<AtomicBool>,
}

impl WitnessedBody {
    fn new(body: Bytes) -> (Self, Arc<AtomicBool>) {
        let taken = Arc::new(AtomicBool::new(false));
        (Self { body: Some(body), taken: Arc::clone(&taken) }, taken)
    }
}

impl Body for WitnessedBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.taken.store(true, Ordering::Release);
        Poll::Ready(self.body.take().map(|body| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.body.as_ref().map_or(0, |body| body.len() as u64))
    }
}
