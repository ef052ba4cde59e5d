//! Answers that take 50 ms, as on the way to Meta: what counts is that every slot is kept busy.

use crate::candidate::Candidate;
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::rounds::Rounds;
use crate::{Failure, Size};

pub fn measure(size: Size, table: &mut Table) -> Result<(), Failure> {
    for (slots, goal, people) in [(64, 0.97, 5_000), (256, 0.95, 15_000)] {
        let input = Input::new(people * size.pick(1, 4))?;
        let candidates = [Candidate::Tidings, Candidate::Hyper];
        let rounds = Rounds::run(candidates, (&input, "50ms", slots), size.pick(3, 5))?;
        let ratio = rounds.median(|[ours, bare]| ours.rate() / bare.rate());
        table.add(format!("50 ms, {slots} under way, sending ÷ hyper"), Goal::AtLeast(goal), ratio, "");
        let cpu = rounds.median(|[ours, _]| ours.sending_cpu_us_a_message());
        table.add(format!("50 ms, {slots} under way, CPU, sending"), Goal::None, cpu, "µs/message");
    }
    Ok(())
}
