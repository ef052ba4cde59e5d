//! `tidings seed`: a few real messages to phones of one's own, before everybody gets theirs.

use std::path::PathBuf;

use tokio::sync::mpsc::Receiver;

use super::failure::Failure;
use super::printer::{Printer, counted};
use super::read::{prepare, read_campaign};
use super::rehearsal::Rehearsal;
use super::run::look_for_stops;
use super::signals::Signals;
use super::way::Way;
use super::{Exit, Global, help, hint, staging};
use crate::audience::phone::Recipient;
use crate::campaign::Campaign;
use crate::clock::{Clock, date};
use crate::cloud::client::{Client, Request, Sender, check_address};
use crate::cloud::fault::Effect;
use crate::cloud::outcome::{Cause, Outcome};
use crate::cloud::wire;
use crate::ledger::{Ledger, PlanKey};
use crate::plan::samples::{Sample, Samples};
use crate::plan::{Plan, Planned};
use crate::sandbox::faults::Script;

const EXAMPLES: &str = "\
Examples:
  tidings seed spring.yaml --to '+1 202 555 0190'            # to your phone
  tidings seed spring.yaml --to '+1 202 555 0190' --row 17   # row 17's
  tidings seed spring.yaml --to '+1 202 555 0190' --sandbox  # a rehearsal";

const EXITS: &[Exit] = &[
    Exit::Complete,
    Exit::Problems,
    Exit::Refused,
    Exit::InDoubt,
    Exit::Paused,
    Exit::Stopped,
    Exit::Disk,
    Exit::Held,
    Exit::Token,
];

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, EXITS))]
pub struct Args {
    /// The campaign file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A phone of your own. May be repeated; each gets every message.
    #[arg(long = "to", value_name = "PHONE", required = true)]
    phones: Vec<String>,
    /// Send the message of this row of the recipients file, numbered as a spreadsheet does. May be repeated; without it, the
    /// first, the longest and the shortest message are sent.
    #[arg(long = "row", value_name = "N")]
    rows: Vec<u64>,
    /// Send to the built-in simulator.
    #[arg(long)]
    sandbox: bool,
    /// Send here instead of to WhatsApp: an https address, or a simulator on this machine.
    #[arg(long, value_name = "URL", conflicts_with = "sandbox")]
    api_url: Option<String>,
}

/// Sends a few messages.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    seed(args, global, printer).unwrap_or_else(|failure| failure.report(printer))
}

/// Whether the plan was looked at on a phone, where the campaign asks for that.
pub fn look_for_one(ledger: &Ledger, campaign: &Campaign, plan: &Plan<'_>, seed: &str) -> Result<(), Failure> {
    if ledger.is_seeded(&staging::key(campaign, plan))? {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "the campaign asks for a look on a phone first (`require_seed`), and this plan had none, or was edited since: \
         {seed} --to PHONE; nothing was sent"
    )))
}

fn seed(args: &Args, global: &Global, printer: Printer) -> Result<Exit, Failure> {
    let clock = Clock::System;
    if let Some(api) = &args.api_url {
        check_address(api)?;
    }
    let campaign = read_campaign(&args.file)?;
    let plan = prepare(&campaign)?;
    let phones = phones(args, &campaign)?;
    let picks = pick(args, &plan)?;
    let rehearsal = args.sandbox.then(|| Rehearsal::start(Script::default())).transpose()?;
    let way = Way { api_url: args.api_url.as_deref(), rehearsal: rehearsal.as_ref() };
    way.accepts(&plan, &args.file)?;
    let mut ledger = Ledger::open(&way.ledger(&args.file, global)?)?;
    way.look_at_purpose(&ledger)?;
    look_for_stops(&ledger, &campaign, &hint::command("resume", &args.file, global))?;
    let picks = without_forgotten(&ledger, picks, &phones)?;
    let mut signals = Signals::default();
    let client = way.client(&campaign, &way.token(&campaign, &mut signals)?, printer)?;
    ledger.dedicate(way.purpose())?;
    let job = Job { key: staging::key(&campaign, &plan), picks: &picks, phones: &phones, clock, printer };
    let exit = signals.during(|stops| send(&job, &mut ledger, client, stops))??;
    printer.talk("these were seeds: nobody of the recipients got a message");
    Ok(exit)
}

fn phones(args: &Args, campaign: &Campaign) -> Result<Vec<Recipient>, Failure> {
    let country = campaign.recipients.default_country.as_deref();
    let read = |phone: &String| {
        Recipient::parse(phone, country)
            .map_err(|error| Failure::Usage(format!("--to: {}; {}; nothing was sent", error.cause(), error.remedy())))
    };
    args.phones.iter().map(read).collect()
}

/// Whoever was forgotten at their request gets no seed, and no seed says what they would get.
fn without_forgotten(ledger: &Ledger, mut picks: Vec<Sample>, phones: &[Recipient]) -> Result<Vec<Sample>, Failure> {
    for phone in phones {
        if let Some(at) = ledger.forgotten_at(phone)? {
            let (phone, date) = (phone.masked(), date(at));
            let what = format!("--to: {phone} was forgotten at their request on {date}; nothing was sent");
            return Err(Failure::Usage(what));
        }
    }
    let mut forgotten = Vec::new();
    for pick in &picks {
        if let Ok(person) = Recipient::parse(&pick.recipient, None)
            && ledger.forgotten_at(&person)?.is_some()
        {
            forgotten.push(pick.row);
        }
    }
    picks.retain(|pick| !forgotten.contains(&pick.row));
    if picks.is_empty() {
        let rows = forgotten.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        return Err(Failure::Usage(format!(
            "the people of these rows were forgotten at their request: {rows}; name others with --row; nothing was sent"
        )));
    }
    Ok(picks)
}

/// So many messages are sent where no rows are named: the first, the longest and the shortest.
const SEEDS: usize = 3;

/// The rows that were asked for; else the first, the longest and the shortest message.
fn pick(args: &Args, plan: &Plan<'_>) -> Result<Vec<Sample>, Failure> {
    let (mut named, mut samples) = (Vec::new(), Samples::new(SEEDS, 0, plan.row_count()));
    let outline = plan.compose(|planned| {
        samples.add(&planned);
        if let Planned::Message { row, recipient, message, .. } = planned
            && args.rows.contains(&row)
        {
            let mut sample = Sample::new(row, recipient, message);
            sample.why.push("asked for");
            named.push(sample);
        }
        Ok::<_, Failure>(())
    })?;
    if outline.problems_total > 0 {
        return Err(Failure::Problems { shown: outline.problems, total: outline.problems_total });
    }
    if let Some(row) = args.rows.iter().find(|row| !named.iter().any(|sample: &Sample| sample.row == **row)) {
        return Err(Failure::Usage(format!("row {row} becomes no message; nothing was sent")));
    }
    if !named.is_empty() {
        return Ok(named);
    }
    let mut telling = samples.finish(false).messages;
    telling.retain(|sample| !sample.why.is_empty());
    // In this order, which is that of the alphabet: the first, the longest, the shortest.
    telling.sort_by_key(|sample| sample.why.first().copied());
    if telling.is_empty() {
        return Err(Failure::Usage("no row becomes a message; nothing was sent".to_owned()));
    }
    Ok(telling)
}

/// What is sent to whom.
struct Job<'a> {
    key: PlanKey<'a>,
    picks: &'a [Sample],
    phones: &'a [Recipient],
    clock: Clock,
    printer: Printer,
}

/// One after another: there are few, and the first that fails for everybody ends it.
async fn send(job: &Job<'_>, ledger: &mut Ledger, client: Client, mut stops: Receiver<()>) -> Result<Exit, Failure> {
    let (mut exit, mut is_stopping) = (Exit::Complete, false);
    for pick in job.picks {
        for phone in job.phones {
            if is_stopping || stops.try_recv().is_ok() {
                return Ok(exit.max(Exit::Paused));
            }
            let to = phone.to_string();
            let seed = ledger.begin_seed(&job.key, pick.row, &to, job.clock.unix_ms())?;
            let message = pick.message();
            let body = wire::envelope(&to, &message.template, &seed.callback());
            let sending = client.send(Request { endpoint: message.endpoint, body });
            let outcome = answer(sending, &mut stops, &mut is_stopping, job.printer).await;
            ledger.end_seed(seed, &outcome, job.clock.unix_ms())?;
            let why = pick.why.first().copied().unwrap_or_default();
            job.printer.result(&format!("row {} ({why}) to {}: {}", pick.row, phone.masked(), words(&outcome)));
            exit = exit.max(code(&outcome));
            if concerns_everybody(&outcome) {
                let left = job.picks.len() * job.phones.len();
                job.printer
                    .warn(&format!("stopped: the rest of {} would fare no better", counted(left as u64, "seed")));
                return Ok(exit);
            }
        }
    }
    Ok(exit)
}

/// The answer, unless somebody asks twice to stop: then nobody knows.
async fn answer(
    sending: impl Future<Output = Outcome>,
    stops: &mut Receiver<()>,
    is_stopping: &mut bool,
    printer: Printer,
) -> Outcome {
    tokio::pin!(sending);
    loop {
        tokio::select! {
            outcome = &mut sending => return outcome,
            Some(()) = stops.recv() => {
                if std::mem::replace(is_stopping, true) {
                    return Outcome::InDoubt { cause: Cause::Lost, why: "left before an answer came".to_owned() };
                }
                printer.talk("stopping: the request under way may still end; once more to leave at once");
            }
        }
    }
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { message_status, .. } => message_status.clone().unwrap_or_else(|| "accepted".to_owned()),
        Outcome::Refused(refusal) => format!("refused with code {}: {}", refusal.code, refusal.detail),
        Outcome::NotSent { why } => format!("not sent: {why}"),
        Outcome::InDoubt { why, .. } => format!("in doubt: {why}"),
    }
}

fn code(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Accepted { .. } => Exit::Complete,
        Outcome::Refused(refusal) if refusal.effect() == Effect::Token => Exit::Token,
        Outcome::Refused(_) => Exit::Refused,
        Outcome::NotSent { .. } => Exit::Paused,
        Outcome::InDoubt { .. } => Exit::InDoubt,
    }
}

fn concerns_everybody(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Accepted { .. } | Outcome::InDoubt { .. } => false,
        Outcome::Refused(refusal) => matches!(refusal.effect(), Effect::Token | Effect::Sender),
        Outcome::NotSent { .. } => true,
    }
}
