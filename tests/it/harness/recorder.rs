//! A server of one request: it takes it down, byte for byte, and answers as WhatsApp would.

use std::io::{BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::request::Request;

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
    let Request { head, body } = Request::read(&mut stream).expect("a request");
    let answer = r#"{"messaging_product":"whatsapp","messages":[{"id":"wamid.recorded"}]}"#;
    let stream = stream.get_mut();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
        answer.len()
    )
    .expect("an answer");
    Recorded { head: head.to_lowercase(), body: serde_json::from_slice(&body).expect("JSON") }
}
