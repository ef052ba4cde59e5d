//! A server that does what it is told and no more: a raw TCP listener, a script a connection, all in one thread.
//!
//! It counts what a message costs: requests that came whole, head and body. A reply is only bytes of the script.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::tls::{self, Line};

/// Far beyond what any script takes: a test that hangs fails instead.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one connection does, in order. After the last step it reads on and says nothing until the client leaves.
pub type Script = Vec<Step>;

pub enum Step {
    /// Shakes hands as `localhost`, with a certificate that nobody vouches for.
    Handshake,
    /// Reads the first greeting of TLS, and no more.
    Greeting,
    /// Reads one request, whole.
    Read,
    /// Reads so many bytes, and leaves the rest unread.
    ReadBytes(usize),
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends one byte after another, with a wait between, until the client leaves.
    Drip(Duration),
    /// Sends up to so many bytes, or until the client leaves.
    Flood(u64),
    /// Waits for a word of the test, closes, and says so.
    CloseWhenTold(oneshot::Receiver<()>, std::sync::mpsc::Sender<()>),
    /// Closes in good order.
    Close,
    /// Resets.
    Reset,
}

/// A request that came whole.
#[derive(Debug, Clone)]
pub struct Whole {
    /// In small letters.
    pub head: String,
    pub body: Vec<u8>,
}

/// What a server saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub connections: usize,
    pub whole: Vec<Whole>,
    /// Bytes that a flood could get rid of.
    pub flooded: u64,
    /// The protocols that each greeting of TLS offers.
    pub offered: Vec<Vec<String>>,
    /// How handshakes ended.
    pub handshakes: Vec<Result<(), String>>,
}

impl Seen {
    /// How often the body of an attempt came whole.
    pub fn times(&self, body: &str) -> usize {
        self.whole.iter().filter(|request| request.body == body.as_bytes()).count()
    }

    pub fn methods(&self) -> Vec<&str> {
        self.whole.iter().map(|request| request.head.split(' ').next().expect("a method")).collect()
    }
}

/// What the connections of a server share.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<Seen>>);

impl Notes {
    pub fn book(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().expect("the book")
    }
}

pub struct Hostile {
    pub port: u16,
    notes: Notes,
    close: oneshot::Sender<()>,
    closed: oneshot::Receiver<()>,
}

/// Awaits, but not for ever.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("an end in time")
}

impl Hostile {
    /// A server whose n-th connection plays the n-th script, and those after the last nothing: they read and are silent.
    pub fn new(scripts: Vec<Script>) -> Self {
        let mut scripts = scripts.into_iter();
        Self::with(move || scripts.next().unwrap_or_default())
    }

    /// A server whose connections all play a script of their own.
    pub fn with(script: impl FnMut() -> Script + Send + 'static) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener that does not block");
        let port = listener.local_addr().expect("an address").port();
        let (close, told) = oneshot::channel();
        let (done, closed) = oneshot::channel();
        let notes = Notes::default();
        let book = notes.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(serve(listener, script, book, told));
            let _ = done.send(());
        });
        Self { port, notes, close, closed }
    }

    /// A server that answers one request, which comes alone on its connection.
    pub fn answering(reply: impl Into<Vec<u8>>) -> Self {
        Self::new(vec![vec![Step::Read, Step::Send(reply.into()), Step::Close]])
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn tls_url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// What has been seen once every client is gone: whoever calls has dropped its own.
    pub async fn seen(self) -> Seen {
        let _ = self.close.send(());
        soon(self.closed).await.expect("a server that ends");
        std::mem::take(&mut *self.notes.book())
    }
}

async fn serve(
    listener: std::net::TcpListener,
    mut script: impl FnMut() -> Script,
    notes: Notes,
    mut told: oneshot::Receiver<()>,
) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            _ = &mut told => break,
        };
        let (stream, _) = accepted.expect("a connection");
        notes.book().connections += 1;
        connections.spawn(play(stream, script(), notes.clone()));
    }
    soon(async { while connections.join_next().await.is_some() {} }).await;
}

/// None where the client left before the script's end.
async fn play(stream: TcpStream, script: Script, notes: Notes) -> Option<()> {
    let mut line = Line::new(stream);
    for step in script {
        match step {
            Step::Handshake => tls::shake_hands(&mut line, &notes).await?,
            Step::Greeting => tls::greeting(&mut line, &notes).await?,
            Step::Read => note_whole(&mut line, &notes).await?,
            Step::ReadBytes(count) => line.skip(count).await?,
            Step::Send(bytes) => line.send(&bytes).await?,
            Step::Drip(wait) => loop {
                line.send(b" ").await?;
                tokio::time::sleep(wait).await;
            },
            Step::Flood(total) => flood(&mut line, total, &notes).await?,
            Step::CloseWhenTold(told, done) => {
                let _ = told.await;
                drop(line);
                let _ = done.send(());
                return Some(());
            }
            Step::Close => {
                let _ = line.tcp.shutdown().await;
                return Some(());
            }
            Step::Reset => {
                line.tcp.set_zero_linger().expect("no linger");
                return Some(());
            }
        }
    }
    loop {
        note_whole(&mut line, &notes).await?;
    }
}

async fn flood(line: &mut Line, total: u64, notes: &Notes) -> Option<()> {
    let chunk = vec![b' '; 64 * 1024];
    let mut sent = 0;
    while sent < total {
        line.send(&chunk).await?;
        sent += chunk.len() as u64;
        notes.book().flooded += chunk.len() as u64;
    }
    Some(())
}

async fn note_whole(line: &mut Line, notes: &Notes) -> Option<()> {
    loop {
        if let Some((whole, length)) = whole(&line.received) {
            line.received.drain(..length);
            notes.book().whole.push(whole);
            return Some(());
        }
        line.receive_more().await?;
    }
}

/// The request at the front of what was received, and its length, once all of it is there.
fn whole(received: &[u8]) -> Option<(Whole, usize)> {
    let head_length = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&received[..head_length]).to_lowercase();
    let body_length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse::<usize>().expect("a length"));
    let length = head_length + body_length;
    let body = received.get(head_length..length)?.to_vec();
    Some((Whole { head, body }, length))
}
