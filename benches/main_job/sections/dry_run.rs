//! A command that sends nothing, against a bare pass over the same recipients: in turns, each in a process of its own.

use crate::Failure;
use crate::candidate::{Candidate, Order};
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::meter::median;

/// After one to warm up.
const ROUNDS: usize = 5;

/// Compares the time of `ours` with the yardstick's; `goal` is for the ratio. One uses all cores, the other one.
pub fn compare(
    input: &Input,
    (name, ours): (&str, Candidate),
    yardstick: Candidate,
    goal: Goal,
    table: &mut Table,
) -> Result<(), Failure> {
    let people = input.people;
    let (mut ratios, mut cpu_ratios, mut cpu, mut peaks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let figures = Order::new(ours, input.path()).give()?;
        let pass = Order::new(yardstick, input.path()).give()?;
        let turn = if round == 0 { "warm-up".to_owned() } else { format!("round {round}") };
        println!(
            "  {turn}: {people} people: {name} {:.2} s ({:.2} s of CPU), a bare pass {:.2} s",
            figures.whole_s, figures.whole_cpu_s, pass.whole_s
        );
        if round > 0 {
            ratios.push(figures.whole_s / pass.whole_s);
            cpu_ratios.push(figures.whole_cpu_s / pass.whole_cpu_s);
            cpu.push(figures.whole_cpu_s);
            peaks.push(figures.peak_rss_mib);
        }
    }
    table.add(format!("{name} of {people}, time ÷ a bare pass"), goal, median(ratios), "");
    table.add(format!("{name} of {people}, CPU ÷ a bare pass"), Goal::None, median(cpu_ratios), "");
    table.add(format!("{name} of {people}, CPU"), Goal::None, median(cpu), "s");
    table.add(format!("{name} of {people}, peak memory"), Goal::AtMost(64.0), median(peaks), "MiB");
    Ok(())
}
