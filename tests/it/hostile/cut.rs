//! What breaks or stalls after the body was handed over: in doubt, however little came through.

use std::time::Duration;

use tidings::cloud::client::Sender;

use super::server::{Hostile, Script, Step, soon};
use super::{BODY, HASTY, PATIENT, client, http, message, send, why, word, yes};

/// Plays one connection and tells the outcome and how many requests came whole.
async fn outcome_of(script: Script) -> (String, usize) {
    let (outcome, seen) = send(Hostile::new(vec![script])).await;
    assert_eq!(seen.connections, 1, "{outcome:?}");
    (word(&outcome), seen.times(BODY))
}

fn in_doubt(whole: usize) -> (String, usize) {
    ("in doubt".to_owned(), whole)
}

#[tokio::test]
async fn row_6_a_reset_in_the_middle_of_the_body_is_in_doubt() {
    assert_eq!(outcome_of(vec![Step::ReadBytes(10), Step::Reset]).await, in_doubt(0));
    // More than any buffer on the way holds. That the rest never left cannot be proved from this side.
    let long = "x".repeat(32 << 20);
    let server = Hostile::new(vec![vec![Step::ReadBytes(100_000), Step::Reset]]);
    let outcome = soon(client(&server.url(), PATIENT).send(message(&long))).await;
    let seen = server.seen().await;
    assert_eq!((word(&outcome), seen.connections, seen.whole.len()), ("in doubt".to_owned(), 1, 0));
}

#[tokio::test]
async fn row_7_a_reset_after_the_body_is_in_doubt() {
    assert_eq!(outcome_of(vec![Step::Read, Step::Reset]).await, in_doubt(1));
}

#[tokio::test]
async fn row_8_an_end_before_the_reply_is_in_doubt() {
    assert_eq!(outcome_of(vec![Step::Read, Step::Close]).await, in_doubt(1));
}

#[tokio::test]
async fn row_9_half_a_reply_is_in_doubt_wherever_it_is_cut() {
    let whole = yes("wamid.A");
    let head = whole.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    for cut in [1, 9, head - 1, head, head + 1, whole.len() - 1] {
        for end in [Step::Close, Step::Reset] {
            let script = vec![Step::Read, Step::Send(whole[..cut].to_vec()), end];
            assert_eq!(outcome_of(script).await, in_doubt(1), "cut at {cut}");
        }
    }
}

#[tokio::test]
async fn rows_10_and_11_a_reply_that_drips_or_never_comes_is_given_up_in_time_and_in_doubt() {
    let drip = || Step::Drip(Duration::from_millis(5));
    let long = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n";
    let scripts = [
        ("head", vec![Step::Read, Step::Send(b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec()), drip()]),
        ("body", vec![Step::Read, Step::Send(long.into()), drip()]),
        (
            "yes, then",
            vec![Step::Read, Step::Send([long.as_bytes(), br#"{"messages":[{"id":"wamid.A"}]}"#].concat()), drip()],
        ),
        ("stall", vec![Step::Read]),
    ];
    for (name, script) in scripts {
        let server = Hostile::new(vec![script]);
        let outcome = soon(client(&server.url(), HASTY).send(message(BODY))).await;
        assert_eq!((word(&outcome).as_str(), why(&outcome)), ("in doubt", "no answer within 0.15 s"), "{name}");
        assert_eq!(server.seen().await.times(BODY), 1, "{name}");
    }
}

#[tokio::test]
async fn answers_to_nothing_are_never_taken_for_ours() {
    // A reply that comes before the request, as a confused middleman sends: whatever becomes of it, one request at most.
    let server = Hostile::new(vec![vec![Step::Send(http(408, "Connection: close\r\n", "")), Step::Close]]);
    let (outcome, seen) = send(server).await;
    assert!(["not sent", "in doubt"].contains(&word(&outcome).as_str()), "{outcome:?}");
    assert!(seen.times(BODY) <= 1);
}
