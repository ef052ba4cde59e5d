//! The ways in: where a token may come from, and what opens a store that keeps one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use super::stage::TOKEN;
use crate::harness::store::{Answer, Asked, StoreServer, base64, secret_file};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Variable,
    File,
    /// systemd's.
    Credential,
    Command,
    /// Let in by a role.
    Vault(Mood),
    /// Let in by a token that somebody made.
    VaultToken(Mood),
    /// Let in by the token of a pod.
    VaultPod(Mood),
    Conjur(Mood),
    /// Let in by the token of a pod.
    ConjurPod(Mood),
    /// What the campaign names holds nothing.
    Nowhere,
}

/// What a store does with whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Obliging,
    /// Lets nobody in, and repeats what it got.
    Refusing,
    /// Lets everybody in, and refuses what they ask for.
    Withholding,
    /// Sends on to another host.
    Misleading,
    /// Answers with what is no answer, and repeats what it got.
    Confused,
}

pub const SECRET_ID: &str = "c4b0f7d1canary5ecret1d0123456789";
pub const STANDING: &str = "hvs.CAESIcanaryStandingToken0123456789";
pub const JWT: &str = "eyJhbGciOiJSUzI1NiJ9canaryJwt0123456789abcdefghij";
pub const SESSION: &str = "hvs.CAESIcanarySessionToken9876543210";
pub const API_KEY: &str = "1k3canaryApiKey0123456789abcdefghij";
pub const PASS: &str = "canaryPassOfConjur0123456789abcdefghij";

impl Source {
    /// What a campaign says, the token being kept in `vault` and whatever a command sees written to `seen`.
    pub fn written(self, vault: &Path, seen: &Path) -> String {
        let file = vault.join("token");
        match self {
            Self::Variable => "env:CANARY".to_owned(),
            Self::File => format!("file:{}", secret_file(vault, "token", TOKEN)),
            Self::Credential => {
                secret_file(vault, "token", TOKEN);
                "file:$CREDENTIALS_DIRECTORY/token".to_owned()
            }
            Self::Command => {
                secret_file(vault, "token", TOKEN);
                // What it was started with, and by whom, is a place to leak to.
                let script = format!(
                    "#!/bin/sh\ntr '\\0' '\\n' < /proc/self/environ > {seen}/environment\n\
                     tr '\\0' '\\n' < /proc/$PPID/cmdline > {seen}/parent\necho warning: asked for the token >&2\n\
                     cat {token}\n",
                    seen = seen.display(),
                    token = file.display()
                );
                let ask = secret_file(vault, "ask", &script);
                fs::set_permissions(&ask, fs::Permissions::from_mode(0o700)).expect("its mode");
                format!("{{ command: [{ask}] }}")
            }
            Self::Vault(_) | Self::VaultToken(_) | Self::VaultPod(_) => "vault:kv/whatsapp#token".to_owned(),
            Self::Conjur(_) | Self::ConjurPod(_) => "conjur:whatsapp".to_owned(),
            Self::Nowhere => "env:NOT_SET".to_owned(),
        }
    }

    /// The store that it asks, if it asks one. What misleads points elsewhere.
    pub fn store(self, elsewhere: &str) -> Option<StoreServer> {
        let elsewhere = elsewhere.to_owned();
        match self {
            Self::Vault(mood) | Self::VaultToken(mood) | Self::VaultPod(mood) => {
                Some(StoreServer::new(move |asked| mood.answer(asked, vault(asked), &elsewhere)))
            }
            Self::Conjur(mood) | Self::ConjurPod(mood) => {
                Some(StoreServer::new(move |asked| mood.answer(asked, conjur(asked), &elsewhere)))
            }
            _ => None,
        }
    }

    /// The variables that go with it.
    pub fn environment(self, vault: &Path, store: Option<&StoreServer>) -> Vec<(&'static str, String)> {
        let (directory, jwt) = (vault.display().to_string(), secret_file(vault, "jwt", JWT));
        let address = store.map(StoreServer::url).unwrap_or_default();
        let variables = match self {
            Self::Variable => vec![("CANARY", TOKEN)],
            Self::Credential => vec![("CREDENTIALS_DIRECTORY", &*directory)],
            Self::VaultPod(_) => {
                vec![("VAULT_ADDR", &*address), ("VAULT_K8S_ROLE", "campaigns"), ("VAULT_K8S_TOKEN_FILE", &*jwt)]
            }
            Self::ConjurPod(_) => vec![
                ("CONJUR_APPLIANCE_URL", &*address),
                ("CONJUR_ACCOUNT", "org"),
                ("CONJUR_AUTHN_JWT_SERVICE_ID", "pods"),
                ("CONJUR_JWT_FILE", &*jwt),
            ],
            Self::File | Self::Command | Self::Nowhere => vec![],
            Self::Vault(_) => {
                vec![("VAULT_ADDR", &*address), ("VAULT_ROLE_ID", "campaigns"), ("VAULT_SECRET_ID", SECRET_ID)]
            }
            Self::VaultToken(_) => vec![("VAULT_ADDR", &*address), ("VAULT_TOKEN", STANDING)],
            Self::Conjur(_) => vec![
                ("CONJUR_APPLIANCE_URL", &*address),
                ("CONJUR_ACCOUNT", "org"),
                ("CONJUR_AUTHN_LOGIN", "cron"),
                ("CONJUR_AUTHN_API_KEY", API_KEY),
            ],
        };
        variables.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
    }
}

impl Mood {
    fn answer(self, asked: &Asked, right: Answer, elsewhere: &str) -> Answer {
        let echo = format!("{:?} {} {TOKEN}", asked.headers, asked.body);
        let is_login = asked.method == "POST";
        match self {
            Self::Refusing => Answer::Says(403, json!({ "errors": [echo] }).to_string()),
            Self::Withholding if !is_login => Answer::Says(403, json!({ "errors": [echo] }).to_string()),
            Self::Misleading => Answer::SendsTo(format!("{elsewhere}/?{TOKEN}")),
            Self::Confused if !is_login => {
                Answer::Says(200, json!({ "data": { "data": { TOKEN: echo } } }).to_string())
            }
            Self::Obliging | Self::Withholding | Self::Confused => right,
        }
    }
}

fn vault(asked: &Asked) -> Answer {
    let says = |body: serde_json::Value| Answer::Says(200, body.to_string());
    let is_known = asked.header("x-vault-token").is_some_and(|token| [STANDING, SESSION].contains(&token));
    match asked.line().as_str() {
        "POST /v1/auth/approle/login" if asked.body.contains(SECRET_ID) => {
            says(json!({ "auth": { "client_token": SESSION } }))
        }
        "POST /v1/auth/kubernetes/login" if asked.body.contains(JWT) => {
            says(json!({ "auth": { "client_token": SESSION } }))
        }
        "GET /v1/kv/data/whatsapp" if is_known => {
            says(json!({ "data": { "data": { "token": TOKEN }, "metadata": { "version": 1, "destroyed": false } } }))
        }
        "POST /v1/auth/token/revoke-self" if is_known => Answer::Says(204, String::new()),
        _ => Answer::Says(404, json!({ "errors": [] }).to_string()),
    }
}

fn conjur(asked: &Asked) -> Answer {
    let pass = base64(PASS.as_bytes());
    let is_known = asked.header("authorization").is_some_and(|header| header.contains(&pass));
    match asked.line().as_str() {
        "POST /authn/org/cron/authenticate" if asked.body == API_KEY => Answer::Says(200, pass),
        "POST /authn-jwt/pods/org/authenticate" if asked.body.contains(JWT) => Answer::Says(200, pass),
        "GET /secrets/org/variable/whatsapp" if is_known => Answer::Says(200, TOKEN.to_owned()),
        _ => Answer::Says(404, asked.body.clone()),
    }
}
