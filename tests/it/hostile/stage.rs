//! Many replies, one after another, to one client: a connection for each message, and a message for each reply.

use std::sync::mpsc::{Sender as Channel, channel};

use tidings::cloud::client::{Client, Sender};
use tidings::cloud::outcome::Outcome;

use super::server::{Hostile, Step, soon};
use super::{UNPOOLED, client, message, word};

pub struct Stage {
    client: Client,
    server: Hostile,
    replies: Channel<Vec<u8>>,
    played: usize,
}

impl Stage {
    pub fn new() -> Self {
        let (replies, next) = channel();
        let server = Hostile::with(move || {
            let reply = next.try_recv().expect("a connection more than there are messages");
            vec![Step::Read, Step::Send(reply), Step::Close]
        });
        Self { client: client(&server.url(), UNPOOLED), server, replies, played: 0 }
    }

    /// What the client makes of a reply.
    pub async fn play(&mut self, reply: impl Into<Vec<u8>>) -> Outcome {
        self.replies.send(reply.into()).expect("a server");
        self.played += 1;
        soon(self.client.send(message(&body(self.played)))).await
    }

    pub async fn check(&mut self, name: &str, reply: impl Into<Vec<u8>>, expected: &str) -> Outcome {
        let outcome = self.play(reply).await;
        assert_eq!(word(&outcome), expected, "{name}: {outcome:?}");
        outcome
    }

    /// Checks that each message came whole once, and nothing else came.
    pub async fn end(self) {
        drop(self.client);
        let seen = self.server.seen().await;
        assert_eq!((seen.connections, seen.methods()), (self.played, vec!["post"; self.played]));
        for n in 1..=self.played {
            assert_eq!(seen.times(&body(n)), 1, "message {n}");
        }
    }
}

fn body(n: usize) -> String {
    format!(r#"{{"to":"+12025550123","n":{n}}}"#)
}
