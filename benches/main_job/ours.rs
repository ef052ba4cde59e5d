//! tidings, with everything on.
//!
//! Through the library where a campaign's pace (at most 1,000 a second) would be in the way, step for step what
//! `tidings run` does; through the command line itself where not.

use std::sync::{Arc, OnceLock};

use tidings::campaign::{self, Campaign};
use tidings::cli::{self, Exit};
use tidings::clock::Clock;
use tidings::cloud::client::{Client, Request, Sender};
use tidings::cloud::outcome::Outcome;
use tidings::ledger::{Addressee, Content, Ledger, PlanId, PlanKey, RunId};
use tidings::plan::{Plan, Planned};
use tidings::problem::Problem;
use tidings::report::ReportError;
use tidings::report::csv::Writer;
use tidings::report::directory::Directory;
use tidings::report::jsonl;
use tidings::report::line::{Line, Style};
use tidings::report::live::Live;
use tidings::run::{Ending, Event, Pace, run};
use tidings::secret::Token;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::candidate::{Figures, Order};
use crate::watch::Watch;
use crate::{Failure, input, meter};

/// The name of the ledger in an input's directory.
pub const LEDGER: &str = "ledger.sqlite";

/// Plan, stage, send, report.
pub fn whole_job(order: &Order, start: Instant) -> Result<Figures, Failure> {
    let clock = Clock::System;
    let campaign = campaign::read(&input::campaign_file(&order.directory)).0.ok_or("the campaign has problems")?;
    let plan = Plan::prepare(&campaign, None, clock.local_date()).map_err(|problems| told(&problems))?;
    let mut ledger = Ledger::open(&order.directory.join(LEDGER))?;
    let open = stage(&mut ledger, &campaign, &plan, clock)?;
    let waiting = ledger.tally(open)?.waiting;
    let run_id = ledger.begin_run(open, clock.unix_ms())?;
    let directory = Directory::create(&campaign.report.directory, "run", waiting)?;
    let gate = Gate {
        client: Client::new(&order.url, &campaign.sender.api_version, input::PHONE_NUMBER_ID, &sandbox_token())?,
        first: OnceLock::new(),
        watch: order.watch.then(Watch::default),
    };
    let (gate, ledger, messages) = send(order, ledger, (open, run_id), gate, &directory, &campaign)?;
    let (ended, cpu_ended) = (clock.instant(), meter::cpu_s());
    directory.release();
    report(&campaign, &ledger, open, run_id, &directory)?;
    let (first, first_cpu) = *gate.first.get().ok_or("nothing was sent")?;
    Ok(Figures {
        messages,
        first_request_s: (first - start).as_secs_f64(),
        sending_s: (ended - first).as_secs_f64(),
        sending_cpu_s: cpu_ended - first_cpu,
        commits: ledger.commits(),
        watched: gate.watch.as_ref().map(Watch::figures).transpose()?,
        ..Figures::default()
    })
}

/// A command as it is typed, with the ledger of the input.
pub fn command(arguments: &[&str], order: &Order) -> Result<Figures, Failure> {
    let (ledger, campaign) = (order.directory.join(LEDGER), input::campaign_file(&order.directory));
    let mut line: Vec<_> = std::iter::once(&"tidings").chain(arguments).map(Into::into).collect();
    line.extend(["--ledger".into(), ledger.into(), campaign.into()]);
    match cli::main(line) {
        Exit::Complete => Ok(Figures::default()),
        exit => Err(format!("{arguments:?} ended with {exit:?}").into()),
    }
}

/// The way out, which remembers when the first request left.
struct Gate {
    client: Client,
    first: OnceLock<(Instant, f64)>,
    watch: Option<Watch>,
}

impl Sender for Gate {
    async fn send(&self, request: Request) -> Outcome {
        self.first.get_or_init(|| (Clock::System.instant(), meter::cpu_s()));
        if let Some(watch) = &self.watch {
            watch.leaves(&request.body);
        }
        self.client.send(request).await
    }
}

fn stage(ledger: &mut Ledger, campaign: &Campaign, plan: &Plan<'_>, clock: Clock) -> Result<PlanId, Failure> {
    let key = PlanKey {
        campaign: &campaign.key,
        occurrence: plan.occurrence(),
        campaign_digest: campaign.digest,
        recipients_digest: plan.recipients_digest(),
        phone_number_id: &campaign.sender.phone_number_id,
    };
    let mut staging = ledger.stage(&key, clock.unix_ms())?;
    let outline = plan.compose(|planned| match planned {
        Planned::Message { row, recipient, identity, occurrence, message } => {
            staging.message(&Addressee { row, identity, occurrence, recipient }, &Content::from(message))
        }
        Planned::TurnedAway { row, recipient, reason, .. } => staging.turned_away(row, recipient, reason),
    })?;
    if outline.problems_total > 0 {
        return Err(told(&outline.problems));
    }
    Ok(staging.open(clock.unix_ms())?)
}

fn send(
    order: &Order,
    ledger: Ledger,
    (plan, run_id): (PlanId, RunId),
    gate: Gate,
    directory: &Directory,
    campaign: &Campaign,
) -> Result<(Arc<Gate>, Ledger, u64), Failure> {
    let gate = Arc::new(gate);
    let mut live = Live::create(directory, style(campaign), Clock::System)?;
    let (mut settled, mut broken) = (0, None);
    let listener = |event: Event<'_>| {
        if let Event::Settled(settlement) = event {
            settled += 1;
            broken = live.add(settlement).err().or(broken.take());
            if let Some(watch) = &gate.watch {
                watch.settled(settlement);
            }
        }
    };
    let pace = Pace { rate_per_second: order.rate_per_second, slots: order.slots };
    let (_never, stops) = mpsc::channel(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let running = run(ledger, (plan, run_id), pace.into(), Arc::clone(&gate), Clock::System, stops, listener);
    let (ledger, ending) = runtime.block_on(running)?;
    match (ending, broken) {
        (Ending::Finished, None) => Ok((gate, ledger, settled)),
        (ending, broken) => Err(format!("it ended with {ending:?} {broken:?}").into()),
    }
}

fn report(
    campaign: &Campaign,
    ledger: &Ledger,
    plan: PlanId,
    run_id: RunId,
    directory: &Directory,
) -> Result<(), ReportError> {
    let style = style(campaign);
    directory.write("report.jsonl", |file| {
        let error = |source| directory.error("report.jsonl", source);
        ledger.rows_of_run(plan, run_id, |row| jsonl::add(file, &Line::of_row(row, &style)).map_err(error))
    })?;
    directory.write("report.csv", |file| {
        let error = |source| directory.error("report.csv", source);
        let mut csv = Writer::new(file).map_err(error)?;
        ledger.rows(plan, |row| csv.add(&Line::of_row(row, &style)).map_err(error))?;
        csv.finish().map_err(error)
    })
}

fn style(campaign: &Campaign) -> Style<'_> {
    Style { campaign: &campaign.key, show_phones: campaign.report.show_phones, untried: "" }
}

fn sandbox_token() -> Token {
    Token::for_sandbox("sandbox")
}

fn told(problems: &[Problem]) -> Failure {
    problems.first().map_or("no problem", |problem| problem.message.as_str()).into()
}
