//! The wishes to stop: Ctrl-C, SIGTERM and a terminal that is closed, heard from the first waiting for others until the
//! command ends. Before it they end the program at once, as ever: nothing was sent.

use std::convert::Infallible;
use std::fs;
use std::future::poll_fn;
use std::io::{self, BufRead};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::Exit;
use super::failure::Failure;

/// Long enough for the runtime to see a signal that came while it slept.
const LOOK: Duration = Duration::from_millis(1);

/// What one command hears of signals. None is lost between two campaigns.
#[derive(Default)]
pub struct Signals {
    ears: Option<Ears>,
}

struct Ears {
    runtime: Runtime,
    signals: Vec<Signal>,
    came: bool,
}

impl Signals {
    /// Begins to hear, once. From now on signals do not end the program.
    pub fn listen(&mut self) -> io::Result<()> {
        self.ears()?;
        Ok(())
    }

    /// Does a work that is told each wish to stop.
    pub fn during<F: Future>(&mut self, work: impl FnOnce(mpsc::Receiver<()>) -> F) -> io::Result<F::Output> {
        let Ears { runtime, signals, came } = self.ears()?;
        let (tell, stops) = mpsc::channel(2);
        Ok(runtime.block_on(async {
            tokio::select! {
                done = work(stops) => done,
                never = pass_on(signals, came, tell) => match never {},
            }
        }))
    }

    /// Waits for others before anything is sent, or for a wish to stop: what the work has started ends with it.
    pub fn attend<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let attended = self.during(|mut stops| async move {
            tokio::select! {
                done = work => Some(done),
                _ = stops.recv() => None,
            }
        })?;
        attended.ok_or_else(|| Failure::Stopped {
            what: "asked to stop before anything began".to_owned(),
            exit: Exit::Paused,
        })
    }

    fn ears(&mut self) -> io::Result<&mut Ears> {
        match &mut self.ears {
            Some(ears) => Ok(ears),
            none => Ok(none.insert(Ears::new()?)),
        }
    }

    /// Whether any wish to stop has come.
    pub fn came(&mut self) -> bool {
        let Some(Ears { runtime, signals, came }) = &mut self.ears else { return false };
        runtime.block_on(async {
            tokio::select! {
                () = next(signals) => *came = true,
                () = tokio::time::sleep(LOOK) => {}
            }
        });
        *came
    }

    /// Reads a line from the terminal; none when a wish to stop comes first.
    pub fn line(&mut self) -> io::Result<Option<String>> {
        let Some(Ears { runtime, signals, came }) = &mut self.ears else { return read_line().map(Some) };
        runtime.block_on(async {
            tokio::select! {
                () = next(signals) => {
                    *came = true;
                    Ok(None)
                }
                line = tokio::task::spawn_blocking(read_line) => line?.map(Some),
            }
        })
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        if let Some(Ears { runtime, .. }) = self.ears.take() {
            // Threads of an abandoned name lookup or question must not hold up the end.
            runtime.shutdown_background();
        }
    }
}

impl Ears {
    fn new() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
        if !hangup_is_ignored() {
            kinds.push(SignalKind::hangup());
        }
        let inside = runtime.enter();
        let signals = kinds.into_iter().map(signal).collect::<io::Result<_>>()?;
        drop(inside);
        Ok(Self { runtime, signals, came: false })
    }
}

/// Whether we were started by `nohup` or the like, to outlive the terminal. Known on Linux only.
fn hangup_is_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    // SIGHUP is 1, and the lowest bit is signal 1.
    ignored & 1 == 1
}

async fn pass_on(signals: &mut [Signal], came: &mut bool, tell: mpsc::Sender<()>) -> Infallible {
    loop {
        next(signals).await;
        *came = true;
        // Nobody listens any more once the work is done.
        let _ = tell.send(()).await;
    }
}

async fn next(signals: &mut [Signal]) {
    poll_fn(|context| match signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}
