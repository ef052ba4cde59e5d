//! A secret store for tests: it answers by a rule, over HTTP or HTTPS, and keeps what it was asked.

use std::fs::Permissions;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tidings::secret::Variables;

use super::request::Request;

const CERTIFICATE: &[u8] = include_bytes!("../data/localhost.cert.der");
const KEY: &[u8] = include_bytes!("../data/localhost.key.der");

/// A request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// As it came, still encoded.
    pub path: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Method and path.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What becomes of a request.
pub enum Answer {
    /// A status and a body.
    Says(u16, String),
    /// Redirects to an address.
    SendsTo(String),
    /// More than anybody wants.
    Floods,
    /// Nothing, ever.
    IsSilent,
}

type Rule = dyn Fn(&Asked) -> Answer + Send + Sync;

pub struct StoreServer {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StoreServer {
    pub fn new(rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::start(rule, None)
    }

    /// As `localhost`, with a certificate that only [`ca`] vouches for.
    pub fn with_tls(rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![CERTIFICATE.to_vec().into()], key)
            .expect("the fixture");
        Self::start(rule, Some(Arc::new(config)))
    }

    fn start(rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, rule): (Arc<Mutex<Vec<Asked>>>, Arc<Rule>) = (Arc::default(), Arc::new(rule));
        let book = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, tls) = (stream.expect("a connection"), tls.clone());
                let (rule, book) = (Arc::clone(&rule), Arc::clone(&book));
                std::thread::spawn(move || match tls {
                    None => serve(&mut BufReader::new(stream), &*rule, &book),
                    Some(config) => serve(&mut BufReader::new(secured(stream, config)), &*rule, &book),
                });
            }
        });
        Self { port, asked }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn tls_url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("the book").clone()
    }

    /// Methods and paths, in order.
    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }
}

fn secured(stream: TcpStream, config: Arc<ServerConfig>) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(config).expect("a connection"), stream)
}

/// The certificate of the servers here as a PEM file.
pub fn ca(directory: &Path) -> String {
    let path = directory.join("ca.pem");
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", base64(CERTIFICATE));
    std::fs::write(&path, pem).expect("a file");
    path.display().to_string()
}

/// Base64 in one line, with its padding.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |chunk: &[u8]| {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        (0..4)
            .map(move |at| (at, bits))
            .map(|(at, bits)| match at > chunk.len() {
                true => '=',
                false => char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]),
            })
            .collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// Variables that lead to a store.
pub fn variables(given: &[(&str, &str)]) -> Variables {
    Variables::Given(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// A file that nobody else may read.
pub fn secret_file(directory: &Path, name: &str, content: &str) -> String {
    let path = directory.join(name);
    std::fs::write(&path, content).expect("a file");
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
    path.display().to_string()
}

/// Answers request after request, until the client leaves.
fn serve<S: Read + Write>(stream: &mut BufReader<S>, rule: &Rule, book: &Mutex<Vec<Asked>>) {
    while let Some(asked) = receive(stream) {
        book.lock().expect("the book").push(asked.clone());
        let answer = rule(&asked);
        // A client that has heard enough leaves.
        if respond(stream.get_mut(), answer).is_none() {
            return;
        }
    }
}

fn receive<S: Read>(stream: &mut BufReader<S>) -> Option<Asked> {
    let request = Request::read(stream)?;
    let (method, path) = request.line();
    let headers = request.head.lines().skip(1).filter_map(|line| line.split_once(": "));
    Some(Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
        body: String::from_utf8(request.body.clone()).expect("text"),
    })
}

fn respond(stream: &mut impl Write, answer: Answer) -> Option<()> {
    let (head, body) = match answer {
        Answer::Says(status, body) => (format!("{status} Answer\r\nContent-Length: {}", body.len()), body),
        Answer::SendsTo(url) => (format!("307 Elsewhere\r\nLocation: {url}\r\nContent-Length: 0"), String::new()),
        Answer::Floods => ("200 OK\r\nContent-Length: 1000000000".to_owned(), "x".repeat(4 * 1024 * 1024)),
        Answer::IsSilent => loop {
            std::thread::park();
        },
    };
    write!(stream, "HTTP/1.1 {head}\r\nContent-Type: application/json\r\n\r\n{body}").ok()?;
    stream.flush().ok()
}
