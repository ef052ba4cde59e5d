//! The HTTP client that secrets travel with: one request, one answer, nothing behind our back.
//!
//! Redirects and retries are off: either would send a secret, or a message, once more than we know of. Proxies are not
//! taken from the environment. HTTP/1.1 only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::{ClientBuilder, Url};

/// This machine, at whatever port the address names.
const LOCALHOST: [SocketAddr; 2] =
    [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0)];

/// How long a client waits for a connection, for a whole request, and before it closes an unused connection.
#[derive(Clone, Copy)]
pub(crate) struct Waits {
    pub connect: Duration,
    pub request: Duration,
    pub idle: Duration,
}

/// A client that trusts whom the machine trusts, unless told otherwise.
///
/// `localhost` is this machine, whatever its resolver says: a secret may go there without TLS.
pub(crate) fn client(waits: Waits) -> ClientBuilder {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("tidings/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .resolve_to_addrs("localhost", &LOCALHOST)
        .tcp_nodelay(true)
        .connect_timeout(waits.connect)
        .timeout(waits.request)
        .pool_idle_timeout(waits.idle)
}

/// Reads an address that a secret may be sent to: https, or http on this machine, without a user name, password or
/// query.
///
/// # Errors
/// What may be shown of an address that is none.
pub(crate) fn trusted(address: &str) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|_| address.to_owned())?;
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_this_machine(&url),
        _ => false,
    };
    if bare && allowed { Ok(url) } else { Err(without_secrets(&url)) }
}

/// What is refused is shown, and the rest of an address may hold a token.
fn without_secrets(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

pub(crate) fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Why a request failed: the innermost cause, never the outer text, which holds the address.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
