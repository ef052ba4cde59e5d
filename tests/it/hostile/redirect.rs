//! Row 15: redirects lead nowhere. No second POST, no GET, and the token goes to nobody else.

use tidings::cloud::client::Sender;

use super::server::{Hostile, Step, soon};
use super::{BODY, PATIENT, client, http, message, word, yes};

const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

#[tokio::test]
async fn row_15_a_redirect_to_the_same_host_is_in_doubt_and_not_followed() {
    for status in REDIRECTS {
        let reply = http(status, "Location: /v25.0/1/messages\r\n", "");
        let server = Hostile::new(vec![
            vec![Step::Read, Step::Send(reply), Step::Read, Step::Send(yes("wamid.again"))],
            vec![Step::Read, Step::Send(yes("wamid.again"))],
        ]);
        let outcome = soon(client(&server.url(), PATIENT).send(message(BODY))).await;
        assert_eq!(word(&outcome), "in doubt", "{status}");
        let seen = server.seen().await;
        assert_eq!((seen.methods(), seen.times(BODY)), (vec!["post"], 1), "{status}");
    }
}

#[tokio::test]
async fn row_15_a_redirect_to_another_host_carries_no_message_and_no_token_there() {
    for status in REDIRECTS {
        let other = Hostile::answering(yes("wamid.again"));
        let location = format!("Location: http://localhost:{}/v25.0/1/messages\r\n", other.port);
        let server = Hostile::answering(http(status, &location, ""));
        let outcome = soon(client(&server.url(), PATIENT).send(message(BODY))).await;
        assert_eq!(word(&outcome), "in doubt", "{status}");
        let seen = server.seen().await;
        assert_eq!(seen.times(BODY), 1, "{status}");
        assert!(seen.whole[0].head.contains("authorization: bearer canary-token\r\n"), "{:?}", seen.whole);
        assert_eq!(other.seen().await.connections, 0, "{status}");
    }
}

#[tokio::test]
async fn a_yes_in_a_redirect_is_none() {
    let body = br#"{"messages":[{"id":"wamid.A"}]}"#;
    for status in [300, 304, 307] {
        let server = Hostile::answering(http(status, "Location: /elsewhere\r\n", body));
        let outcome = soon(client(&server.url(), PATIENT).send(message(BODY))).await;
        assert_eq!((word(&outcome).as_str(), server.seen().await.whole.len()), ("in doubt", 1), "{status}");
    }
}
