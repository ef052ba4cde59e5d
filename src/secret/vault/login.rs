//! How tidings is let into Vault.

use std::path::Path;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{NAME, Session, Vault};
use crate::secret::store::{POD_JWT, segment, unready};
use crate::secret::{TokenError, Variables, file};

const TOKEN: &str = "VAULT_TOKEN";
const ROLE_ID: &str = "VAULT_ROLE_ID";
const SECRET_ID: &str = "VAULT_SECRET_ID";
const K8S_ROLE: &str = "VAULT_K8S_ROLE";
const K8S_MOUNT: &str = "VAULT_K8S_MOUNT";
const K8S_JWT: &str = "VAULT_K8S_TOKEN_FILE";

/// Where `vault login` keeps its token, in the home directory.
const TOKEN_FILE: &str = ".vault-token";

/// Who asks, in the order that they are looked for: what somebody set up on purpose comes before what lies about.
pub(super) enum Login {
    Token { token: SecretString, origin: String },
    AppRole { role: SecretString, secret: SecretString },
    Kubernetes { mount: String, role: String, jwt: SecretString },
}

/// What a login answers.
#[derive(Deserialize)]
struct Entered {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    client_token: String,
}

impl Login {
    pub fn choose(variables: &Variables) -> Result<Self, TokenError> {
        if let Some(token) = variables.secret(TOKEN) {
            return Ok(Self::Token { token, origin: format!("the token in {TOKEN}") });
        }
        match (variables.secret(ROLE_ID), variables.secret_or_file(SECRET_ID)?) {
            (Some(role), Some(secret)) => return Ok(Self::AppRole { role, secret }),
            (Some(_), None) => {
                return Err(missing(&format!(
                    "{SECRET_ID}, or {SECRET_ID}_FILE, is not set, which goes with {ROLE_ID}"
                )));
            }
            (None, Some(_)) => return Err(missing(&format!("{ROLE_ID} is not set, which goes with {SECRET_ID}"))),
            (None, None) => {}
        }
        if let Some(role) = variables.text(K8S_ROLE) {
            let mount = variables.text(K8S_MOUNT).unwrap_or_else(|| "kubernetes".to_owned());
            let jwt = variables.text(K8S_JWT);
            let jwt = file::secret(Path::new(jwt.as_deref().unwrap_or(POD_JWT)))?;
            return Ok(Self::Kubernetes { mount, role, jwt });
        }
        let kept = variables.text("HOME").map(|home| Path::new(&home).join(TOKEN_FILE)).filter(|file| file.exists());
        let Some(path) = kept else {
            return Err(missing(&format!(
                "no login is set: set {TOKEN}, or {ROLE_ID} and {SECRET_ID} (or {SECRET_ID}_FILE), or {K8S_ROLE}, or \
                 run `vault login`"
            )));
        };
        Ok(Self::Token { token: file::secret(&path)?, origin: format!("the token in {}", path.display()) })
    }

    /// Logs in, where there is no token yet.
    pub async fn enter(self, vault: &Vault) -> Result<Session, TokenError> {
        match self {
            Self::Token { token, origin } => Ok(Session { token, origin, ours: false }),
            Self::AppRole { role, secret } => {
                let body = json!({ "role_id": role.expose_secret(), "secret_id": secret.expose_secret() });
                let origin = format!("the AppRole of {ROLE_ID}");
                log_in(vault, "approle", &body, origin, &format!("{ROLE_ID} and {SECRET_ID}")).await
            }
            Self::Kubernetes { mount, role, jwt } => {
                let body = json!({ "role": role, "jwt": jwt.expose_secret() });
                let origin = format!("the Kubernetes role of {K8S_ROLE}");
                let look_at = format!("{K8S_ROLE}, {K8S_MOUNT}, and the service accounts that the role is bound to");
                log_in(vault, &mount, &body, origin, &look_at).await
            }
        }
    }
}

async fn log_in(
    vault: &Vault,
    mount: &str,
    body: &Value,
    origin: String,
    look_at: &str,
) -> Result<Session, TokenError> {
    let mount = mount.trim_matches('/').split('/').map(segment).collect::<Vec<_>>().join("/");
    let reply = vault.ask(Method::POST, &format!("auth/{mount}/login"), None, Some(body)).await?;
    match reply.status {
        200 => {
            let entered: Entered = serde_json::from_slice(&reply.body).map_err(|_| vault.store.stranger(200))?;
            Ok(Session { token: SecretString::from(entered.auth.client_token), origin, ours: true })
        }
        status @ (400 | 401 | 403 | 404) => Err(vault
            .store
            .fails(format!("does not let {origin} in (HTTP {status} at auth/{mount}/login); look at {look_at}"))),
        status => Err(vault.store.stranger(status)),
    }
}

fn missing(what: &str) -> TokenError {
    unready(NAME, format!("cannot be asked: {what}"))
}
