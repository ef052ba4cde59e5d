//! The tests of the tests: a client with the settings that ours must not have, against the same server. Were it not
//! caught, the other tests would prove nothing.

use std::time::Duration;

use super::server::{Hostile, Seen, Step, soon};
use super::{BODY, http, yes};

async fn post_with(builder: reqwest::ClientBuilder, server: Hostile) -> Seen {
    let client = builder.no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
    let reply = soon(client.post(server.url()).bearer_auth("canary-token").body(BODY).send()).await;
    drop((reply, client));
    server.seen().await
}

/// A server that answers everything on a connection with the first reply, then with yes.
fn then_yes(first: Vec<u8>) -> Hostile {
    let later = || vec![Step::Read, Step::Send(yes("wamid.again"))];
    let mut script = vec![Step::Read, Step::Send(first)];
    script.extend(later());
    Hostile::new(vec![script, later(), later()])
}

#[tokio::test]
async fn a_client_that_follows_redirects_is_caught_with_two_posts_or_a_get() {
    for (status, methods) in [(302, ["post", "get"]), (307, ["post", "post"]), (308, ["post", "post"])] {
        let seen = post_with(reqwest::Client::builder(), then_yes(http(status, "Location: /again\r\n", ""))).await;
        assert_eq!(seen.methods(), methods, "{status}");
    }
}

#[tokio::test]
async fn a_client_that_follows_redirects_is_caught_at_the_other_host() {
    let other = Hostile::answering(yes("wamid.again"));
    let location = format!("Location: http://localhost:{}/again\r\n", other.port);
    post_with(reqwest::Client::builder(), Hostile::answering(http(307, &location, ""))).await;
    assert_eq!(other.seen().await.times(BODY), 1);
}

#[tokio::test]
async fn a_client_that_tries_again_after_a_server_error_is_caught_with_two_posts() {
    let again =
        reqwest::retry::for_host("127.0.0.1").no_budget().max_retries_per_request(1).classify_fn(
            |attempt| match attempt.status() {
                Some(status) if status.is_server_error() => attempt.retryable(),
                _ => attempt.success(),
            },
        );
    let seen = post_with(reqwest::Client::builder().retry(again), then_yes(http(503, "", ""))).await;
    assert_eq!(seen.times(BODY), 2);
}
