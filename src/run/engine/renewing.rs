//! How a run goes on when its token is refused: everybody waits while the source of the token is read once more.
//!
//! A refusal of the token proves that the message was not taken, so it goes back to be sent with the next one.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinHandle};

use super::Engine;
use crate::cloud::client::{Renewal, Sender};
use crate::policy::token::{Generation, Next};
use crate::run::event::{Ending, Event};

/// A source that is a command has ten seconds; what takes longer than this hangs. Below the grace of a stop.
const READ_WITHIN: Duration = Duration::from_secs(15);

/// The source of a refused token, being read once more.
pub(super) struct Reading<S> {
    task: JoinHandle<Renewal<S>>,
    /// How the run ends if that gives no other token.
    refusal: Ending,
}

/// Waits for the end of a reading.
pub(super) async fn ended<S>(reading: &mut Option<Reading<S>>) -> Result<Renewal<S>, JoinError> {
    match reading {
        Some(reading) => (&mut reading.task).await,
        None => std::future::pending().await,
    }
}

impl<S: Sender> Engine<S> {
    /// The token of a request was refused; `ending` is what that means if there is no other.
    pub(super) fn token_refused(&mut self, token: Generation, ending: Ending, listener: &mut impl FnMut(Event<'_>)) {
        match self.tokens.refused(token) {
            Next::Wait => {}
            Next::Read if !self.left => self.read_again(ending, listener),
            Next::Read | Next::Stop => self.stop(ending),
        }
    }

    fn read_again(&mut self, refusal: Ending, listener: &mut impl FnMut(Event<'_>)) {
        if let Ending::Stopped { detail, .. } = &refusal {
            listener(Event::TokenRefused { said: detail });
        }
        let sender = Arc::clone(&self.sender);
        let task = tokio::spawn(async move {
            let hangs = |_| Renewal::Failed(format!("it gave nothing within {} s", READ_WITHIN.as_secs()));
            tokio::time::timeout(READ_WITHIN, sender.renewed()).await.unwrap_or_else(hangs)
        });
        self.reading = Some(Reading { task, refusal });
        self.put_back_ready();
    }

    /// Goes on with another token, or stops where there is none.
    pub(super) fn go_on_with(&mut self, renewal: Result<Renewal<S>, JoinError>, listener: &mut impl FnMut(Event<'_>)) {
        let Some(Reading { refusal, .. }) = self.reading.take() else { return };
        let why =
            match renewal.unwrap_or_else(|error| Renewal::Failed(format!("the task that reads it failed: {error}"))) {
                Renewal::Other(sender) => {
                    self.sender = Arc::new(sender);
                    self.tokens.renewed();
                    return listener(Event::TokenRenewed);
                }
                Renewal::Same => "its source still gives the same".to_owned(),
                Renewal::Failed(why) => format!("its source cannot be read again: {why}"),
            };
        self.tokens.exhausted();
        self.stop(refusal.explained(&why));
    }

    /// Waits for no other token. What is known is that this one was refused.
    pub(super) fn stop_reading(&mut self) {
        if let Some(Reading { task, refusal }) = self.reading.take() {
            task.abort();
            self.tokens.exhausted();
            self.stop(refusal);
        }
    }
}
