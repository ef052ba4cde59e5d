//! `tidings sandbox` as a process, and its book.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use serde::Deserialize;

use super::process::{Running, clean, until};
use super::project::TIDINGS;
use super::reports::{Report, Row};

/// A sandbox server on a free port. It ends with the test.
pub struct Server {
    pub url: String,
    pub running: Running,
}

/// What the sandbox accepted.
#[derive(Debug, Deserialize)]
pub struct Book {
    pub accepted: u64,
    pub requests: u64,
    pub recipients_twice: u64,
    pub messages: Vec<Message>,
}

/// One accepted message.
#[derive(Debug, Deserialize)]
pub struct Message {
    pub wamid: String,
    pub recipient: String,
    pub template: String,
    pub language: String,
}

impl Server {
    /// With these arguments besides the port.
    pub fn start(arguments: &[&str]) -> Self {
        let home = Arc::new(tempfile::tempdir().expect("a directory"));
        let mut command = clean(TIDINGS);
        command.args(["sandbox", "--port", "0"]).args(arguments);
        let running = Running::start(&mut command, home);
        let url = until("the sandbox's address", || {
            running.stdout_so_far().lines().find(|line| line.starts_with("http://")).map(str::to_owned)
        });
        Self { url, running }
    }

    /// Does this to that share of requests, such as `131026=50%`.
    pub fn with_faults(faults: &[&str]) -> Self {
        Self::start(&faults.iter().flat_map(|fault| ["--fault", fault]).collect::<Vec<_>>())
    }

    /// The whole book.
    pub fn book(&self) -> Book {
        let mut book = self.page(0);
        while (book.messages.len() as u64) < book.accepted {
            let more = self.page(book.messages.len()).messages;
            assert!(!more.is_empty(), "the book ends early");
            book.messages.extend(more);
        }
        book
    }

    /// How many requests it got.
    pub fn requests(&self) -> u64 {
        self.get("/_sandbox/messages?limit=0").requests
    }

    /// Waits until it got so many requests.
    pub fn until_requests(&self, count: u64) {
        until("requests", || (self.requests() >= count).then_some(()));
    }

    fn page(&self, offset: usize) -> Book {
        self.get(&format!("/_sandbox/messages?limit=10000&offset={offset}"))
    }

    fn get(&self, path: &str) -> Book {
        let address = self.url.strip_prefix("http://").expect("an address");
        let mut stream = TcpStream::connect(address).expect("the sandbox");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("the book")
    }
}

impl Book {
    /// Whether a report tells the truth: nobody twice, every id right, and whoever got a message is accepted or in doubt.
    #[track_caller]
    pub fn bears_out(&self, report: &Report) {
        let got: BTreeMap<_, _> = self.messages.iter().map(|message| (&*message.recipient, message)).collect();
        assert_eq!((self.recipients_twice, got.len()), (0, self.messages.len()));
        let mut known = 0;
        for row in &report.rows {
            let message = got.get(row.recipient.trim_start_matches('\''));
            known += usize::from(message.is_some());
            match (row.state.as_str(), message) {
                ("accepted", Some(message)) => message.is_the_one_in(row),
                ("accepted", None) => panic!("never got it: {row:?}"),
                ("in_doubt", _) | (_, None) => {}
                (_, Some(message)) => panic!("got it nevertheless: {row:?} {message:?}"),
            }
        }
        assert_eq!(known, got.len(), "people who got a message and do not stand in the report");
    }
}

impl Message {
    #[track_caller]
    fn is_the_one_in(&self, row: &Row) {
        let told = (&*self.wamid, &*self.template, &*self.language);
        assert_eq!(told, (&*row.wamid, &*row.template, &*row.language), "{row:?}");
    }
}
