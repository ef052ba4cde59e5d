//! A candidate runs in a process of its own: this program again, with an order as its argument. It answers with figures.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use tidings::clock::Clock;

use crate::{Failure, bare, meter, ours, pass};

/// Before the order of a candidate.
pub const FLAG: &str = "--candidate";

/// Who does the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Candidate {
    /// tidings, through the library.
    Tidings,
    /// A plain loop on reqwest.
    Reqwest,
    /// A plain loop on hyper.
    Hyper,
    /// `tidings run` as on the command line, on a ledger that is already there.
    Again,
    /// `tidings preview` as on the command line.
    Preview,
    /// `tidings check` as on the command line.
    Check,
    /// A pass over the recipients that renders one text for each.
    Render,
    /// A pass over the recipients that reads the phones and remembers them.
    Pass,
}

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub candidate: Candidate,
    /// Where the input is.
    pub directory: PathBuf,
    /// Where to send.
    pub url: String,
    /// Requests under way; none to let tidings choose.
    pub slots: Option<usize>,
    /// Messages a second.
    pub rate_per_second: f64,
    /// Whether to look at each message's time.
    pub watch: bool,
}

/// How it went.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Figures {
    pub messages: u64,
    /// Of the process, from start to end.
    pub whole_s: f64,
    pub whole_cpu_s: f64,
    pub first_request_s: f64,
    /// From the first request to the last answer.
    pub sending_s: f64,
    pub sending_cpu_s: f64,
    pub peak_rss_mib: f64,
    /// Synced commits while sending.
    pub commits: u64,
    pub watched: Option<Watched>,
}

/// What the times of messages show.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Watched {
    /// Between the first and the last message.
    pub mean_per_second: f64,
    /// Messages in the fullest second, wherever it begins.
    pub fullest_second: u64,
    /// From the claim in the ledger to the request, in milliseconds.
    pub claim_to_request_ms_median: f64,
    pub claim_to_request_ms_p99: f64,
}

impl Order {
    /// An order without a pace.
    pub fn new(candidate: Candidate, directory: &Path) -> Self {
        let directory = directory.to_owned();
        Self { candidate, directory, url: String::new(), slots: None, rate_per_second: 1e7, watch: false }
    }

    /// Gives the order to a process of its own and waits for it.
    pub fn give(&self) -> Result<Figures, Failure> {
        let output = Command::new(std::env::current_exe()?)
            .args([FLAG, &serde_json::to_string(self)?])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let figures = text.lines().last().filter(|_| output.status.success());
        Ok(serde_json::from_str(figures.ok_or_else(|| format!("{:?} failed: {text}", self.candidate))?)?)
    }
}

/// Does what the order says, in this process.
pub fn obey(order: &str) -> Result<(), Failure> {
    let order: Order = serde_json::from_str(order)?;
    let start = Clock::System.instant();
    let mut figures = match order.candidate {
        Candidate::Tidings => ours::whole_job(&order, start)?,
        Candidate::Again => ours::command(&["run", "--yes", "--quiet", "--api-url", &order.url], &order)?,
        Candidate::Preview => ours::command(&["preview", "--json"], &order)?,
        Candidate::Check => ours::command(&["check"], &order)?,
        Candidate::Render => pass::texts(&order)?,
        Candidate::Reqwest => bare::on_reqwest(&order, start)?,
        Candidate::Hyper => bare::on_hyper(&order, start)?,
        Candidate::Pass => pass::phones(&order)?,
    };
    figures.whole_s = (Clock::System.instant() - start).as_secs_f64();
    figures.whole_cpu_s = meter::cpu_s();
    figures.peak_rss_mib = meter::peak_rss_mib();
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "\n{}", serde_json::to_string(&figures)?)?;
    Ok(())
}
