//! A token from Conjur: both ways in, and every way it can fail.

use tidings::secret::TokenSource;

use crate::harness::process::until;
use crate::harness::project::Project;
use crate::harness::server::Server;
use crate::harness::store::{Answer, Asked, StoreServer, base64, ca, secret_file, variables};

const TOKEN: &str = "EAAinventedConjur0123456789";
const KEY: &str = "1k3invented-api-key";
const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJ+/=.jwt";
const PASS: &str = r#"{"protected":"eyJhbGciOiJjb25qdXIub3JnL3Nsb3NpbG8vdjIifQ==","payload":"e30="}"#;
const WHATSAPP: &str = "prod/whatsapp/token";

const URL: &str = "CONJUR_APPLIANCE_URL";
const ACCOUNT: (&str, &str) = ("CONJUR_ACCOUNT", "our org");
const BY_KEY: [(&str, &str); 2] = [("CONJUR_AUTHN_LOGIN", "host/campaigns/cron"), ("CONJUR_AUTHN_API_KEY", KEY)];

/// Conjur as its REST API describes it. It repeats what it was sent, so that a test sees whether that goes further.
fn conjur(asked: &Asked) -> Answer {
    let says = |status: u16, body: &str| Answer::Says(status, body.to_owned());
    let in_base64 = asked.header("accept-encoding") == Some("base64");
    let pass = || if in_base64 { says(200, &base64(PASS.as_bytes())) } else { says(200, PASS) };
    let form = Some("application/x-www-form-urlencoded");
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/api/authn/our%20org/host%2Fcampaigns%2Fcron/authenticate") => {
            if asked.body == KEY {
                pass()
            } else {
                says(401, &asked.body)
            }
        }
        ("POST", "/api/authn-jwt/k8s%2Feu/our%20org/authenticate")
        | ("POST", "/api/authn-jwt/k8s%2Feu/our%20org/host%2Fcron/authenticate") => {
            let right =
                asked.body == "jwt=eyJhbGciOiJSUzI1NiJ9.eyJ%2B%2F%3D.jwt" && asked.header("content-type") == form;
            if right { pass() } else { says(401, &asked.body) }
        }
        ("GET", path)
            if asked.header("authorization") == Some(&format!("Token token=\"{}\"", base64(PASS.as_bytes()))) =>
        {
            match path.strip_prefix("/api/secrets/our%20org/variable/") {
                Some("prod%2Fwhatsapp%2Ftoken") => says(200, TOKEN),
                Some("a%20b%2F%C3%A9%3A1") => says(200, &format!("{TOKEN}\n")),
                Some("empty") => says(200, ""),
                Some("two") => says(200, "two lines\nof text"),
                Some("forbidden") => says(403, TOKEN),
                Some("expired") => says(401, TOKEN),
                Some("broken") => says(500, TOKEN),
                _ => says(
                    404,
                    r#"{"error":{"code":"not_found","message":"CONJ00076E Variable is empty or not found."}}"#,
                ),
            }
        }
        ("GET", _) => says(401, &format!("{:?}", asked.headers)),
        _ => says(404, &asked.body),
    }
}

fn source(id: &str) -> TokenSource {
    TokenSource::conjur(id).expect("a variable's id")
}

/// Why there is no token; without any secret in it.
async fn refusal(id: &str, given: &[(&str, &str)]) -> String {
    let error = source(id).read_by(&variables(given)).await.expect_err("no token");
    let told = format!("{error} {error:?}");
    for secret in [TOKEN, KEY, JWT, PASS, &base64(PASS.as_bytes())] {
        assert!(!told.contains(secret), "{told}");
    }
    let port = given.iter().find_map(|(_, value)| value.strip_prefix("http://127.0.0.1:")).unwrap_or("none");
    error.to_string().replace(port.split('/').next().expect("a port"), "[port]")
}

/// What Conjur was asked on the way to a token.
async fn lines(id: &str, given: &[(&str, &str)]) -> Vec<String> {
    let server = StoreServer::new(conjur);
    let url = format!("{}/api", server.url());
    source(id).read_by(&variables(&[given, &[(URL, &url), ACCOUNT]].concat())).await.expect("a token");
    server.lines()
}

#[test]
fn the_token_in_conjur_is_the_one_that_whatsapp_gets() {
    let (conjur, whatsapp) = (StoreServer::new(conjur), Server::start(&["--token", TOKEN]));
    let project = Project::new().sender(&format!("token: conjur:{WHATSAPP}"));
    let project = project.env(URL, format!("{}/api/", conjur.url())).env(ACCOUNT.0, ACCOUNT.1);
    let ran = project.env(BY_KEY[0].0, BY_KEY[0].1).env(BY_KEY[1].0, BY_KEY[1].1).send(&whatsapp);
    ran.code(0).stdout_has("3 accepted");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(KEY));
}

#[tokio::test]
async fn both_ways_in_lead_to_the_variable() {
    let home = tempfile::tempdir().expect("a directory");
    let (jwt, key) = (secret_file(home.path(), "jwt", JWT), secret_file(home.path(), "key", &format!("{KEY}\n")));
    let service = ("CONJUR_AUTHN_JWT_SERVICE_ID", "k8s/eu");
    let mut asked = Vec::new();
    for given in [
        &BY_KEY[..],
        &[BY_KEY[0], ("CONJUR_AUTHN_API_KEY_FILE", &key)],
        &[service, ("CONJUR_JWT_FILE", &jwt), BY_KEY[0], BY_KEY[1]],
        &[service, ("JWT_TOKEN_PATH", &jwt), ("CONJUR_AUTHN_JWT_HOST_ID", "host/cron")],
    ] {
        asked.push(lines(WHATSAPP, given).await);
    }
    asked.push(lines("a b/é:1", &BY_KEY).await);
    insta::assert_debug_snapshot!(asked, @r#"
    [
        [
            "POST /api/authn/our%20org/host%2Fcampaigns%2Fcron/authenticate",
            "GET /api/secrets/our%20org/variable/prod%2Fwhatsapp%2Ftoken",
        ],
        [
            "POST /api/authn/our%20org/host%2Fcampaigns%2Fcron/authenticate",
            "GET /api/secrets/our%20org/variable/prod%2Fwhatsapp%2Ftoken",
        ],
        [
            "POST /api/authn-jwt/k8s%2Feu/our%20org/authenticate",
            "GET /api/secrets/our%20org/variable/prod%2Fwhatsapp%2Ftoken",
        ],
        [
            "POST /api/authn-jwt/k8s%2Feu/our%20org/host%2Fcron/authenticate",
            "GET /api/secrets/our%20org/variable/prod%2Fwhatsapp%2Ftoken",
        ],
        [
            "POST /api/authn/our%20org/host%2Fcampaigns%2Fcron/authenticate",
            "GET /api/secrets/our%20org/variable/a%20b%2F%C3%A9%3A1",
        ],
    ]
    "#);
}

#[tokio::test]
async fn what_is_missing_or_refused_is_told() {
    let server = StoreServer::new(conjur);
    let url = format!("{}/api", server.url());
    let at = [(URL, url.as_str()), ACCOUNT];
    let home = tempfile::tempdir().expect("a directory");
    let jwt = secret_file(home.path(), "jwt", KEY);
    let jwt = [("CONJUR_AUTHN_JWT_SERVICE_ID", "k8s/eu"), ("CONJUR_JWT_FILE", jwt.as_str())];
    let mut told = vec![refusal(WHATSAPP, &[]).await, refusal(WHATSAPP, &at[..1]).await];
    for given in [
        &[][..],
        &BY_KEY[..1],
        &BY_KEY[1..],
        &[BY_KEY[0], ("CONJUR_AUTHN_API_KEY", TOKEN)],
        &[("CONJUR_AUTHN_LOGIN", "nobody"), BY_KEY[1]],
        &jwt,
        &[jwt[0], ("CONJUR_JWT_FILE", "/nowhere/jwt")],
    ] {
        told.push(refusal(WHATSAPP, &[given, &at].concat()).await);
    }
    for id in ["nothing", "empty", "two", "forbidden", "expired", "broken"] {
        told.push(refusal(id, &[&BY_KEY[..], &at].concat()).await);
    }
    insta::assert_snapshot!(told.join("\n"), @"
    Conjur cannot be asked: the variable CONJUR_APPLIANCE_URL is not set; set it to its address
    Conjur cannot be asked: the variable CONJUR_ACCOUNT is not set; set it to the account's name
    Conjur cannot be asked: no login is set: set CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY (or CONJUR_AUTHN_API_KEY_FILE), or CONJUR_AUTHN_JWT_SERVICE_ID
    Conjur cannot be asked: CONJUR_AUTHN_API_KEY, or CONJUR_AUTHN_API_KEY_FILE, is not set, which goes with CONJUR_AUTHN_LOGIN
    Conjur cannot be asked: CONJUR_AUTHN_LOGIN is not set, which goes with CONJUR_AUTHN_API_KEY
    Conjur at http://127.0.0.1:[port] does not accept the login (HTTP 401); look at CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY
    Conjur at http://127.0.0.1:[port] knows no such account or way to log in; look at CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY
    Conjur at http://127.0.0.1:[port] does not accept the login (HTTP 401); look at CONJUR_ACCOUNT, CONJUR_AUTHN_JWT_SERVICE_ID, the JWT, and the claims that Conjur's policy asks for
    the file /nowhere/jwt cannot be read: No such file or directory (os error 2)
    Conjur at http://127.0.0.1:[port] has no variable `nothing`, or no value in it; look at CONJUR_ACCOUNT and at the id
    Conjur's variable `empty` does not hold a token: it is empty
    Conjur's variable `two` does not hold a token: expected one line of printable ASCII characters
    Conjur at http://127.0.0.1:[port] does not let this login read the variable `forbidden`: it needs the privilege `execute` on it
    Conjur at http://127.0.0.1:[port] does not accept its own login any more (HTTP 401); are the clocks right?
    Conjur at http://127.0.0.1:[port] cannot answer at the moment (HTTP 500); try again later
    ");
}

#[tokio::test]
async fn a_server_that_misbehaves_is_left() {
    let other = StoreServer::new(conjur);
    let url = other.url();
    let rules: [Box<dyn Fn() -> Answer + Send + Sync>; 6] = [
        Box::new(move || Answer::SendsTo(url.clone())),
        Box::new(|| Answer::Says(200, "<html>Please log in</html>".to_owned())),
        // A pass that is not in Base64 could end the header it goes into.
        Box::new(|| Answer::Says(200, PASS.to_owned())),
        Box::new(|| Answer::Says(200, String::new())),
        Box::new(|| Answer::Says(503, String::new())),
        Box::new(|| Answer::Floods),
    ];
    let mut told = Vec::new();
    for rule in rules {
        let server = StoreServer::new(move |_| rule());
        let url = server.url();
        told.push(refusal(WHATSAPP, &[(URL, url.as_str()), ACCOUNT, BY_KEY[0], BY_KEY[1]]).await);
        assert_eq!(server.asked().len(), 1, "asked once");
    }
    assert!(other.asked().is_empty());
    insta::assert_snapshot!(told.join("\n"), @"
    Conjur at http://127.0.0.1:[port] sends on to another address (HTTP 307), where no secret is sent; name the right one in CONJUR_APPLIANCE_URL
    Conjur at http://127.0.0.1:[port] does not answer as it should (HTTP 200); is CONJUR_APPLIANCE_URL right, and nothing in between?
    Conjur at http://127.0.0.1:[port] does not answer as it should (HTTP 200); is CONJUR_APPLIANCE_URL right, and nothing in between?
    Conjur at http://127.0.0.1:[port] does not answer as it should (HTTP 200); is CONJUR_APPLIANCE_URL right, and nothing in between?
    Conjur at http://127.0.0.1:[port] cannot answer at the moment (HTTP 503); try again later
    Conjur at http://127.0.0.1:[port] answers with more than 256 KiB
    ");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_is_waited_for_ten_seconds() {
    let server = StoreServer::new(|_| Answer::IsSilent);
    let url = server.url();
    let given = variables(&[(URL, &url), ACCOUNT, BY_KEY[0], BY_KEY[1]]);
    // The clock stands while somebody waits for the request.
    let came = tokio::task::spawn_blocking(move || until("a request", || (!server.asked().is_empty()).then_some(())));
    let source = source(WHATSAPP);
    let (token, came) = tokio::join!(source.read_by(&given), came);
    came.expect("a request");
    assert!(token.expect_err("no token").to_string().contains("did not answer within 10 s"));
}

#[tokio::test]
async fn a_ca_of_ones_own_is_trusted_where_it_is_named_and_only_there() {
    let home = tempfile::tempdir().expect("a directory");
    let (ca, server) = (ca(home.path()), StoreServer::with_tls(conjur));
    let url = format!("{}/api", server.tls_url());
    let given = [(URL, url.as_str()), ACCOUNT, BY_KEY[0], BY_KEY[1]];
    let told = refusal(WHATSAPP, &given).await;
    assert!(told.contains("certificate") && told.contains("CONJUR_CERT_FILE"), "{told}");
    assert!(server.asked().is_empty());
    source(WHATSAPP).read_by(&variables(&[&given[..], &[("CONJUR_CERT_FILE", &ca)]].concat())).await.expect("a token");
}
