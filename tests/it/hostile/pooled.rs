//! Row 12: a kept connection that the server closes just as it is used again.

use std::sync::mpsc;

use tidings::cloud::client::{Client, Sender};
use tokio::sync::oneshot;

use super::server::{Hostile, Step, soon};
use super::{PATIENT, client, message, word, yes};

async fn first(client: &Client) {
    assert_eq!(word(&soon(client.send(message("first"))).await), "accepted wamid.1");
}

/// A server that answers once, closes when told, and answers once more on the next connection.
fn closing() -> (Hostile, oneshot::Sender<()>, mpsc::Receiver<()>) {
    let ((tell, told), (done, closed)) = (oneshot::channel(), mpsc::channel());
    let server = Hostile::new(vec![
        vec![Step::Read, Step::Send(yes("wamid.1")), Step::CloseWhenTold(told, done)],
        vec![Step::Read, Step::Send(yes("wamid.2"))],
    ]);
    (server, tell, closed)
}

#[tokio::test]
async fn row_12_closed_just_before_the_next_request_is_in_doubt_or_sent_once_elsewhere() {
    for _ in 0..10 {
        let (server, tell, closed) = closing();
        let client = client(&server.url(), PATIENT);
        first(&client).await;
        tell.send(()).expect("a server");
        // The end is in the client's socket now, and this thread has not looked there yet.
        closed.recv().expect("a word");
        let second = soon(client.send(message("second"))).await;
        drop(client);
        let seen = server.seen().await;
        match word(&second).as_str() {
            "in doubt" => assert_eq!(seen.times("second"), 0),
            "accepted wamid.2" => assert_eq!(seen.times("second"), 1),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn row_12_closed_well_before_the_next_request_is_sent_once_on_a_new_connection() {
    let (server, tell, closed) = closing();
    let this = client(&server.url(), PATIENT);
    first(&this).await;
    tell.send(()).expect("a server");
    closed.recv().expect("a word");
    // A round trip elsewhere, in which this thread looks at all its sockets.
    let other = Hostile::answering(yes("wamid.other"));
    soon(client(&other.url(), PATIENT).send(message("other"))).await;
    let second = soon(this.send(message("second"))).await;
    assert_eq!(word(&second), "accepted wamid.2");
    drop(this);
    let seen = server.seen().await;
    assert_eq!((seen.times("first"), seen.times("second"), seen.connections), (1, 1, 2));
}

#[tokio::test]
async fn row_12_closed_or_reset_upon_the_next_request_is_in_doubt_and_not_sent_elsewhere() {
    let endings = [
        (vec![Step::Read, Step::Close], 1),
        (vec![Step::Read, Step::Reset], 1),
        (vec![Step::ReadBytes(10), Step::Reset], 0),
        (vec![Step::ReadBytes(10), Step::Close], 0),
    ];
    for (ending, whole) in endings {
        let mut script = vec![Step::Read, Step::Send(yes("wamid.1"))];
        script.extend(ending);
        let server = Hostile::new(vec![script, vec![Step::Read, Step::Send(yes("wamid.2"))]]);
        let client = client(&server.url(), PATIENT);
        first(&client).await;
        let second = soon(client.send(message("second"))).await;
        assert_eq!(word(&second), "in doubt", "{second:?}");
        drop(client);
        let seen = server.seen().await;
        assert_eq!((seen.times("second"), seen.connections), (whole, 1));
    }
}
