//! The sandbox without a socket: a request in, an answer out. No IO, no clock, nothing asynchronous.

use std::time::Duration;

use serde::Serialize;

use super::account::{Account, Question};
use super::book::{self, Accepted, Book, Summary};
use super::catalogue::Catalogue;
use super::faults::{Kind, Script};
use super::refusal::Refusal;
use super::request::{self, Addressee, Wanted};
use super::throttle::Throttle;
use super::{credential, draw};
use crate::clock::UnixMs;
use crate::cloud::Endpoint;
use crate::cloud::templates::TemplateDefinition;

/// A template message is a few kilobytes at most.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Where the book is read and emptied.
pub const BOOK_PATH: &str = "/_sandbox/messages";

const PAGE_DEFAULT: usize = 100;

/// A page is made while requests wait.
const PAGE_MAX: usize = 10_000;

/// What a proxy puts in the place of an answer.
const WEB_PAGE: &[u8] = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please sign in.</body></html>";

/// Draws of different things must not follow from each other.
const LATENCY_SALT: u64 = 0x6c61_7465_6e63_7921;

/// A request, as the world sees it. It holds a token, so it cannot be printed.
pub struct Asked<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// What stands behind the question mark.
    pub query: Option<&'a str>,
    /// The header `Authorization`.
    pub authorization: Option<&'a [u8]>,
    /// The header `Content-Type`.
    pub content_type: Option<&'a [u8]>,
    /// The body; one that is longer than [`BODY_BYTES_MAX`] may be cut anywhere beyond.
    pub body: &'a [u8],
}

/// What the sandbox does about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How long it waits before.
    pub after: Duration,
    /// What it does then.
    pub reply: Reply,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A complete HTTP response.
    Http(Response),
    /// The connection is reset.
    Reset,
    /// The connection is closed without a word.
    Close,
    /// Nothing, for as long as the client waits.
    Silence,
}

/// An HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: &'static str,
    /// The header `Retry-After`, in seconds.
    pub retry_after_s: Option<u32>,
    /// The body.
    pub body: Vec<u8>,
}

/// A WhatsApp Cloud API with a book of what it accepted.
pub struct World {
    script: Script,
    throttle: Option<Throttle>,
    book: Book,
    catalogue: Catalogue,
    account: Account,
    /// How often templates were asked for.
    lists: u64,
    requests: u64,
    /// Grows with every message and every refusal, and is not set back with the book: no id comes twice.
    serial: u64,
}

/// The book as `GET` tells it.
#[derive(Serialize)]
struct BookPage<'a> {
    accepted: u64,
    recipients: u64,
    requests: u64,
    recipients_twice: u64,
    twice: &'a [book::Twice],
    by_template: &'a [book::ByTemplate],
    offset: usize,
    limit: usize,
    messages: Vec<Accepted>,
}

impl World {
    /// A world with an empty book and the sandbox's own templates.
    pub fn new(script: Script) -> Self {
        let throttle = script.rate_limit.map(Throttle::new);
        let catalogue = Catalogue::built_in().sick(&script.sick);
        let account = Account::new(&script.sick);
        Self { script, throttle, book: Book::default(), catalogue, account, lists: 0, requests: 0, serial: 0 }
    }

    /// The same with other templates.
    #[must_use]
    pub fn with_templates(self, templates: &[TemplateDefinition]) -> Self {
        Self { catalogue: Catalogue::of(templates).sick(&self.script.sick), ..self }
    }

    /// The world of whoever reads the time: it says so where times come in. Without it, it is 1970.
    pub fn begins_at(&mut self, unix_ms: UnixMs) {
        self.account.begins_at(unix_ms);
    }

    /// By how much the world's clock is wrong.
    pub fn clock_error(&self) -> Duration {
        self.account.clock_error()
    }

    /// Answers one request that comes at `now`, counted from any fixed moment.
    pub fn answer(&mut self, asked: &Asked<'_>, now: Duration) -> Answer {
        if asked.path == BOOK_PATH {
            return Answer { after: Duration::ZERO, reply: Reply::Http(self.show_book(asked)) };
        }
        let answer = match (Question::of(asked), account(asked.path)) {
            (Some(question), _) => self.tell(&question, asked, now),
            (None, Some(account)) => self.list(account, asked, now),
            (None, None) => self.send(asked, now),
        };
        answer.unwrap_or_else(|refusal| {
            let after = self.script.latency.draw(0);
            Answer { after, reply: Reply::Http(self.refuse(&refusal)) }
        })
    }

    /// The book in figures.
    pub fn book(&self) -> Summary {
        self.book.summary(self.requests)
    }

    /// Accepted messages in their order: at most `limit`, from the one after the first `offset`.
    pub fn messages(&self, offset: usize, limit: usize) -> Vec<Accepted> {
        self.book.page(self.script.seed, offset, limit)
    }

    /// Empties the book: a new rehearsal, in which the same recipients meet the same faults again.
    pub fn forget(&mut self) {
        self.book = Book::default();
        self.requests = 0;
    }

    /// Tells of token, number and account. The script's faults are for messages and templates: what is wrong here is an
    /// illness.
    fn tell(&mut self, question: &Question<'_>, asked: &Asked<'_>, now: Duration) -> Result<Answer, Refusal> {
        self.admit(asked)?;
        let told = self.account.tell(question, self.script.token, now)?;
        Ok(Answer { after: Duration::ZERO, reply: Reply::Http(Response::json(200, told.to_string().into_bytes())) })
    }

    /// Refuses whoever may ask nothing at all.
    fn admit(&self, asked: &Asked<'_>) -> Result<(), Refusal> {
        credential::check(asked, &self.script)?;
        self.account.admit(asked.query.unwrap_or_default())
    }

    /// Lists templates. Reading goes wrong as sending does, by the same script; what it asks for does not count as a request.
    fn list(&mut self, account: &str, asked: &Asked<'_>, now: Duration) -> Result<Answer, Refusal> {
        if asked.method != "GET" || !is_digits(account) {
            return Err(Refusal::unknown_object(asked.method, account));
        }
        self.admit(asked)?;
        self.account.allows_management()?;
        self.pass(now)?;
        let page = self.catalogue.page(asked.path, asked.query.unwrap_or_default())?;
        self.lists += 1;
        let chance = draw::mix(draw::of_bytes(self.script.seed, asked.path.as_bytes()) ^ self.lists);
        let after = self.script.latency.draw(draw::mix(chance ^ LATENCY_SALT));
        let reply = match self.script.faults.draw(chance) {
            // A list cannot be held back.
            None | Some(Kind::Held) => Reply::Http(Response::json(200, page)),
            Some(fault) => self.fault(fault),
        };
        Ok(Answer { after, reply })
    }

    fn pass(&mut self, now: Duration) -> Result<(), Refusal> {
        if self.throttle.as_mut().is_some_and(|throttle| !throttle.pass(now)) {
            return Err(Refusal::new(130_429, "the sandbox's rate limit is reached"));
        }
        Ok(())
    }

    fn send(&mut self, asked: &Asked<'_>, now: Duration) -> Result<Answer, Refusal> {
        let endpoint = endpoint(asked)?;
        self.requests += 1;
        self.admit(asked)?;
        if !is_json(asked.content_type) {
            return Err(Refusal::invalid("Content-Type", "must be application/json"));
        }
        if asked.body.len() > BODY_BYTES_MAX {
            return Err(Refusal::invalid("body", format_args!("longer than {BODY_BYTES_MAX} bytes")));
        }
        request::read(endpoint, asked.body, |wanted| self.settle(endpoint, &wanted, now))?
    }

    /// Decides about a good request.
    ///
    /// One that the rate limit turns away does not count as asked: who meets which fault must not depend on the time.
    fn settle(&mut self, endpoint: Endpoint, wanted: &Wanted<'_>, now: Duration) -> Result<Answer, Refusal> {
        self.pass(now)?;
        let (id, before) = self.book.ask(wanted.to);
        let about = draw::of_bytes(self.script.seed, wanted.to.text().as_bytes());
        let chance = draw::mix(about ^ u64::from(before));
        let after = self.script.latency.draw(draw::mix(chance ^ LATENCY_SALT));
        let fault = self.script.faults.draw(chance);
        let taken = fault.is_none_or(Kind::accepts);
        let wamid = taken.then(|| {
            self.serial += 1;
            self.book.accept(id, self.serial, endpoint, wanted);
            book::wamid(self.script.seed, self.serial, wanted.to.text(), wanted.callback.unwrap_or_default())
        });
        let reply = self.reply(fault, wanted.to, wamid.as_deref().unwrap_or_default());
        Ok(Answer { after, reply })
    }

    fn reply(&mut self, fault: Option<Kind>, to: Addressee<'_>, wamid: &str) -> Reply {
        match fault {
            None => Reply::Http(Response::json(200, success(to, wamid, "accepted"))),
            Some(Kind::Held) => Reply::Http(Response::json(200, success(to, wamid, "held_for_quality_assessment"))),
            Some(fault) => self.fault(fault),
        }
    }

    /// What comes instead of the answer.
    fn fault(&mut self, fault: Kind) -> Reply {
        match fault {
            Kind::Graph(code) => Reply::Http(self.refuse(&Refusal::new(code, "a fault of the sandbox's script"))),
            // What is held is answered with yes before.
            Kind::ServerError { .. } | Kind::Held => {
                Reply::Http(self.refuse(&Refusal::new(131_000, "a fault of the sandbox's script")))
            }
            Kind::TooManyRequests => Reply::Http(Response {
                status: 429,
                content_type: "text/plain",
                retry_after_s: Some(1),
                body: b"Too Many Requests".to_vec(),
            }),
            Kind::Garbage { .. } => Reply::Http(Response {
                status: 200,
                content_type: "text/html",
                retry_after_s: None,
                body: WEB_PAGE.to_vec(),
            }),
            Kind::Reset { .. } => Reply::Reset,
            Kind::CloseEarly => Reply::Close,
            Kind::Stall { .. } => Reply::Silence,
        }
    }

    fn refuse(&mut self, refusal: &Refusal) -> Response {
        self.serial += 1;
        Response::json(refusal.status(), refusal.body(self.script.seed, self.serial))
    }

    fn show_book(&mut self, asked: &Asked<'_>) -> Response {
        match asked.method {
            "GET" => self.page(asked.query.unwrap_or_default()).unwrap_or_else(|refusal| self.refuse(&refusal)),
            "DELETE" => {
                self.forget();
                Response::json(200, br#"{"success":true}"#.to_vec())
            }
            method => self.refuse(&Refusal::unknown_object(method, "messages")),
        }
    }

    fn page(&self, query: &str) -> Result<Response, Refusal> {
        let (mut offset, mut limit) = (0, PAGE_DEFAULT);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let number = || value.parse().map_err(|_| Refusal::invalid(key, "must be a whole number"));
            match key {
                "offset" => offset = number()?,
                "limit" => limit = number()?.min(PAGE_MAX),
                _ => return Err(Refusal::invalid(key, "unknown; use limit and offset")),
            }
        }
        let summary = self.book();
        let page = BookPage {
            accepted: summary.accepted,
            recipients: summary.recipients,
            requests: summary.requests,
            recipients_twice: summary.recipients_twice,
            twice: &summary.twice,
            by_template: &summary.by_template,
            offset,
            limit,
            messages: self.messages(offset, limit),
        };
        let mut body = Vec::new();
        // Writing into memory does not fail, and all keys are text.
        let _ = serde_json::to_writer(&mut body, &page);
        Ok(Response::json(200, body))
    }
}

impl Response {
    const fn json(status: u16, body: Vec<u8>) -> Self {
        Self { status, content_type: "application/json", retry_after_s: None, body }
    }
}

/// Meta's yes. What it repeats holds nothing that JSON would escape.
fn success(to: Addressee<'_>, wamid: &str, status: &str) -> Vec<u8> {
    let input = to.text();
    let (key, id) = match to {
        Addressee::Phone(phone) => (r#"","wa_id":""#, &phone[1..]),
        Addressee::UserId(user_id) => (r#"","user_id":""#, user_id),
    };
    // Joined rather than formatted: this is done for every message.
    [
        r#"{"messaging_product":"whatsapp","contacts":[{"input":""#,
        input,
        key,
        id,
        r#""}],"messages":[{"id":""#,
        wamid,
        r#"","message_status":""#,
        status,
        r#""}]}"#,
    ]
    .concat()
    .into_bytes()
}

/// Which endpoint a path means: `/{version}/{phone number id}/messages` or `…/marketing_messages`.
fn endpoint(asked: &Asked<'_>) -> Result<Endpoint, Refusal> {
    let unknown = || Refusal::unknown_path(asked.path);
    let (version, rest) = asked.path.strip_prefix('/').and_then(|path| path.split_once('/')).ok_or_else(unknown)?;
    let (object, name) = rest.split_once('/').ok_or_else(unknown)?;
    let endpoint = match name {
        "messages" => Endpoint::Messages,
        "marketing_messages" => Endpoint::MarketingMessages,
        _ => return Err(unknown()),
    };
    if !is_version(version) {
        return Err(unknown());
    }
    if asked.method != "POST" || !is_digits(object) {
        return Err(Refusal::unknown_object(asked.method, object));
    }
    Ok(endpoint)
}

/// The account whose templates a path means: `/{version}/{account}/message_templates`.
fn account(path: &str) -> Option<&str> {
    let (version, account) = path.strip_prefix('/')?.strip_suffix("/message_templates")?.split_once('/')?;
    is_version(version).then_some(account)
}

/// Such as `v25.0`.
pub(super) fn is_version(text: &str) -> bool {
    let numbers = text.strip_prefix('v').and_then(|numbers| numbers.split_once('.'));
    numbers.is_some_and(|(major, minor)| is_digits(major) && is_digits(minor))
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_json(content_type: Option<&[u8]>) -> bool {
    let media_type = content_type.and_then(|value| value.split(|&byte| byte == b';').next());
    media_type.is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"application/json"))
}
