//! A world behind the engine's way out: answers by a rule, keeps the book of who got a message, and lives in paused time.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use tidings::cloud::client::{Request, Sender};
use tidings::cloud::outcome::{Cause, Outcome, Refusal};
use tokio::time::Instant;

/// What happens to the `n`-th request (from 1) for a recipient.
type Rule = dyn Fn(&str, u32) -> Fate + Send + Sync;

/// What happens to a request.
#[derive(Debug, Clone)]
pub struct Fate {
    /// Whether the person gets the message.
    pub accepted: bool,
    /// What the sender learns; none for never.
    pub outcome: Option<Outcome>,
}

/// How long the answer to the `n`-th request for a recipient takes.
type Latency = dyn Fn(&str, u32) -> Duration + Send + Sync;

pub struct World {
    rule: Box<Rule>,
    latency: Box<Latency>,
    book: Mutex<Book>,
}

#[derive(Default)]
pub struct Book {
    /// How many requests came for each recipient.
    pub asked: HashMap<String, u32>,
    /// How many messages each recipient got.
    pub got: HashMap<String, u32>,
    /// When each request came.
    pub at: Vec<Instant>,
    /// How many outcomes the sender learnt.
    pub answered: u64,
    /// Callback data of each request.
    pub callbacks: Vec<String>,
    /// Those of whom the sender cannot know whether they got a message: it asked, and has no verdict.
    pub unclear: HashSet<String>,
}

pub fn yes(recipient: &str, n: u32) -> Fate {
    let wamid = format!("wamid.{recipient}.{n}");
    Fate { accepted: true, outcome: Some(Outcome::Accepted { wamid, message_status: None }) }
}

pub fn no(code: i64) -> Fate {
    let refusal = Refusal { code, subcode: None, detail: "no".into(), trace: None, retry_after_s: None };
    Fate { accepted: false, outcome: Some(Outcome::Refused(refusal)) }
}

pub fn not_sent() -> Fate {
    Fate { accepted: false, outcome: Some(Outcome::NotSent { why: "connection refused".into() }) }
}

pub fn doubt(accepted: bool) -> Fate {
    Fate { accepted, outcome: Some(Outcome::InDoubt { cause: Cause::Lost, why: "connection reset".into() }) }
}

pub fn never() -> Fate {
    Fate { accepted: true, outcome: None }
}

impl World {
    pub fn new(rule: impl Fn(&str, u32) -> Fate + Send + Sync + 'static) -> Self {
        Self { rule: Box::new(rule), latency: Box::new(|_, _| Duration::from_millis(100)), book: Mutex::default() }
    }

    pub fn latency(self, latency: Duration) -> Self {
        self.latencies(move |_, _| latency)
    }

    pub fn latencies(mut self, latency: impl Fn(&str, u32) -> Duration + Send + Sync + 'static) -> Self {
        self.latency = Box::new(latency);
        self
    }

    pub fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().expect("the book")
    }

    /// Those who got more than one message.
    pub fn twice(&self) -> Vec<String> {
        self.book().got.iter().filter(|(_, count)| **count > 1).map(|(recipient, _)| recipient.clone()).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's own paused clock")]
pub fn now() -> Instant {
    Instant::now()
}

impl Sender for World {
    async fn send(&self, request: Request) -> Outcome {
        let body: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
        let recipient = body["to"].as_str().expect("a recipient").to_owned();
        let (fate, latency) = {
            let mut book = self.book();
            book.at.push(now());
            book.callbacks.push(body["biz_opaque_callback_data"].as_str().expect("callback data").to_owned());
            let asked = book.asked.entry(recipient.clone()).or_default();
            *asked += 1;
            let (fate, latency) = ((self.rule)(&recipient, *asked), (self.latency)(&recipient, *asked));
            book.unclear.insert(recipient.clone());
            if fate.accepted {
                *book.got.entry(recipient.clone()).or_default() += 1;
            }
            (fate, latency)
        };
        tokio::time::sleep(latency).await;
        match fate.outcome {
            Some(outcome) => {
                let mut book = self.book();
                book.answered += 1;
                if !matches!(outcome, Outcome::InDoubt { .. }) {
                    book.unclear.remove(&recipient);
                }
                outcome
            }
            None => std::future::pending().await,
        }
    }
}
