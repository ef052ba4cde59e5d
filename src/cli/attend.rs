//! Waiting for others before anything is sent: for a store of secrets, for WhatsApp.

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};

use super::Exit;
use super::failure::Failure;

/// Waits for a work, or for a wish to stop: what the work has started ends with it.
///
/// A thread that hangs beneath it, on a name that does not resolve or on a share that is gone, is left behind.
pub fn attend<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            done = work => Ok(done),
            _ = interrupt.recv() => Err(stopped()),
            _ = terminate.recv() => Err(stopped()),
        }
    });
    runtime.shutdown_background();
    done
}

fn stopped() -> Failure {
    Failure::Stopped { what: "asked to stop before anything began".to_owned(), exit: Exit::Paused }
}
