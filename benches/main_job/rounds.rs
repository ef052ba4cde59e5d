//! Paired rounds: the candidates take turns, and what one did is compared with what the others did in the same round.

use std::fs;
use std::path::Path;

use crate::Failure;
use crate::candidate::{Candidate, Figures, Order};
use crate::input::Input;
use crate::meter::median;
use crate::ours::LEDGER;
use crate::server::Server;

/// A candidate's turn.
#[derive(Debug, Clone)]
pub struct Turn {
    pub figures: Figures,
    pub server_cpu_s: f64,
}

impl Turn {
    /// Messages a second while sending.
    pub fn rate(&self) -> f64 {
        self.figures.messages as f64 / self.figures.sending_s
    }

    /// Messages a second over the whole job.
    pub fn whole_rate(&self) -> f64 {
        self.figures.messages as f64 / self.figures.whole_s
    }

    /// CPU time of the whole job.
    pub fn cpu_us_a_message(&self) -> f64 {
        self.figures.whole_cpu_s * 1e6 / self.figures.messages as f64
    }

    /// CPU time while sending.
    pub fn sending_cpu_us_a_message(&self) -> f64 {
        self.figures.sending_cpu_s * 1e6 / self.figures.messages as f64
    }

    /// CPU time of the sandbox.
    pub fn server_cpu_us_a_message(&self) -> f64 {
        self.server_cpu_s * 1e6 / self.figures.messages as f64
    }
}

/// Gives an order against a fresh sandbox and a fresh ledger, and holds the sandbox's book against what it tells.
pub fn take_turn(order: &Order, latency: &str, people: u64) -> Result<Turn, Failure> {
    clear(&order.directory)?;
    let server = Server::start(latency)?;
    let figures = Order { url: server.url(), ..order.clone() }.give()?;
    let book = server.book()?;
    if (book.accepted, book.recipients_twice, figures.messages) != (people, 0, people) {
        return Err(
            format!("{:?} told of {} messages, but the book says {book:?}", order.candidate, figures.messages).into()
        );
    }
    Ok(Turn { figures, server_cpu_s: server.cpu_s() })
}

/// Removes what an earlier turn left.
fn clear(directory: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_ledger = path.file_stem().is_some_and(|stem| LEDGER.starts_with(&*stem.to_string_lossy()));
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        } else if is_ledger {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// So many rounds after one to warm up; in each a turn for every candidate.
pub struct Rounds<const N: usize> {
    rounds: Vec<[Turn; N]>,
}

impl<const N: usize> Rounds<N> {
    pub fn run(
        candidates: [Candidate; N],
        (input, latency, slots): (&Input, &str, usize),
        rounds: usize,
    ) -> Result<Self, Failure> {
        println!(
            "  {} messages, latency {latency}, {slots} under way; messages a second (CPU µs a message)",
            input.people
        );
        let mut kept = Vec::new();
        for round in 0..=rounds {
            let mut turns = Vec::new();
            for candidate in candidates {
                let order = Order { slots: Some(slots), ..Order::new(candidate, input.path()) };
                turns.push(take_turn(&order, latency, input.people)?);
            }
            let turns: [Turn; N] = turns.try_into().map_err(|_| "a turn for each candidate")?;
            let shown = candidates.iter().zip(&turns).map(|(candidate, turn)| {
                format!("{candidate:?} {:.0} ({:.1})", turn.rate(), turn.sending_cpu_us_a_message())
            });
            let name = if round == 0 { "warm-up".to_owned() } else { format!("round {round}") };
            println!("  {name}: {}", shown.collect::<Vec<_>>().join(", "));
            if round > 0 {
                kept.push(turns);
            }
        }
        Ok(Self { rounds: kept })
    }

    /// The median over rounds of something in one round.
    pub fn median(&self, of: impl Fn(&[Turn; N]) -> f64) -> f64 {
        median(self.rounds.iter().map(of).collect())
    }
}
