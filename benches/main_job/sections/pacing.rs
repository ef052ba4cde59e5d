//! The pace of a number: 80 messages a second, and 1,000 once Meta upgraded it. Answers take 50 ms.

use crate::candidate::{Candidate, Order};
use crate::goal::{Goal, Table};
use crate::input::Input;
use crate::rounds::take_turn;
use crate::{Failure, Size};

pub fn measure(size: Size, table: &mut Table) -> Result<(), Failure> {
    let seconds = size.pick(20, 60);
    for pace in [80, 1_000] {
        println!("  {pace} a second for {seconds} s");
        let input = Input::new(pace * seconds)?;
        let order = Order { rate_per_second: pace as f64, watch: true, ..Order::new(Candidate::Tidings, input.path()) };
        let turn = take_turn(&order, "50ms", input.people)?;
        let watched = turn.figures.watched.as_ref().ok_or("nobody watched")?;
        let limit = pace as f64;
        table.add(format!("{pace}/s, mean ÷ limit"), Goal::AtLeast(0.97), watched.mean_per_second / limit, "");
        let fullest = watched.fullest_second as f64;
        table.add(format!("{pace}/s, the fullest second"), Goal::AtMost(limit), fullest, "messages");
        let goal = if pace == 80 { Goal::AtMost(25.0) } else { Goal::None };
        let delay = watched.claim_to_request_ms_median;
        table.add(format!("{pace}/s, claim to request, median"), goal, delay, "ms");
        table.add(format!("{pace}/s, claim to request, p99"), Goal::None, watched.claim_to_request_ms_p99, "ms");
        table.add(format!("{pace}/s, CPU, sending"), Goal::None, turn.sending_cpu_us_a_message(), "µs/message");
    }
    Ok(())
}
