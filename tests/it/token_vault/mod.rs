//! A token from Vault: every way in, both versions of the store, and every way it can fail.

mod server;

use std::collections::BTreeMap;

use tidings::secret::{TokenSource, Variables};

use crate::harness::process::until;
use crate::harness::project::Project;
use crate::harness::server::Server;
use crate::harness::store::{Answer, StoreServer, ca, secret_file, variables};
use server::{ENDED, JWT, MADE, ROLE_ID, SECRET_ID, SECRETS, STANDING, TOKEN, vault};

const WHATSAPP: &str = "team/kv/whatsapp#token";

fn source(written: &str) -> TokenSource {
    TokenSource::vault(written).expect("a place in Vault")
}

/// Why there is no token; without any secret in it.
async fn refusal(written: &str, given: &[(&str, &str)]) -> String {
    let error = source(written).read_by(&variables(given)).await.expect_err("no token");
    let told = format!("{error} {error:?}");
    for secret in SECRETS {
        assert!(!told.contains(secret), "{told}");
    }
    let port = given.iter().find_map(|(_, value)| value.strip_prefix("http://127.0.0.1:")).unwrap_or("none");
    error.to_string().replace(port, "[port]")
}

/// The same with a token that may read everything.
async fn refused(written: &str) -> String {
    let server = StoreServer::new(vault);
    refusal(written, &[("VAULT_ADDR", &server.url()), ("VAULT_TOKEN", STANDING)]).await
}

/// What Vault was asked on the way to a token.
async fn lines(written: &str, given: &[(&str, &str)]) -> Vec<String> {
    let server = StoreServer::new(vault);
    let url = server.url();
    let given: Vec<_> = given.iter().copied().chain([("VAULT_ADDR", url.as_str())]).collect();
    source(written).read_by(&variables(&given)).await.expect("a token");
    server.lines()
}

#[test]
fn the_token_in_vault_is_the_one_that_whatsapp_gets() {
    for written in [WHATSAPP, "old/whatsapp#token"] {
        let (vault, whatsapp) = (StoreServer::new(vault), Server::start(&["--token", TOKEN]));
        let project = Project::new().sender(&format!("token: vault:{written}"));
        let project = project.env("VAULT_ADDR", vault.url()).env("VAULT_ROLE_ID", ROLE_ID);
        let ran = project.env("VAULT_SECRET_ID", SECRET_ID).send(&whatsapp);
        ran.code(0).stdout_has("3 accepted");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(SECRETS.iter().all(|secret| !said.contains(secret)), "{said}");
    }
}

#[tokio::test]
async fn each_version_is_asked_at_its_own_path() {
    let standing = [("VAULT_TOKEN", STANDING)];
    insta::assert_debug_snapshot!(lines(WHATSAPP, &standing).await, @r#"
    [
        "GET /v1/sys/internal/ui/mounts/team/kv/whatsapp",
        "GET /v1/team/kv/data/whatsapp",
    ]
    "#);
    insta::assert_debug_snapshot!(lines("old/whatsapp#token", &standing).await, @r#"
    [
        "GET /v1/sys/internal/ui/mounts/old/whatsapp",
        "GET /v1/old/whatsapp",
    ]
    "#);
    insta::assert_debug_snapshot!(lines("team/kv/two words/é#token", &standing).await, @r#"
    [
        "GET /v1/sys/internal/ui/mounts/team/kv/two%20words/%C3%A9",
        "GET /v1/team/kv/data/two%20words/%C3%A9",
    ]
    "#);
}

#[tokio::test]
async fn where_the_mount_is_hidden_both_versions_are_tried() {
    let standing = [("VAULT_TOKEN", STANDING)];
    assert_eq!(lines("hidden/whatsapp#token", &standing).await[1..], ["GET /v1/hidden/data/whatsapp"]);
    let older = lines("hiddenold/whatsapp#token", &standing).await;
    assert_eq!(older[1..], ["GET /v1/hiddenold/data/whatsapp", "GET /v1/hiddenold/whatsapp"]);
    assert!(refused("hidden/destroyed#token").await.contains("was destroyed"));
    assert!(refused("hidden/forbidden#token").await.contains("`read` on `hidden/data/forbidden`"));
}

#[tokio::test]
async fn what_was_set_up_on_purpose_comes_first() {
    let home = tempfile::tempdir().expect("a directory");
    secret_file(home.path(), ".vault-token", &format!("{STANDING}\n"));
    let (jwt, id) = (secret_file(home.path(), "jwt", JWT), secret_file(home.path(), "id", SECRET_ID));
    let home = home.path().display().to_string();
    let approle = [("VAULT_ROLE_ID", ROLE_ID), ("VAULT_SECRET_ID_FILE", id.as_str())];
    let kubernetes = [("VAULT_K8S_ROLE", "campaigns"), ("VAULT_K8S_TOKEN_FILE", jwt.as_str())];
    let kept = [("HOME", home.as_str())];
    let first = async |ways: &[&[(&str, &str)]]| lines(WHATSAPP, &ways.concat()).await.remove(0);
    let (inside, mounts) = ("POST /v1/auth/", "GET /v1/sys/internal/ui/mounts/team/kv/whatsapp");
    assert_eq!(first(&[&kept]).await, mounts);
    assert_eq!(first(&[&kept, &kubernetes]).await, format!("{inside}kubernetes/login"));
    assert_eq!(first(&[&kept, &kubernetes, &approle]).await, format!("{inside}approle/login"));
    assert_eq!(first(&[&kept, &kubernetes, &approle, &[("VAULT_TOKEN", STANDING)]]).await, mounts);
    let other = [("VAULT_K8S_MOUNT", "clusters/eu")];
    assert_eq!(first(&[&kubernetes, &other]).await, format!("{inside}clusters/eu/login"));
}

#[tokio::test]
async fn a_session_that_a_login_made_is_ended_and_a_token_that_was_given_is_not() {
    let login = [("VAULT_ROLE_ID", ROLE_ID), ("VAULT_SECRET_ID", SECRET_ID)];
    assert_eq!(lines(WHATSAPP, &login).await.last().expect("a request"), "POST /v1/auth/token/revoke-self");
    assert!(!lines(WHATSAPP, &[("VAULT_TOKEN", STANDING)]).await.iter().any(|line| line.contains("revoke")));
    let server = StoreServer::new(vault);
    let given = [login[0], login[1], ("VAULT_ADDR", &server.url())];
    assert!(refusal("team/kv/forbidden#token", &given).await.contains("the AppRole of VAULT_ROLE_ID"));
    assert_eq!(server.lines().last().expect("a request"), "POST /v1/auth/token/revoke-self");
}

#[tokio::test]
async fn a_namespace_goes_along_and_secrets_stay_in_their_places() {
    let server = StoreServer::new(vault);
    let (url, login) = (server.url(), [("VAULT_ROLE_ID", ROLE_ID), ("VAULT_SECRET_ID", SECRET_ID)]);
    let given = [login[0], login[1], ("VAULT_ADDR", url.as_str()), ("VAULT_NAMESPACE", "ops/eu")];
    source(WHATSAPP).read_by(&variables(&given)).await.expect("a token");
    for asked in server.asked() {
        assert_eq!(asked.header("x-vault-namespace"), Some("ops/eu"));
        assert!(asked.header("user-agent").expect("a name").starts_with("tidings/"));
        assert_eq!(asked.header("x-vault-token"), (!asked.path.contains("login")).then_some(MADE));
        assert!(SECRETS.iter().all(|secret| !asked.path.contains(secret)), "{}", asked.path);
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_secret_is_told() {
    let mut told = Vec::new();
    for written in [
        "team/kv/nothing#token",
        "team/kv/data/whatsapp#token",
        "team/kv/deleted#token",
        "team/kv/destroyed#token",
        "team/kv/forbidden#token",
        "team/kv/whatsapp#tokn",
        "team/kv/whatsapp#number",
        "team/kv/whatsapp#object",
        "team/kv/whatsapp#blank",
    ] {
        told.push(refused(written).await);
    }
    insta::assert_snapshot!(told.join("\n"), @"
    Vault at http://127.0.0.1:[port] has no secret at `team/kv/nothing`; look at the path with: vault kv get
    Vault at http://127.0.0.1:[port] has no secret at `team/kv/data/whatsapp`; leave `data/` out: `vault:team/kv/whatsapp#…`
    Vault at http://127.0.0.1:[port] has no secret at `team/kv/deleted` any more: version 3, the latest, was deleted; undelete it, or write a new one
    Vault at http://127.0.0.1:[port] has no secret at `team/kv/destroyed` any more: version 3, the latest, was destroyed; write a new one
    Vault at http://127.0.0.1:[port] does not let the token in VAULT_TOKEN read `team/kv/forbidden`: it has ended, or its policy lacks the capability `read` on `team/kv/data/forbidden`
    Vault at http://127.0.0.1:[port] has no field `tokn` in `team/kv/whatsapp`; it has `token`, `owner`, `number`, `object`, `blank`
    Vault at http://127.0.0.1:[port] has no text in the field `number` of `team/kv/whatsapp`
    Vault at http://127.0.0.1:[port] has no text in the field `object` of `team/kv/whatsapp`
    the field `blank` of Vault's `team/kv/whatsapp` does not hold a token: it is empty
    ");
}

#[tokio::test]
async fn what_is_missing_or_refused_at_the_door_is_told() {
    let server = StoreServer::new(vault);
    let url = server.url();
    let mut told = vec![refusal(WHATSAPP, &[("VAULT_TOKEN", STANDING)]).await];
    for given in [
        &[][..],
        &[("VAULT_TOKEN", ENDED)],
        &[("VAULT_ROLE_ID", ROLE_ID)],
        &[("VAULT_SECRET_ID", SECRET_ID)],
        &[("VAULT_ROLE_ID", ROLE_ID), ("VAULT_SECRET_ID", STANDING)],
        &[("VAULT_ROLE_ID", ROLE_ID), ("VAULT_SECRET_ID_FILE", "/nowhere/id")],
        &[("VAULT_K8S_ROLE", "campaigns"), ("VAULT_K8S_TOKEN_FILE", "/nowhere/jwt")],
    ] {
        told.push(refusal(WHATSAPP, &[given, &[("VAULT_ADDR", &url)]].concat()).await);
    }
    let home = tempfile::tempdir().expect("a directory");
    let jwt = secret_file(home.path(), "jwt", MADE);
    let kubernetes = [("VAULT_K8S_ROLE", "campaigns"), ("VAULT_K8S_TOKEN_FILE", &jwt), ("VAULT_ADDR", &url)];
    told.push(refusal(WHATSAPP, &kubernetes).await);
    insta::assert_snapshot!(told.join("\n"), @"
    Vault cannot be asked: the variable VAULT_ADDR is not set; set it to its address
    Vault cannot be asked: no login is set: set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID (or VAULT_SECRET_ID_FILE), or VAULT_K8S_ROLE, or run `vault login`
    Vault at http://127.0.0.1:[port] does not let the token in VAULT_TOKEN read `team/kv/whatsapp`: it has ended, or its policy lacks the capability `read` on `team/data/kv/whatsapp`, if `team` is the mount
    Vault cannot be asked: VAULT_SECRET_ID, or VAULT_SECRET_ID_FILE, is not set, which goes with VAULT_ROLE_ID
    Vault cannot be asked: VAULT_ROLE_ID is not set, which goes with VAULT_SECRET_ID
    Vault at http://127.0.0.1:[port] does not let the AppRole of VAULT_ROLE_ID in (HTTP 400 at auth/approle/login); look at VAULT_ROLE_ID and VAULT_SECRET_ID
    the file /nowhere/id cannot be read: No such file or directory (os error 2)
    the file /nowhere/jwt cannot be read: No such file or directory (os error 2)
    Vault at http://127.0.0.1:[port] does not let the Kubernetes role of VAULT_K8S_ROLE in (HTTP 403 at auth/kubernetes/login); look at VAULT_K8S_ROLE, VAULT_K8S_MOUNT, and the service accounts that the role is bound to
    ");
}

#[tokio::test]
async fn no_secret_goes_where_it_should_not() {
    for address in [
        "http://vault.example.com:8200".to_owned(),
        format!("https://user:{STANDING}@vault.example.com"),
        format!("https://vault.example.com/?token={STANDING}"),
        STANDING.to_owned(),
    ] {
        let told = refusal(WHATSAPP, &[("VAULT_ADDR", &address), ("VAULT_TOKEN", STANDING)]).await;
        assert!(told.contains("VAULT_ADDR is no address that a secret may be sent to"), "{told}");
    }
    let other = StoreServer::new(vault);
    let url = other.url();
    let server = StoreServer::new(move |asked| Answer::SendsTo(format!("{url}{}", asked.path)));
    let told = refusal(WHATSAPP, &[("VAULT_ADDR", &server.url()), ("VAULT_TOKEN", STANDING)]).await;
    assert!(told.contains("sends on to another address (HTTP 307)"), "{told}");
    assert_eq!((server.asked().len(), other.asked().len()), (1, 0));
}

#[tokio::test]
async fn a_server_that_misbehaves_is_left() {
    let misbehaving = async |rule: fn() -> Answer| {
        let server = StoreServer::new(move |_| rule());
        let told = refusal(WHATSAPP, &[("VAULT_ADDR", &server.url()), ("VAULT_TOKEN", STANDING)]).await;
        assert_eq!(server.asked().len(), 1, "asked once");
        told
    };
    let mut told = Vec::new();
    for rule in [
        || Answer::Says(200, "<html>Please log in</html>".to_owned()),
        || Answer::Says(200, r#"{"data":{"path":"elsewhere/"}}"#.to_owned()),
        || Answer::Says(418, "{}".to_owned()),
        || Answer::Says(429, "{}".to_owned()),
        || Answer::Says(500, "{}".to_owned()),
        || Answer::Says(503, r#"{"errors":["Vault is sealed"]}"#.to_owned()),
        || Answer::Floods,
    ] {
        told.push(misbehaving(rule).await);
    }
    insta::assert_snapshot!(told.join("\n"), @"
    Vault at http://127.0.0.1:[port] does not answer as it should (HTTP 200); is VAULT_ADDR right, and nothing in between?
    Vault at http://127.0.0.1:[port] does not answer as it should (HTTP 200); is VAULT_ADDR right, and nothing in between?
    Vault at http://127.0.0.1:[port] does not answer as it should (HTTP 418); is VAULT_ADDR right, and nothing in between?
    Vault at http://127.0.0.1:[port] cannot answer at the moment (HTTP 429); try again later
    Vault at http://127.0.0.1:[port] cannot answer at the moment (HTTP 500); try again later
    Vault at http://127.0.0.1:[port] is sealed, or down for maintenance (HTTP 503); have it unsealed
    Vault at http://127.0.0.1:[port] answers with more than 256 KiB
    ");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_is_waited_for_ten_seconds() {
    let server = StoreServer::new(|_| Answer::IsSilent);
    let given = [("VAULT_ADDR", server.url()), ("VAULT_TOKEN", STANDING.to_owned())];
    let given: BTreeMap<_, _> = given.map(|(name, value)| (name.to_owned(), value)).into();
    // The clock stands while somebody waits for the request.
    let came = tokio::task::spawn_blocking(move || until("a request", || (!server.asked().is_empty()).then_some(())));
    let source = source(WHATSAPP);
    let given = Variables::Given(given);
    let (token, came) = tokio::join!(source.read_by(&given), came);
    came.expect("a request");
    assert!(token.expect_err("no token").to_string().contains("did not answer within 10 s"));
}

#[tokio::test]
async fn a_ca_of_ones_own_is_trusted_where_it_is_named_and_only_there() {
    let home = tempfile::tempdir().expect("a directory");
    let (ca, server) = (ca(home.path()), StoreServer::with_tls(vault));
    let url = server.tls_url();
    let given = [("VAULT_ADDR", url.as_str()), ("VAULT_TOKEN", STANDING)];
    let told = refusal(WHATSAPP, &given).await;
    assert!(told.contains("certificate") && told.contains("VAULT_CACERT"), "{told}");
    source(WHATSAPP).read_by(&variables(&[given[0], given[1], ("VAULT_CACERT", &ca)])).await.expect("a token");
    let told = refusal(WHATSAPP, &[given[0], given[1], ("VAULT_CACERT", "/nowhere/ca.pem")]).await;
    assert!(told.contains("/nowhere/ca.pem, which VAULT_CACERT names, cannot be read"), "{told}");
    let told = refusal(WHATSAPP, &[given[0], given[1], ("VAULT_CACERT", "/dev/null")]).await;
    assert!(told.contains("holds no certificates"), "{told}");
}
