//! A server that keeps every byte it gets, and answers as badly as it is told to.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::harness::request;

/// A request as it came, and the token that came with it.
pub struct Request {
    /// The request line and the headers.
    pub head: String,
    pub token: String,
    /// Where nothing may ever arrive: another host, as far as a token is concerned.
    pub elsewhere: String,
}

/// The bytes of an answer, one write a piece; none closes the connection without a word.
pub type Answer = fn(&Request) -> Vec<Vec<u8>>;

/// The requests so far: head and body.
type Got = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

pub struct Server {
    pub url: String,
    got: Got,
    trap: Trap,
}

/// A port that nobody has a reason to connect to.
pub struct Trap {
    pub url: String,
    caught: Arc<Mutex<usize>>,
}

impl Trap {
    pub fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let caught = Arc::new(Mutex::new(0));
        let count = Arc::clone(&caught);
        std::thread::spawn(move || listener.incoming().for_each(|_| *count.lock().expect("a number") += 1));
        Self { url, caught }
    }

    pub fn caught(&self) -> usize {
        *self.caught.lock().expect("a number")
    }
}

impl Server {
    pub fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (got, trap) = (Got::default(), Trap::set());
        let (kept, elsewhere) = (Arc::clone(&got), trap.url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, elsewhere) = (Arc::clone(&kept), elsewhere.clone());
                std::thread::spawn(move || serve(stream, answer, &kept, elsewhere));
            }
        });
        Self { url, got, trap }
    }

    /// How many requests came with a token.
    pub fn authorized(&self) -> usize {
        let got = self.got.lock().expect("the requests");
        got.iter().filter(|(head, _)| head.to_ascii_lowercase().contains("\r\nauthorization: bearer ")).count()
    }

    /// How many connections went where an answer pointed.
    pub fn strayed(&self) -> usize {
        self.trap.caught()
    }

    /// What came, without the two places that a token is for.
    pub fn traffic(&self) -> Vec<u8> {
        let got = self.got.lock().expect("the requests");
        let mut all = Vec::new();
        for (head, body) in got.iter() {
            let headers = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("authorization: bearer "));
            all.extend(headers.collect::<Vec<_>>().join("\n").into_bytes());
            all.extend(if is_introspection(head) { without_the_question(body) } else { body.clone() });
        }
        all
    }
}

/// A question about the token itself, which holds the token so that the address does not.
fn is_introspection(head: &str) -> bool {
    let path = head.split(' ').nth(1).unwrap_or_default();
    head.starts_with("POST ")
        && path.split('?').next().is_some_and(|path| path.matches('/').count() <= 2 && path.ends_with('/'))
}

fn without_the_question(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let Some((before, rest)) = text.split_once("input_token=") else { return body.to_vec() };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    format!("{before}{after}").into_bytes()
}

fn serve(stream: TcpStream, answer: Answer, got: &Got, elsewhere: String) {
    let mut stream = BufReader::new(stream);
    let Some(request) = request::Request::read(&mut stream) else { return };
    let token = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    let token = token.unwrap_or_default().to_owned();
    let request::Request { head, body } = request;
    got.lock().expect("the requests").push((head.clone(), body));
    let pieces = answer(&Request { head, token, elsewhere });
    for piece in pieces {
        // Whoever has read enough may leave.
        if stream.get_mut().write_all(&piece).is_err() {
            return;
        }
    }
}
