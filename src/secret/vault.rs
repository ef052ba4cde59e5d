//! A token in a field of HashiCorp Vault's key-value store, version 1 or 2.
//!
//! Source: Vault's HTTP API: "KV secrets engine", "AppRole auth method", "Kubernetes auth method", "Token auth method".
//! Which version a mount has is asked the way Vault's own client does: any token may that may read below the mount.

use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::store::{Reply, Store, segment, sensitive};
use super::{Token, TokenError, Variables, VaultField};

mod login;

use login::Login;

pub(super) const NAME: &str = "Vault";

const ADDRESS: &str = "VAULT_ADDR";
const NAMESPACE: &str = "VAULT_NAMESPACE";
const CA: &str = "VAULT_CACERT";

/// To end a session is a courtesy, which nobody waits for longer.
const FAREWELL: Duration = Duration::from_secs(2);

/// So many fields are named where the right one is missing.
const FIELDS_SHOWN: usize = 10;

/// A longer name may be a secret that was put into the wrong place.
const FIELD_CHARS_SHOWN: usize = 40;

/// Vault, in one namespace.
pub(super) struct Vault {
    store: Store,
    namespace: Option<String>,
}

/// Somebody who was let in.
pub(super) struct Session {
    token: SecretString,
    /// What the token comes from, for people.
    origin: String,
    /// Whether it was made by our login, and so is ours to end.
    ours: bool,
}

/// Where a secret is.
struct Spot {
    mount: String,
    path: String,
    version: Version,
    /// Whether Vault did not say where the mount ends.
    is_guess: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Version {
    One,
    Two,
}

/// What every answer of Vault's has around it.
#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// What a mount is.
#[derive(Deserialize)]
struct Mount {
    path: String,
    options: Option<Map<String, Value>>,
}

/// A secret of version 2.
#[derive(Deserialize)]
struct Versioned {
    data: Option<Map<String, Value>>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    version: u64,
    destroyed: bool,
}

pub(super) async fn read(field: &VaultField, variables: &Variables) -> Result<Token, TokenError> {
    let store = Store::open(NAME, ADDRESS, CA, variables)?;
    let vault = Vault { store, namespace: variables.text(NAMESPACE) };
    let login = Login::choose(variables)?;
    let asked = vault.store.within(async {
        let session = login.enter(&vault).await?;
        let found = vault.find(field, &session).await;
        Ok((found, session))
    });
    let (found, session) = asked.await?;
    if session.ours {
        vault.leave(&session).await;
    }
    found
}

impl Vault {
    /// Asks once. Vault refuses requests of other origins by the header that browsers do not send by themselves.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&SecretString>,
        body: Option<&Value>,
    ) -> Result<Reply, TokenError> {
        let mut request = self.store.request(method, &format!("v1/{path}")).header("X-Vault-Request", "true");
        if let Some(namespace) = &self.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        if let Some(token) = token {
            request = request.header("X-Vault-Token", sensitive(token, &self.store)?);
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let reply = self.store.ask(request).await?;
        match reply.status {
            503 => Err(self.store.fails("is sealed, or down for maintenance (HTTP 503); have it unsealed")),
            status @ (412 | 429 | 500..=599) => {
                Err(self.store.fails(format!("cannot answer at the moment (HTTP {status}); try again later")))
            }
            _ => Ok(reply),
        }
    }

    async fn get(&self, path: &str, session: &Session) -> Result<Reply, TokenError> {
        self.ask(Method::GET, path, Some(&session.token), None).await
    }

    /// Ends a session of ours; Vault ends it later if this fails.
    async fn leave(&self, session: &Session) {
        let farewell = self.ask(Method::POST, "auth/token/revoke-self", Some(&session.token), None);
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }

    async fn find(&self, field: &VaultField, session: &Session) -> Result<Token, TokenError> {
        if let Some(spot) = self.locate(&field.path, session).await? {
            let reply = self.get(&spot.url(), session).await?;
            return self.open(&reply, &spot, field, session);
        }
        // An old Vault, or a policy that hides the mount: the usual form, then the older one.
        let spot = |version| Spot::guess(&field.path, version);
        let newer = self.get(&spot(Version::Two).url(), session).await?;
        if newer.status == 200 || is_deleted(&newer) {
            return self.open(&newer, &spot(Version::Two), field, session);
        }
        let older = self.get(&spot(Version::One).url(), session).await?;
        if older.status == 200 {
            return self.open(&older, &spot(Version::One), field, session);
        }
        self.open(&newer, &spot(Version::Two), field, session)
    }

    /// Asks which mount a path belongs to; none where Vault does not say.
    async fn locate(&self, path: &str, session: &Session) -> Result<Option<Spot>, TokenError> {
        let reply = self.get(&format!("sys/internal/ui/mounts/{}", encoded(path)), session).await?;
        match reply.status {
            200 => {
                let mount = serde_json::from_slice(&reply.body).ok().and_then(|Envelope { data }| Spot::of(data, path));
                mount.map(Some).ok_or_else(|| self.store.stranger(200))
            }
            400 | 403 | 404 | 405 => Ok(None),
            status => Err(self.store.stranger(status)),
        }
    }

    /// Takes the field out of an answer.
    fn open(&self, reply: &Reply, spot: &Spot, field: &VaultField, session: &Session) -> Result<Token, TokenError> {
        let shown = &field.path;
        match reply.status {
            200 => {}
            403 => {
                return Err(self.store.fails(format!(
                    "does not let {} read `{shown}`: it has ended, or its policy lacks the capability `read` on `{}`{}",
                    session.origin,
                    spot.shown(),
                    spot.doubt()
                )));
            }
            404 if is_deleted(reply) => return Err(self.store.fails(gone(reply, shown))),
            404 => return Err(self.store.fails(format!("has no secret at `{shown}`{}", spot.hint()))),
            status => return Err(self.store.stranger(status)),
        }
        let fields = match spot.version {
            Version::Two => versioned(reply).and_then(|secret| secret.data),
            Version::One => serde_json::from_slice(&reply.body).ok().map(|Envelope { data }| data),
        };
        self.take(&fields.ok_or_else(|| self.store.stranger(200))?, field)
    }

    fn take(&self, fields: &Map<String, Value>, field: &VaultField) -> Result<Token, TokenError> {
        let VaultField { path, name } = field;
        match fields.get(name) {
            Some(Value::String(text)) => Token::from_text(text, &format!("the field `{name}` of Vault's `{path}`")),
            Some(_) => Err(self.store.fails(format!("has no text in the field `{name}` of `{path}`"))),
            None => Err(self.store.fails(format!("has no field `{name}` in `{path}`; {}", named(fields)))),
        }
    }
}

impl Spot {
    /// Splits a path where its mount ends; none where it does not begin with that mount.
    fn of(mount: Mount, path: &str) -> Option<Self> {
        let rest = path.strip_prefix(&mount.path).filter(|rest| !rest.is_empty())?.to_owned();
        let version = mount.options.as_ref().and_then(|options| options.get("version")).and_then(Value::as_str);
        let version = if version == Some("2") { Version::Two } else { Version::One };
        Some(Self { mount: mount.path.trim_end_matches('/').to_owned(), path: rest, version, is_guess: false })
    }

    /// Takes the first part of a path for its mount.
    fn guess(path: &str, version: Version) -> Self {
        let (mount, path) = path.split_once('/').unwrap_or((path, ""));
        Self { mount: mount.to_owned(), path: path.to_owned(), version, is_guess: true }
    }

    /// The path of the API, as a policy names it.
    fn shown(&self) -> String {
        let data = if self.version == Version::Two { "data/" } else { "" };
        format!("{}/{data}{}", self.mount, self.path)
    }

    fn url(&self) -> String {
        encoded(&self.shown())
    }

    fn doubt(&self) -> String {
        if self.is_guess { format!(", if `{}` is the mount", self.mount) } else { String::new() }
    }

    /// People copy the path of the API.
    fn hint(&self) -> String {
        match self.path.strip_prefix("data/") {
            Some(path) if self.version == Version::Two => {
                format!("; leave `data/` out: `vault:{}/{path}#…`", self.mount)
            }
            _ => "; look at the path with: vault kv get".to_owned(),
        }
    }
}

fn encoded(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn versioned(reply: &Reply) -> Option<Versioned> {
    serde_json::from_slice(&reply.body).ok().map(|Envelope { data }| data)
}

/// Whether an answer says that there was a secret once.
fn is_deleted(reply: &Reply) -> bool {
    reply.status == 404 && versioned(reply).is_some_and(|secret| secret.metadata.is_some())
}

fn gone(reply: &Reply, path: &str) -> String {
    let Some(metadata) = versioned(reply).and_then(|secret| secret.metadata) else { return String::new() };
    let Metadata { version, destroyed } = metadata;
    if destroyed {
        format!("has no secret at `{path}` any more: version {version}, the latest, was destroyed; write a new one")
    } else {
        format!(
            "has no secret at `{path}` any more: version {version}, the latest, was deleted; undelete it, or write a new one"
        )
    }
}

/// The names of fields, without any that could be a secret in the wrong place.
fn named(fields: &Map<String, Value>) -> String {
    let plain = |name: &&String| {
        let is_shown = (1..=FIELD_CHARS_SHOWN).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        is_shown && !name.contains("EAA")
    };
    let names: Vec<String> = fields.keys().filter(plain).take(FIELDS_SHOWN).map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "it has none with a name to show".to_owned() } else { format!("it has {}", names.join(", ")) }
}
