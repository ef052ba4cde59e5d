//! A server of one request: it takes it down, byte for byte, and answers as WhatsApp would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

pub struct Recorder {
    pub url: String,
    thread: JoinHandle<Recorded>,
}

pub struct Recorded {
    /// The request line and the headers, in lower case.
    pub head: String,
    pub body: serde_json::Value,
}

impl Recorder {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        Self { url, thread: std::thread::spawn(move || record(&listener)) }
    }

    pub fn recorded(self) -> Recorded {
        self.thread.join().expect("a request")
    }
}

fn record(listener: &TcpListener) -> Recorded {
    let (stream, _) = listener.accept().expect("a connection");
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        stream.read_line(&mut head).expect("a header");
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    stream.read_exact(&mut body).expect("a body");
    let answer = r#"{"messaging_product":"whatsapp","messages":[{"id":"wamid.recorded"}]}"#;
    let stream = stream.get_mut();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
        answer.len()
    )
    .expect("an answer");
    Recorded { head, body: serde_json::from_slice(&body).expect("JSON") }
}
