//! The token goes into one header, and from there nowhere else.

use std::io::{Read, Write};
use std::net::TcpListener;

use bytes::Bytes;
use tidings::cloud::Endpoint;
use tidings::cloud::client::{Client, Request, Sender};
use tidings::secret::Token;

const TOKEN: &str = "EAAGnotARealTokenButAsLongAsOne0123456789";

/// Answers one request with what its authorization header holds.
fn echo(status: &'static str, code: i64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut text = Vec::new();
        let mut block = [0; 4096];
        while !text.ends_with(b"{}") {
            let length = stream.read(&mut block).expect("a request");
            text.extend_from_slice(&block[..length]);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let token = text.split("Bearer ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let body =
            format!(r#"{{"error":{{"message":"Malformed access token {token}","code":{code},"fbtrace_id":"A1"}}}}"#);
        let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    });
    address
}

#[tokio::test]
async fn an_answer_that_repeats_the_token_does_not_take_it_further() {
    for (status, code) in [("401 Unauthorized", 190), ("500 Internal Server Error", 1)] {
        let client =
            Client::new(&echo(status, code), "v25.0", "106540352242922", &Token::for_sandbox(TOKEN)).expect("a client");
        let request = Request { endpoint: Endpoint::Messages, body: Bytes::from_static(b"{}") };
        let told = format!("{:?}", client.send(request).await);
        assert!(told.contains("Malformed access token [token]"), "{told}");
        assert!(!told.contains(TOKEN), "{told}");
    }
}

#[test]
fn an_address_with_a_secret_in_it_is_refused_without_repeating_the_secret() {
    for api in [
        format!("https://user:{TOKEN}@graph.facebook.com"),
        format!("https://{TOKEN}@graph.facebook.com"),
        format!("https://graph.facebook.com/?access_token={TOKEN}"),
    ] {
        let error = Client::new(&api, "v25.0", "106540352242922", &Token::for_sandbox(TOKEN)).err().expect("a refusal");
        assert!(!error.to_string().contains(TOKEN), "{error}");
    }
}

#[test]
fn a_token_goes_over_tls_or_stays_on_this_machine() {
    let allowed = |api: &str| Client::new(api, "v25.0", "106540352242922", &Token::for_sandbox(TOKEN)).is_ok();
    for api in ["https://graph.facebook.com", "http://127.0.0.1:1", "HTTP://LOCALHOST:1", "http://[::1]:1"] {
        assert!(allowed(api), "{api}");
    }
    for api in [
        "http://graph.facebook.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.:1",
        "http://localhost@evil.example",
        "http://0.0.0.0:1",
        "ftp://localhost",
        "file:///etc/passwd",
        "graph.facebook.com",
    ] {
        assert!(!allowed(api), "{api}");
    }
}
