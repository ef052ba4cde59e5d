//! A connection of the hostile server, plain or with TLS. The certificate is a fixture, made for these tests and for
//! `localhost`, and signed by nobody but itself.

use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{Acceptor, ServerConfig, ServerConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::server::Notes;

const CERTIFICATE: &[u8] = include_bytes!("../data/localhost.cert.der");
const KEY: &[u8] = include_bytes!("../data/localhost.key.der");

pub struct Line {
    pub tcp: TcpStream,
    tls: Option<ServerConnection>,
    /// What came and was not used yet, deciphered.
    pub received: Vec<u8>,
}

impl Line {
    pub fn new(tcp: TcpStream) -> Self {
        Self { tcp, tls: None, received: Vec::new() }
    }

    /// None once the client has left.
    pub async fn receive_more(&mut self) -> Option<()> {
        let bytes = self.read().await?;
        let Some(tls) = &mut self.tls else {
            self.received.extend(bytes);
            return Some(());
        };
        tls.read_tls(&mut bytes.as_slice()).ok()?;
        let state = tls.process_new_packets().ok()?;
        let mut plain = vec![0; state.plaintext_bytes_to_read()];
        std::io::Read::read_exact(&mut tls.reader(), &mut plain).ok()?;
        self.received.extend(plain);
        Some(())
    }

    /// Takes so many bytes from the wire and no more. None once the client has left.
    pub async fn skip(&mut self, count: usize) -> Option<()> {
        self.tcp.read_exact(&mut vec![0; count]).await.ok().map(drop)
    }

    /// None once the client has left.
    pub async fn send(&mut self, bytes: &[u8]) -> Option<()> {
        if let Some(tls) = &mut self.tls {
            std::io::Write::write_all(&mut tls.writer(), bytes).expect("room");
            return self.flush_tls().await;
        }
        self.tcp.write_all(bytes).await.ok()
    }

    async fn read(&mut self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; 16 * 1024];
        let count = self.tcp.read(&mut bytes).await.ok().filter(|count| *count > 0)?;
        bytes.truncate(count);
        Some(bytes)
    }

    async fn flush_tls(&mut self) -> Option<()> {
        let mut bytes = Vec::new();
        while let Some(tls) = self.tls.as_mut().filter(|tls| tls.wants_write()) {
            tls.write_tls(&mut bytes).expect("into memory");
        }
        self.tcp.write_all(&bytes).await.ok()
    }
}

/// Reads the client's greeting and notes what it offers.
pub async fn greeting(line: &mut Line, notes: &Notes) -> Option<()> {
    greet(line, notes).await.map(drop)
}

async fn greet(line: &mut Line, notes: &Notes) -> Option<rustls::server::Accepted> {
    let mut acceptor = Acceptor::default();
    loop {
        let bytes = line.read().await?;
        acceptor.read_tls(&mut bytes.as_slice()).ok()?;
        if let Ok(Some(accepted)) = acceptor.accept() {
            let offered = accepted.client_hello().alpn().into_iter().flatten();
            let offered = offered.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            notes.book().offered.push(offered);
            return Some(accepted);
        }
    }
}

/// Shakes hands, and notes how that ended. None where the client does not trust us.
pub async fn shake_hands(line: &mut Line, notes: &Notes) -> Option<()> {
    let accepted = greet(line, notes).await?;
    line.tls = Some(accepted.into_connection(config()).ok()?);
    loop {
        line.flush_tls().await?;
        let tls = line.tls.as_mut()?;
        if !tls.is_handshaking() {
            notes.book().handshakes.push(Ok(()));
            return Some(());
        }
        let bytes = line.read().await?;
        let tls = line.tls.as_mut()?;
        tls.read_tls(&mut bytes.as_slice()).ok()?;
        if let Err(error) = tls.process_new_packets() {
            notes.book().handshakes.push(Err(error.to_string()));
            return None;
        }
        let mut plain = Vec::new();
        // The first request may come with the last of the handshake.
        let _ = std::io::Read::read_to_end(&mut tls.reader(), &mut plain);
        line.received.extend(plain);
    }
}

fn config() -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![CERTIFICATE.to_vec().into()], key)
        .expect("the fixture");
    // A client that offered HTTP/2 would get it.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}
