//! What secret stores have in common: an address, a CA, one request at a time, and little patience.
//!
//! What a store says in words is never repeated: it may repeat what it was sent.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;
use reqwest::{Certificate, Method, RequestBuilder, Url};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::http::{self, Waits};
use super::{TokenError, Variables, file};

/// For everything that has to be asked: login and secret together.
const PATIENCE: Duration = Duration::from_secs(10);

const WAITS: Waits = Waits { connect: Duration::from_secs(5), request: PATIENCE, idle: Duration::from_secs(15) };

/// A secret is some hundred bytes, with what a store tells of it some kilobytes.
const REPLY_BYTES_MAX: usize = 256 * 1024;

/// A bundle of every CA there is has some hundred kilobytes.
const CA_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// Where Kubernetes puts the token of a pod's service account.
pub(super) const POD_JWT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// What stands in a segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A store that can be asked.
pub(super) struct Store {
    /// Its name and where it is, for people.
    name: String,
    address_variable: &'static str,
    ca_variable: &'static str,
    base: Url,
    http: reqwest::Client,
}

/// An answer, whatever it says.
pub(super) struct Reply {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
}

/// An error of a store whose address is not known.
pub(super) fn unready(store: &str, what: impl Into<String>) -> TokenError {
    TokenError::Store { store: store.to_owned(), what: what.into() }
}

/// A segment of a path, with everything in it that means something there encoded.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A header that nothing prints.
pub(super) fn sensitive(text: &SecretString, store: &Store) -> Result<HeaderValue, TokenError> {
    let header = HeaderValue::from_str(text.expose_secret());
    let mut header =
        header.map_err(|_| store.fails("cannot be asked: the secret for it has characters no header has"))?;
    header.set_sensitive(true);
    Ok(header)
}

impl Store {
    /// The store that one variable names the address of, and another the file with its CA.
    pub fn open(
        name: &str,
        address_variable: &'static str,
        ca_variable: &'static str,
        variables: &Variables,
    ) -> Result<Self, TokenError> {
        let address = variables.text(address_variable).ok_or_else(|| {
            unready(name, format!("cannot be asked: the variable {address_variable} is not set; set it to its address"))
        })?;
        let base = http::trusted(&address).map_err(|_| {
            let what = format!(
                "cannot be asked: {address_variable} is no address that a secret may be sent to: use https, or http on \
                 this machine, without a user name, password or query"
            );
            unready(name, what)
        })?;
        let mut client = http::client(WAITS);
        if let Some(path) = variables.text(ca_variable) {
            let authorities = authorities(Path::new(&path));
            client = client.tls_certs_only(authorities.map_err(|what| {
                unready(name, format!("cannot be asked: the file {path}, which {ca_variable} names, {what}"))
            })?);
        }
        let http =
            client.build().map_err(|error| unready(name, format!("cannot be asked: {}", http::cause(&error))))?;
        let shown = base.origin().ascii_serialization();
        Ok(Self { name: format!("{name} at {shown}"), address_variable, ca_variable, base, http })
    }

    /// Everything that is asked of a store, in the time that there is.
    pub async fn within<T>(&self, asking: impl Future<Output = Result<T, TokenError>>) -> Result<T, TokenError> {
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(answer) => answer,
            Err(_) => Err(self.silent()),
        }
    }

    /// A request to a path below the store's address; its segments are encoded already.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        self.http.request(method, url)
    }

    /// Asks once.
    pub async fn ask(&self, request: RequestBuilder) -> Result<Reply, TokenError> {
        let mut response = request.send().await.map_err(|error| self.lost(&error))?;
        let status = response.status().as_u16();
        if response.status().is_redirection() {
            let variable = self.address_variable;
            return Err(self.fails(format!(
                "sends on to another address (HTTP {status}), where no secret is sent; name the right one in {variable}"
            )));
        }
        let mut body = Zeroizing::new(Vec::with_capacity(4 * 1024));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost(&error))? {
            if body.len() + chunk.len() > REPLY_BYTES_MAX {
                return Err(self.fails(format!("answers with more than {} KiB", REPLY_BYTES_MAX / 1024)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, body })
    }

    /// Something went wrong with this store.
    pub fn fails(&self, what: impl Into<String>) -> TokenError {
        unready(&self.name, what)
    }

    /// What answers is something else than it should be.
    pub fn stranger(&self, status: u16) -> TokenError {
        self.fails(format!(
            "does not answer as it should (HTTP {status}); is {} right, and nothing in between?",
            self.address_variable
        ))
    }

    fn silent(&self) -> TokenError {
        self.fails(format!("did not answer within {} s", PATIENCE.as_secs()))
    }

    fn lost(&self, error: &reqwest::Error) -> TokenError {
        if error.is_timeout() {
            return self.silent();
        }
        let cause = http::cause(error);
        let help = if cause.contains("certificate") {
            format!("; name the file with the CA that signed its certificate in {}", self.ca_variable)
        } else {
            String::new()
        };
        self.fails(format!("cannot be reached: {cause}{help}"))
    }
}

/// The certificates in a PEM file.
fn authorities(path: &Path) -> Result<Vec<Certificate>, String> {
    let mut pem = Vec::new();
    let read = file::open(path).and_then(|file| file.take(CA_BYTES_MAX).read_to_end(&mut pem));
    read.map_err(|error| format!("cannot be read: {error}"))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err("holds no certificates in the form PEM".to_owned()),
    }
}
