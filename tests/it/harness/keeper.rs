//! A WhatsApp that decides by the token: it keeps a book of every message and answers as a function says.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::process::until;
use super::request::Request;

/// One request, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What stands behind `Bearer`.
    pub token: String,
    /// The path with its query.
    pub target: String,
    pub to: String,
}

/// A request and whether it was accepted.
pub type Entry = (Asked, bool);

/// What is answered.
pub enum Answer {
    Yes,
    /// A status, and Meta's code and words.
    No(u16, i64, &'static str),
    /// The same, with the whole address in the words.
    Echo(i64),
}

pub const EXPIRED: Answer = Answer::No(401, 190, "Error validating access token: Session has expired");

#[derive(Clone, Default)]
pub struct Book(Arc<Mutex<Vec<Entry>>>);

impl Book {
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().expect("the book").clone()
    }

    /// How many requests came with a token, and how many of them were accepted.
    pub fn of(&self, token: &str) -> (usize, usize) {
        let of_it: Vec<_> = self.entries().into_iter().filter(|(asked, _)| asked.token == token).collect();
        (of_it.len(), of_it.iter().filter(|(_, accepted)| *accepted).count())
    }

    pub fn accepted(&self) -> usize {
        self.entries().iter().filter(|(_, accepted)| *accepted).count()
    }

    /// Those who got more than one message.
    pub fn twice(&self) -> usize {
        let mut got: Vec<_> =
            self.entries().into_iter().filter(|(_, accepted)| *accepted).map(|(asked, _)| asked.to).collect();
        let all = got.len();
        got.sort();
        got.dedup();
        all - got.len()
    }
}

pub struct Keeper {
    pub url: String,
    pub book: Book,
}

impl Keeper {
    /// A thread a connection, so that an answer may wait for what happens elsewhere. The function sees the book before the
    /// request stands in it.
    pub fn new(answer: impl Fn(&Asked, &Book) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (book, answer) = (Book::default(), Arc::new(answer));
        let kept = book.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, book, answer) = (stream.expect("a connection"), kept.clone(), Arc::clone(&answer));
                std::thread::spawn(move || converse(stream, &book, &*answer));
            }
        });
        Self { url, book }
    }
}

/// Until the client leaves.
fn converse(stream: TcpStream, book: &Book, answer: &(impl Fn(&Asked, &Book) -> Answer + ?Sized)) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let asked = read(&mut stream)?;
        if !asked.target.contains("/messages") {
            // A look before sending: nothing is told, so nothing follows from it.
            stream.get_mut().write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").ok()?;
            continue;
        }
        let answer = answer(&asked, book);
        let echo = asked.target.clone();
        let (status, body) = match answer {
            Answer::Yes => (200, r#"{"messages":[{"id":"wamid.kept"}]}"#.to_owned()),
            Answer::No(status, code, words) => (status, no(code, words)),
            Answer::Echo(code) => (400, no(code, &format!("what of {echo}"))),
        };
        book.0.lock().expect("the book").push((asked, status == 200));
        let head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.get_mut().write_all((head + &body).as_bytes()).ok()?;
    }
}

fn no(code: i64, words: &str) -> String {
    serde_json::json!({ "error": { "message": words, "code": code, "fbtrace_id": "A1" } }).to_string()
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let request = Request::read(stream)?;
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let token = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    Some(Asked {
        token: token.unwrap_or_default().to_owned(),
        target: request.line().1.to_owned(),
        to: body["to"].as_str().unwrap_or_default().to_owned(),
    })
}

/// Holds answers back until so many requests wait here at once.
pub struct Gathering {
    size: usize,
    here: Mutex<usize>,
}

impl Gathering {
    pub fn of(size: usize) -> Self {
        Self { size, here: Mutex::new(0) }
    }

    /// Comes back once everybody is here; for those who come later, at once.
    pub fn wait(&self) {
        *self.here.lock().expect("a count") += 1;
        until("a gathering", || (*self.here.lock().expect("a count") >= self.size).then_some(()));
    }
}
