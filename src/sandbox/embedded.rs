//! A sandbox inside this process, for rehearsals.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::book::{Accepted, Summary};
use super::faults::Script;
use super::server::{self, Shared};
use super::world::World;

/// A sandbox on a thread of its own, reachable from this machine only. It ends when it is dropped.
pub struct Embedded {
    address: SocketAddr,
    world: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Embedded {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is no port or no thread to be had.
    pub fn start(script: Script) -> io::Result<Self> {
        Self::of(World::new(script))
    }

    /// The same, of a world.
    ///
    /// # Errors
    /// As [`Embedded::start`].
    pub fn of(world: World) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let world = Shared::new(world);
        let served = world.clone();
        let (stop, stopped) = oneshot::channel();
        let (started, start) = mpsc::channel();
        let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            if let Err(error) = run(listener, served, stopped, &started) {
                // Nobody listens once the start has succeeded, and then there is nothing left that can fail.
                let _ = started.send(Err(error));
            }
        })?;
        start.recv().map_err(io::Error::other)??;
        Ok(Self { address, world, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, such as `http://127.0.0.1:49152`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The book in figures.
    pub fn book(&self) -> Summary {
        self.world.lock().book()
    }

    /// Accepted messages in their order: at most `limit`, from the one after the first `offset`.
    pub fn messages(&self, offset: usize, limit: usize) -> Vec<Accepted> {
        self.world.lock().messages(offset, limit)
    }
}

/// Serves on a runtime of its own. The runtime lives and dies on this thread: one may not be dropped inside another.
fn run(
    listener: std::net::TcpListener,
    world: Shared,
    stopped: oneshot::Receiver<()>,
    started: &mpsc::Sender<io::Result<()>>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let _ = started.send(Ok(()));
        // A dropped sender means the same as a sent word: stop.
        server::serve(listener, world, async { drop(stopped.await) }).await;
        Ok(())
    })
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been reported by its own thread.
            let _ = thread.join();
        }
    }
}
