//! A token in a variable of CyberArk Conjur.
//!
//! Source: Conjur's REST API: "Authenticate", "Authenticate using JWT Authenticator" and "Retrieve a secret". The short
//! token that a login gives ends by itself after some minutes; there is no call that ends it sooner.

use std::path::Path;

use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::store::{POD_JWT, Store, segment, sensitive, unready};
use super::{Token, TokenError, Variables, file};

const NAME: &str = "Conjur";

const ADDRESS: &str = "CONJUR_APPLIANCE_URL";
const ACCOUNT: &str = "CONJUR_ACCOUNT";
const CA: &str = "CONJUR_CERT_FILE";
const LOGIN: &str = "CONJUR_AUTHN_LOGIN";
const API_KEY: &str = "CONJUR_AUTHN_API_KEY";
const JWT_SERVICE: &str = "CONJUR_AUTHN_JWT_SERVICE_ID";
const JWT_HOST: &str = "CONJUR_AUTHN_JWT_HOST_ID";

/// Where a JSON web token is looked for: a variable of tidings, the one of Conjur's own clients, the pod's own.
const JWT_FILES: [&str; 2] = ["CONJUR_JWT_FILE", "JWT_TOKEN_PATH"];

/// Who asks.
enum Login {
    ApiKey { name: String, key: SecretString },
    Jwt { service: String, host: Option<String>, jwt: SecretString },
}

pub(super) async fn read(id: &str, variables: &Variables) -> Result<Token, TokenError> {
    let store = Store::open(NAME, ADDRESS, CA, variables)?;
    let account = variables.text(ACCOUNT).ok_or_else(|| {
        unready(NAME, format!("cannot be asked: the variable {ACCOUNT} is not set; set it to the account's name"))
    })?;
    let login = Login::choose(variables)?;
    store
        .within(async {
            let pass = login.enter(&store, &account).await?;
            fetch(&store, &account, id, &pass).await
        })
        .await
}

impl Login {
    /// By JWT where a service for it is named, as Conjur's own clients do; else by API key.
    fn choose(variables: &Variables) -> Result<Self, TokenError> {
        if let Some(service) = variables.text(JWT_SERVICE) {
            let named = JWT_FILES.iter().find_map(|name| variables.text(name));
            let jwt = file::secret(Path::new(named.as_deref().unwrap_or(POD_JWT)))?;
            return Ok(Self::Jwt { service, host: variables.text(JWT_HOST), jwt });
        }
        let missing = match (variables.text(LOGIN), variables.secret_or_file(API_KEY)?) {
            (Some(name), Some(key)) => return Ok(Self::ApiKey { name, key }),
            (Some(_), None) => format!("{API_KEY}, or {API_KEY}_FILE, is not set, which goes with {LOGIN}"),
            (None, Some(_)) => format!("{LOGIN} is not set, which goes with {API_KEY}"),
            (None, None) => {
                format!("no login is set: set {LOGIN} and {API_KEY} (or {API_KEY}_FILE), or {JWT_SERVICE}")
            }
        };
        Err(unready(NAME, format!("cannot be asked: {missing}")))
    }

    /// The path of the login, and what to look at when it is refused.
    fn path(&self, account: &str) -> (String, String) {
        let account = segment(account);
        match self {
            Self::ApiKey { name, .. } => {
                (format!("authn/{account}/{}/authenticate", segment(name)), format!("{LOGIN} and {API_KEY}"))
            }
            Self::Jwt { service, host, .. } => {
                let host = host.as_deref().map_or(String::new(), |host| format!("{}/", segment(host)));
                let path = format!("authn-jwt/{}/{account}/{host}authenticate", segment(service));
                (path, format!("{JWT_SERVICE}, the JWT, and the claims that Conjur's policy asks for"))
            }
        }
    }

    /// Logs in; the pass is good for some minutes.
    async fn enter(&self, store: &Store, account: &str) -> Result<SecretString, TokenError> {
        let (path, look_at) = self.path(account);
        let request = store.request(Method::POST, &path).header(ACCEPT_ENCODING, "base64");
        let reply = store
            .ask(match self {
                Self::ApiKey { key, .. } => {
                    request.header(CONTENT_TYPE, "text/plain").body(key.expose_secret().to_owned())
                }
                Self::Jwt { jwt, .. } => request
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(format!("jwt={}", segment(jwt.expose_secret()))),
            })
            .await?;
        match reply.status {
            200 => pass(&reply.body).ok_or_else(|| store.stranger(200)),
            400 | 401 | 403 => {
                Err(store
                    .fails(format!("does not accept the login (HTTP {}); look at {ACCOUNT}, {look_at}", reply.status)))
            }
            404 => Err(store.fails(format!("knows no such account or way to log in; look at {ACCOUNT}, {look_at}"))),
            status => Err(unexpected(store, status)),
        }
    }
}

/// A pass as Conjur writes it when asked for Base64: nothing else may go into a header.
fn pass(body: &[u8]) -> Option<SecretString> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    (!text.is_empty() && text.bytes().all(base64)).then(|| SecretString::from(text))
}

async fn fetch(store: &Store, account: &str, id: &str, pass: &SecretString) -> Result<Token, TokenError> {
    let header = SecretString::from(format!("Token token=\"{}\"", pass.expose_secret()));
    let path = format!("secrets/{}/variable/{}", segment(account), segment(id));
    let request = store.request(Method::GET, &path).header(AUTHORIZATION, sensitive(&header, store)?);
    let reply = store.ask(request).await?;
    match reply.status {
        200 => {
            let text = Zeroizing::new(String::from_utf8_lossy(&reply.body).into_owned());
            Token::from_text(&text, &format!("Conjur's variable `{id}`"))
        }
        401 => Err(store.fails("does not accept its own login any more (HTTP 401); are the clocks right?")),
        403 => Err(store.fails(format!(
            "does not let this login read the variable `{id}`: it needs the privilege `execute` on it"
        ))),
        404 => Err(store.fails(format!("has no variable `{id}`, or no value in it; look at {ACCOUNT} and at the id"))),
        status => Err(unexpected(store, status)),
    }
}

fn unexpected(store: &Store, status: u16) -> TokenError {
    match status {
        429 | 500..=599 => store.fails(format!("cannot answer at the moment (HTTP {status}); try again later")),
        _ => store.stranger(status),
    }
}
