//! The dry run, against a pass over the same file that reads and remembers the phones.

use crate::candidate::{Candidate, Order};
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::meter::median;
use crate::{Failure, Size};

pub fn measure(size: Size, table: &mut Table) -> Result<(), Failure> {
    let people = size.pick(100_000, 1_000_000);
    let input = Input::new(people)?;
    let (mut ratios, mut cpu, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=size.pick(5, 3) {
        let preview = Order::new(Candidate::Preview, input.path()).give()?;
        let pass = Order::new(Candidate::Pass, input.path()).give()?;
        let (ours, theirs) = (preview.whole_cpu_s, pass.whole_cpu_s);
        let name = if round == 0 { "warm-up".to_owned() } else { format!("round {round}") };
        println!("  {name}: {people} people: preview {ours:.2} s of CPU, a bare pass {theirs:.2} s");
        if round > 0 {
            ratios.push(ours / theirs);
            cpu.push(ours);
            peaks.push(preview.peak_rss_mib);
        }
    }
    table.add(format!("preview of {people}, CPU ÷ a bare pass"), Goal::AtMost(3.0), median(ratios), "");
    table.add(format!("preview of {people}, CPU"), Goal::None, median(cpu), "s");
    table.add(format!("preview of {people}, peak memory"), Goal::AtMost(64.0), median(peaks), "MiB");
    Ok(())
}
