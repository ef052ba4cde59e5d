//! Many recipients: memory, the ledger's size, the time to the first request, and a second run of a finished campaign.

use std::fs;

use crate::candidate::{Candidate, Figures, Order};
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::ours::LEDGER;
use crate::rounds::take_turn;
use crate::{Failure, Size};

const SLOTS: usize = 64;

/// Where nobody listens: a finished campaign sends nothing.
const NOWHERE: &str = "http://127.0.0.1:1";

pub fn measure(size: Size, table: &mut Table) -> Result<(), Failure> {
    let small = of(100_000, table)?;
    if size == Size::Full {
        let large = of(1_000_000, table)?;
        let growth = large.peak_rss_mib - small.peak_rss_mib;
        table.add("growth of memory from 100000 people to 1000000", Goal::AtMost(32.0), growth, "MiB");
    }
    Ok(())
}

fn of(people: u64, table: &mut Table) -> Result<Figures, Failure> {
    println!("  {people} people");
    let input = Input::new(people)?;
    let order = Order { slots: Some(SLOTS), ..Order::new(Candidate::Tidings, input.path()) };
    let turn = take_turn(&order, "0", people)?;
    let figures = &turn.figures;
    let bytes = fs::metadata(input.path().join(LEDGER))?.len();
    table.add(format!("{people} people, peak memory"), Goal::AtMost(64.0), figures.peak_rss_mib, "MiB");
    table.add(format!("{people} people, ledger"), Goal::AtMost(1_000.0), bytes as f64 / people as f64, "bytes each");
    table.add(format!("{people} people, to the first request"), Goal::AtMost(10.0), figures.first_request_s, "s");
    table.add(format!("{people} people, the whole job"), Goal::None, figures.whole_s, "s");
    table.add(format!("{people} people, CPU, the whole job"), Goal::None, turn.cpu_us_a_message(), "µs/message");
    let again = Order { url: NOWHERE.to_owned(), ..Order::new(Candidate::Again, input.path()) }.give()?;
    table.add(format!("{people} people, a second run"), Goal::AtMost(3.0), again.whole_s, "s");
    table.add(format!("{people} people, a second run, peak memory"), Goal::None, again.peak_rss_mib, "MiB");
    Ok(turn.figures)
}
