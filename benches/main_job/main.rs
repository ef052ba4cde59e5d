//! The benchmark of the main job: a recipients file in, messages out, a result for each.
//!
//! ```text
//! cargo bench --bench main_job                     all sections, about four minutes
//! cargo bench --bench main_job -- rate preview     some of them: rate latency pacing memory preview check
//! cargo bench --bench main_job -- --full memory    a million recipients, a minute at each pace
//! ```
//!
//! The yardstick is two plain loops (`bare`), which read CSV, build JSON, POST and write a CSV line: no ledger, no checks.
//! One is on reqwest with the settings of tidings' own client, one on hyper with a connection a task. They and tidings
//! take turns against the sandbox on the same machine: each time with a new sandbox process, each candidate a new process
//! too, so that its CPU time and memory are its own. What is compared are ratios within one round; the median of the
//! rounds counts. Absolute figures depend on the machine, and on what else it does.
//!
//! tidings does the whole job: it checks the files, composes every message, stages them in a ledger on disk, sends with
//! every attempt committed before it leaves, writes the live report, and folds the report from the ledger at the end.
//! *Sending* is from the first request to the last answer, *the whole job* from start to end of the process. The bare
//! loops have no other parts, so for them both are the same.
//!
//! Timings are not tests: the exit code is 0 whether a goal is met or not. It needs Linux, for `/proc`.
#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

mod bare;
mod candidate;
mod goal;
mod input;
mod meter;
mod ours;
mod pass;
mod rounds;
mod sections;
mod server;
mod watch;

use goal::Table;

/// What goes wrong in a benchmark is for its author to read.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Large or modest sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Modest,
    Full,
}

impl Size {
    fn pick<T>(self, modest: T, full: T) -> T {
        match self {
            Self::Modest => modest,
            Self::Full => full,
        }
    }
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, order] = arguments.as_slice()
        && flag == candidate::FLAG
    {
        return candidate::obey(order);
    }
    let size = if arguments.iter().any(|argument| argument == "--full") { Size::Full } else { Size::Modest };
    let wanted: Vec<&str> = arguments.iter().map(String::as_str).filter(|name| *name != "--full").collect();
    let known = |name: &&str| sections::ALL.iter().any(|(section, _)| section == name);
    if let Some(name) = wanted.iter().find(|name| !known(name)) {
        let names: Vec<&str> = sections::ALL.iter().map(|(name, _)| *name).collect();
        return Err(format!("no section `{name}`; there are: {}", names.join(" ")).into());
    }
    let mut table = Table::default();
    for (name, section) in sections::ALL {
        if wanted.is_empty() || wanted.contains(name) {
            println!("\n{name}");
            section(size, &mut table)?;
        }
    }
    println!("\n{table}");
    Ok(())
}
