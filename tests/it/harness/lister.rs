//! Something that answers in the place of Meta's list of templates: whatever a test wants to see answered.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// Answers each request with what a function makes of its path, and remembers the heads.
pub struct Lister {
    pub url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

/// A status line's rest, and a body.
pub type Reply = (&'static str, Vec<u8>);

impl Lister {
    /// `answer` gets the request's path with its query, and how many came before.
    pub fn new(mut answer: impl FnMut(&str, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        std::thread::spawn(move || {
            for (count, stream) in listener.incoming().enumerate() {
                let mut stream = stream.expect("a connection");
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                kept.lock().expect("the heads").push(head);
                let (status, body) = answer(&path, count);
                let length = body.len();
                let start = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                // Whoever has read enough may leave.
                let _ = stream.write_all(start.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        });
        Self { url, heads }
    }

    /// The requests so far, line and headers.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("the heads").clone()
    }
}
