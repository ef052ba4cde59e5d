//! As fast as it goes: no latency, 64 requests under way.

use crate::candidate::Candidate;
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::rounds::{Rounds, Turn};
use crate::{Failure, Size};

const SLOTS: usize = 64;

pub fn measure(size: Size, table: &mut Table) -> Result<(), Failure> {
    let input = Input::new(size.pick(30_000, 100_000))?;
    let candidates = [Candidate::Tidings, Candidate::Reqwest, Candidate::Hyper];
    let rounds = Rounds::run(candidates, (&input, "0", SLOTS), size.pick(5, 9))?;
    let ratio = |of: fn(&Turn) -> f64, other: usize| rounds.median(|turns| of(&turns[0]) / of(&turns[other]));
    table.add("rate, sending ÷ reqwest (floor 0.65)", Goal::AtLeast(0.8), ratio(Turn::rate, 1), "");
    table.add("rate, sending ÷ hyper", Goal::AtLeast(0.5), ratio(Turn::rate, 2), "");
    table.add("rate, the whole job ÷ reqwest", Goal::None, ratio(Turn::whole_rate, 1), "");
    table.add("rate, the whole job ÷ hyper", Goal::None, ratio(Turn::whole_rate, 2), "");
    for (at, candidate) in candidates.iter().enumerate() {
        let rate = rounds.median(|turns| turns[at].rate());
        table.add(format!("rate, {candidate:?}"), Goal::None, rate, "messages/s");
    }
    let goals = [Goal::AtMost(50.0), Goal::None, Goal::None];
    for (at, (candidate, goal)) in candidates.iter().zip(goals).enumerate() {
        let cpu = rounds.median(|turns| turns[at].cpu_us_a_message());
        table.add(format!("CPU, the whole job, {candidate:?}"), goal, cpu, "µs/message");
    }
    let sending = rounds.median(|turns| turns[0].sending_cpu_us_a_message());
    table.add("CPU, sending, Tidings", Goal::None, sending, "µs/message");
    let commits = rounds.median(|turns| turns[0].figures.commits as f64 / turns[0].figures.messages as f64);
    table.add("synced commits a message", Goal::AtMost(1.0 / 16.0), commits, "");
    let server = rounds.median(|turns| turns[0].server_cpu_us_a_message());
    table.add("CPU, the sandbox", Goal::None, server, "µs/message");
    let spare = rounds.median(|turns| turns[0].sending_cpu_us_a_message() / turns[0].server_cpu_us_a_message());
    table.add("the sandbox's rate ÷ the runner's, by CPU", Goal::AtLeast(2.0), spare, "");
    Ok(())
}
