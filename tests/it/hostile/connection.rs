//! No connection, or one that breaks before the body is handed over: proof that nothing was sent. And none of HTTP/2,
//! where one lost connection would leave every message under way in doubt.

use std::future::{Future, poll_fn};
use std::net::TcpListener;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tidings::cloud::client::{Sender, Timeouts};

use super::server::{Hostile, Step, soon};
use super::{BODY, PATIENT, client, message, why, word, yes};

#[tokio::test]
async fn row_1_a_name_that_does_not_resolve_is_not_sent() {
    // A label of more than 63 letters fails without a question to any server of names.
    let api = format!("https://{}.invalid", "a".repeat(64));
    let outcome = soon(client(&api, PATIENT).send(message(BODY))).await;
    assert_eq!(word(&outcome), "not sent", "{outcome:?}");
}

#[tokio::test]
async fn row_2_a_refused_connection_is_not_sent() {
    // The near end of a connection is a port that nobody listens on, and nobody else is given.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let near = std::net::TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
    let api = format!("http://{}", near.local_addr().expect("an address"));
    let outcome = soon(client(&api, PATIENT).send(message(BODY))).await;
    assert_eq!(word(&outcome), "not sent", "{outcome:?}");
    assert!(why(&outcome).contains("refused"), "{outcome:?}");
}

fn tls_server() -> Hostile {
    Hostile::new(vec![vec![Step::Handshake, Step::Read, Step::Send(yes("wamid.A"))]])
}

#[tokio::test]
async fn row_3_a_certificate_that_nobody_vouches_for_is_not_sent() {
    let server = tls_server();
    let outcome = soon(client(&server.tls_url(), PATIENT).send(message(BODY))).await;
    assert_eq!(word(&outcome), "not sent", "{outcome:?}");
    assert!(why(&outcome).contains("certificate"), "{outcome:?}");
    let seen = server.seen().await;
    assert_eq!((seen.whole.len(), seen.handshakes.len()), (0, 1));
    assert!(seen.handshakes[0].is_err(), "{seen:?}");
}

#[tokio::test]
async fn the_server_with_that_certificate_serves_whoever_trusts_it() {
    let server = tls_server();
    let trusting =
        reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().expect("a client");
    let reply = soon(trusting.post(server.tls_url()).body(BODY).send()).await.expect("a reply");
    assert_eq!(reply.status(), 200);
    drop((reply, trusting));
    let seen = server.seen().await;
    assert_eq!((seen.times(BODY), seen.handshakes), (1, vec![Ok(())]));
}

#[tokio::test]
async fn row_4_a_handshake_that_breaks_is_not_sent() {
    for script in [vec![Step::Greeting, Step::Close], vec![Step::Greeting, Step::Reset], vec![Step::Close]] {
        let server = Hostile::new(vec![script]);
        let outcome = soon(client(&server.tls_url(), PATIENT).send(message(BODY))).await;
        assert_eq!(word(&outcome), "not sent", "{outcome:?}");
        let seen = server.seen().await;
        assert_eq!((seen.connections, seen.whole.len()), (1, 0));
    }
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_not_sent() {
    let server = Hostile::new(vec![vec![Step::Greeting]]);
    let timeouts = Timeouts { connect: Duration::from_millis(100), ..PATIENT };
    let outcome = soon(client(&server.tls_url(), timeouts).send(message(BODY))).await;
    assert_eq!((word(&outcome).as_str(), why(&outcome)), ("not sent", "no connection within 0.1 s"));
    assert_eq!(server.seen().await.whole.len(), 0);
}

#[tokio::test]
async fn row_5_a_reset_before_the_body_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let api = format!("http://{}", listener.local_addr().expect("an address"));
    let client = client(&api, PATIENT);
    let mut sending = pin!(client.send(message(BODY)));
    // Once polled, it connects and has not looked whether it is connected.
    let first = poll_fn(|context| Poll::Ready(sending.as_mut().poll(context))).await;
    assert!(first.is_pending());
    // Connections that wait to be taken are reset with their listener.
    drop(listener);
    let outcome = soon(sending).await;
    assert_eq!(word(&outcome), "not sent", "{outcome:?}");
}

#[tokio::test]
async fn row_5_a_reset_at_once_is_not_sent_or_in_doubt_as_the_body_was_faster() {
    for _ in 0..10 {
        let server = Hostile::new(vec![vec![Step::Reset]]);
        let outcome = soon(client(&server.url(), PATIENT).send(message(BODY))).await;
        assert!(["not sent", "in doubt"].contains(&word(&outcome).as_str()), "{outcome:?}");
        let seen = server.seen().await;
        assert_eq!((seen.connections, seen.whole.len()), (1, 0), "{outcome:?}");
    }
}

#[tokio::test]
async fn rows_13_and_14_cannot_come_as_http_2_is_never_offered() {
    let server = Hostile::new(vec![vec![Step::Greeting, Step::Close]]);
    soon(client(&server.tls_url(), PATIENT).send(message(BODY))).await;
    let seen = server.seen().await;
    assert_eq!(seen.offered.len(), 1);
    assert!(seen.offered[0].iter().all(|protocol| protocol.starts_with("http/1")), "{:?}", seen.offered);
    // Nor without TLS: the request is HTTP/1.1, with no wish to change.
    let server = Hostile::answering(yes("wamid.A"));
    soon(client(&server.url(), PATIENT).send(message(BODY))).await;
    let seen = server.seen().await;
    let head = &seen.whole[0].head;
    assert!(head.starts_with("post /v25.0/106540352242922/messages http/1.1\r\n"), "{head}");
    assert!(!head.contains("upgrade"), "{head}");
}
