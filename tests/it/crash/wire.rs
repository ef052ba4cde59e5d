//! The way to the world, with the moments at which a death can meet a request.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tidings::cloud::client::{Renewal, Request, Sender};
use tidings::cloud::outcome::Outcome;

use super::step::Steps;
use crate::harness::world::World;

pub struct Wire {
    pub world: Arc<World>,
    pub steps: Arc<Steps>,
    /// The usual mistake: a request without a verdict is sent once more.
    pub asks_again: bool,
    /// Whether the source of a refused token has another.
    pub renews: bool,
}

impl Wire {
    async fn ask(&self, request: Request) -> Outcome {
        // It is about to leave.
        self.steps.step_or_stay().await;
        let mut asking = pin!(self.world.send(request));
        let asked = poll_fn(|context| Poll::Ready(asking.as_mut().poll(context))).await;
        // The world has decided.
        self.steps.step_or_stay().await;
        let outcome = match asked {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => asking.await,
        };
        // The answer is here, and nobody has seen it.
        self.steps.step_or_stay().await;
        outcome
    }
}

impl Sender for Wire {
    async fn send(&self, request: Request) -> Outcome {
        match self.ask(request.clone()).await {
            Outcome::InDoubt { .. } if self.asks_again => self.ask(request).await,
            outcome => outcome,
        }
    }

    async fn renewed(&self) -> Renewal<Self> {
        // The source is about to be read, and then it was.
        self.steps.step_or_stay().await;
        self.steps.step_or_stay().await;
        if !self.renews {
            return Renewal::Same;
        }
        let (world, steps) = (Arc::clone(&self.world), Arc::clone(&self.steps));
        Renewal::Other(Self { world, steps, ..*self })
    }
}
