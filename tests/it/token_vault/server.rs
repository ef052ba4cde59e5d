//! Vault as its HTTP API describes it, with two mounts, two secrets and three ways in. It is strict: what Vault does not
//! ask for it refuses.

use serde_json::{Value, json};

use crate::harness::store::{Answer, Asked};

pub const TOKEN: &str = "EAAinventedVault0123456789";
/// May read everything.
pub const STANDING: &str = "hvs.CAESIinventedstandingtoken";
/// What a login gives.
pub const MADE: &str = "hvs.CAESIinventedmadebylogin";
/// Was let in once.
pub const ENDED: &str = "hvs.CAESIinventedended";
pub const ROLE_ID: &str = "675a50e7-invented-role";
pub const SECRET_ID: &str = "c4b0f7d1-invented-secret";
pub const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.invented.jwt";

/// Everything that no error may hold.
pub const SECRETS: [&str; 7] = [TOKEN, STANDING, MADE, ENDED, ROLE_ID, SECRET_ID, JWT];

fn says(status: u16, body: &Value) -> Answer {
    Answer::Says(status, body.to_string())
}

fn errors(status: u16, errors: &[&str]) -> Answer {
    says(status, &json!({ "errors": errors }))
}

/// Vault repeats nothing that it was sent; this one does, so that a test sees whether it is repeated further.
pub fn vault(asked: &Asked) -> Answer {
    if asked.header("x-vault-request") != Some("true") || asked.header("authorization").is_some() {
        return errors(412, &["no request of Vault's"]);
    }
    let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/v1/auth/approle/login") => {
            let right = body == json!({ "role_id": ROLE_ID, "secret_id": SECRET_ID });
            let wrong = format!("invalid role or secret ID {}", asked.body);
            if right { entered() } else { errors(400, &[&wrong]) }
        }
        ("POST", "/v1/auth/kubernetes/login" | "/v1/auth/clusters/eu/login") => {
            let right = body == json!({ "role": "campaigns", "jwt": JWT });
            if right { entered() } else { errors(403, &["permission denied"]) }
        }
        (method, path) => inside(method, path, asked.header("x-vault-token").unwrap_or_default()),
    }
}

fn entered() -> Answer {
    says(200, &json!({ "auth": { "client_token": MADE, "policies": ["default"], "lease_duration": 3600 } }))
}

fn inside(method: &str, path: &str, token: &str) -> Answer {
    let denied = format!("permission denied for {token}");
    if ![STANDING, MADE].contains(&token) {
        return errors(403, &[&denied]);
    }
    let mount = |path: &str, options: Value| {
        says(200, &json!({ "data": { "path": path, "type": "kv", "options": options, "accessor": "kv_1" } }))
    };
    match (method, path) {
        ("POST", "/v1/auth/token/revoke-self") => Answer::Says(204, String::new()),
        ("GET", path) if path.starts_with("/v1/sys/internal/ui/mounts/team/kv/") => {
            mount("team/kv/", json!({ "version": "2" }))
        }
        ("GET", path) if path.starts_with("/v1/sys/internal/ui/mounts/old/") => mount("old/", Value::Null),
        // Hidden from whoever may not read below it.
        ("GET", path) if path.starts_with("/v1/sys/internal/ui/mounts/") => {
            errors(403, &["preflight capability check returned 403"])
        }
        ("GET", "/v1/team/kv/data/whatsapp" | "/v1/hidden/data/whatsapp") => kept(),
        ("GET", "/v1/team/kv/data/two%20words/%C3%A9") => kept(),
        ("GET", "/v1/old/whatsapp" | "/v1/hiddenold/whatsapp") => says(200, &json!({ "data": fields() })),
        ("GET", "/v1/team/kv/data/deleted") => deleted(false),
        ("GET", "/v1/team/kv/data/destroyed" | "/v1/hidden/data/destroyed") => deleted(true),
        ("GET", "/v1/team/kv/data/forbidden" | "/v1/hidden/forbidden" | "/v1/hidden/data/forbidden") => {
            errors(403, &[&denied])
        }
        ("GET", _) => errors(404, &[]),
        _ => errors(405, &["unsupported operation"]),
    }
}

fn fields() -> Value {
    json!({ "token": TOKEN, "owner": "marketing", "number": 7, "object": { "token": TOKEN }, "blank": " ", TOKEN: "" })
}

fn kept() -> Answer {
    let metadata = json!({ "version": 3, "destroyed": false, "deletion_time": "", "custom_metadata": null });
    says(200, &json!({ "data": { "data": fields(), "metadata": metadata } }))
}

fn deleted(destroyed: bool) -> Answer {
    let metadata = json!({ "version": 3, "destroyed": destroyed, "deletion_time": "2026-03-01T09:00:00Z" });
    says(404, &json!({ "data": { "data": null, "metadata": metadata } }))
}
