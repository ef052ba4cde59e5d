//! `tidings run`: plan, ask, send, report.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::failure::Failure;
use super::preflight::Flight;
use super::printer::{Printer, counted};
use super::read::{prepare, read_campaign};
use super::rehearsal::{Rehearsal, ScriptArgs};
use super::saving::Approved;
use super::send::{Job, report, send, standing};
use super::signals::Signals;
use super::staging::{self, Accepted, Ready};
use super::stops::Stop;
use super::way::Way;
use super::{Exit, Global, cost, help, hint, preflight, preview, progress, seed};
use crate::campaign::{Campaign, is_defaults};
use crate::clock::{Clock, rfc3339};
use crate::cloud::client::check_address;
use crate::ledger::{Breaker, Ledger, Reach};
use crate::plan::cost::Priced;

/// A program that dies between a request and its answer leaves this said about the message.
pub const DIED: &str = "the program ended before an answer came";

const EXAMPLES: &str = "\
Examples:
  tidings run spring.yaml                # asks, sends, reports
  tidings run spring.yaml --dry-run      # the same as tidings preview
  tidings run spring.yaml --sandbox --yes --fault 131026=2%   # a rehearsal
  tidings run spring.yaml --yes --quiet  # for cron: prints only problems";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &Exit::ALL))]
pub struct Args {
    /// Campaign files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show what would be sent, and send nothing; the same as `preview`.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before sending; required where nobody can answer.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    accepted: Accepted,
    /// Send exactly the plan that `preview --out` saved to this file; refused if anything it was made from has changed.
    #[arg(long, value_name = "PLAN", conflicts_with = "dry_run")]
    plan: Option<PathBuf>,
    /// Send to the built-in simulator, with a ledger that is thrown away.
    #[arg(long)]
    sandbox: bool,
    /// Send here instead of to WhatsApp: an https address, or a simulator on this machine.
    #[arg(long, value_name = "URL", conflicts_with = "sandbox")]
    api_url: Option<String>,
    /// Send without a look at token and number first.
    #[arg(long)]
    no_preflight: bool,
    #[command(flatten)]
    script: ScriptArgs,
}

/// Runs each campaign in turn, until a wish to stop; the highest reason decides the exit code.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    if let Err(failure) = check(args) {
        return failure.report(printer);
    }
    if args.dry_run {
        return campaigns(&args.files, printer)
            .into_iter()
            .map(|file| preview::show(file, global, printer))
            .max()
            .unwrap_or(Exit::Complete);
    }
    let mut signals = Signals::default();
    let mut end = Exit::Complete;
    let files = campaigns(&args.files, printer);
    for (file, left) in files.iter().zip((0..files.len()).rev()) {
        let ended = run_one(file, args, global, &mut signals, printer);
        end = end.max(ended.unwrap_or_else(|failure| failure.report(printer)));
        if left > 0 && signals.came() {
            printer.warn(&format!("asked to stop: {left} more were not begun"));
            return end.max(Exit::Paused);
        }
    }
    end
}

/// The campaigns among files that were named together: a shell's `*.yaml` names the defaults beside them too.
fn campaigns(files: &[PathBuf], printer: Printer) -> Vec<&Path> {
    let is_meant = |file: &&PathBuf| {
        let is_campaign = files.len() == 1 || !is_defaults(file);
        if !is_campaign {
            printer.talk(&format!("{}: defaults for the campaigns beside it, nothing to send", file.display()));
        }
        is_campaign
    };
    files.iter().filter(is_meant).map(PathBuf::as_path).collect()
}

/// What the command line alone can tell. Someone who asks for faults and forgets the sandbox does not mean real people.
fn check(args: &Args) -> Result<(), Failure> {
    if args.script.is_asked() && !args.sandbox {
        return Err(Failure::Usage(
            "--fault, --latency, --rate-limit and --seed are for a rehearsal: add --sandbox; nothing was sent"
                .to_owned(),
        ));
    }
    if args.plan.is_some() && args.files.len() > 1 {
        return Err(Failure::Usage("a plan is of one campaign: name one campaign file; nothing was sent".to_owned()));
    }
    if let Some(api) = &args.api_url {
        check_address(api)?;
    }
    Ok(())
}

fn run_one(
    file: &Path,
    args: &Args,
    global: &Global,
    signals: &mut Signals,
    printer: Printer,
) -> Result<Exit, Failure> {
    let clock = Clock::System;
    let campaign = read_campaign(file)?;
    let plan = prepare(&campaign)?;
    let saved = args.plan.as_deref().map(|path| Approved::open(path, &campaign, &plan, clock)).transpose()?;
    let rehearsal = args.sandbox.then(|| args.script.script().and_then(Rehearsal::start)).transpose()?;
    let way = Way { api_url: args.api_url.as_deref(), rehearsal: rehearsal.as_ref() };
    way.accepts(&plan, file)?;
    way.knows_the_price(&plan)?;
    let mut ledger = Ledger::open(&way.ledger(file, global)?)?;
    way.look_at_purpose(&ledger)?;
    let doubts = ledger.recover(clock.unix_ms(), DIED)?;
    if doubts > 0 {
        let messages = counted(doubts, "message");
        printer.warn(&format!("an earlier run died with {messages} under way: in doubt now, and not sent again"));
    }
    look_for_stops(&ledger, &campaign, &hint::command("resume", file, global))?;
    let (ready, cost) = staging::bring_in(&mut ledger, &campaign, &plan, saved, &args.accepted, clock)?;
    let tally = ready.tally(&ledger)?;
    let people = tally.waiting;
    let client = if people > 0 {
        let cost = if cost.is_none() && campaign.budget.is_some() { staging::cost_again(&plan)? } else { cost };
        if campaign.require_seed && rehearsal.is_none() {
            seed::look_for_one(&ledger, &campaign, &plan, &hint::command("seed", file, global))?;
        }
        if rehearsal.is_none() && !args.yes {
            look_for_somebody()?;
        }
        let token = way.token(&campaign, signals)?;
        if !args.no_preflight {
            let flight = Flight { campaign: &campaign, people, doctor: doctor(&way, file, global) };
            preflight::look(&flight, &way, &token, signals, printer)?;
        }
        if rehearsal.is_none() && !args.yes {
            confirm(&campaign, people, (&ready, cost.as_ref()), signals)?;
        }
        if signals.came() {
            return Ok(Exit::Paused);
        }
        let client = way.client(&campaign, &token, printer)?;
        // Before the plan takes effect: without room nothing is sent, and nothing is fixed either.
        ledger.make_sure_of_room(people)?;
        ledger.dedicate(way.purpose())?;
        Some(client)
    } else {
        None
    };
    let opened = ready.open(&mut ledger, clock)?;
    staging::tell_what_is_withdrawn(&campaign, opened, printer);
    let job = Job {
        campaign: &campaign,
        recipients_digest: plan.recipients_digest(),
        plan: ready.plan(),
        occurrence: plan.occurrence(),
        opened,
        tally,
        sandbox: rehearsal.is_some(),
        clock,
        printer,
        resume: hint::command("resume", file, global),
        resolve: (rehearsal.is_none() || global.ledger.is_some()).then(|| hint::command("resolve", file, global)),
    };
    let Some(client) = client else {
        return if ledger.is_reported(job.plan)? {
            Ok(nothing_to_do(&job, ledger.doubts_besides(job.plan)?))
        } else {
            report(&job, ledger)
        };
    };
    let exit = send(&job, ledger, client, signals)?;
    if let Some(rehearsal) = rehearsal {
        rehearsal.check_the_book(printer)?;
    }
    Ok(exit)
}

/// What somebody stopped, or what stopped by itself, stays stopped until a person has looked: cron cannot start it again.
pub fn look_for_stops(ledger: &Ledger, campaign: &Campaign, resume: &str) -> Result<(), Failure> {
    let breakers = |campaign: &str, number: &str| ledger.breakers(campaign, number);
    let Some(stop) = Stop::of(campaign, ledger.switch(), breakers)? else { return Ok(()) };
    let lift = format!("{resume} --acknowledge {}", stop.id());
    let exit = if stop.is_about_token() { Exit::Token } else { Exit::Stopped };
    let what = match stop {
        Stop::Switch(Reach::Campaign) => format!("the kill switch is on; lift it: {lift}"),
        Stop::Switch(Reach::Everything) => {
            format!("the kill switch is on ({}); lift it: {lift}", ledger.switch().path().display())
        }
        Stop::Breaker(Breaker { detail, tripped_at, .. }) => {
            format!("stopped on {}: {detail}; once that is mended: {lift}", rfc3339(tripped_at))
        }
    };
    Err(Failure::Stopped { what, exit })
}

/// The command that looks at everything that this run needs.
fn doctor(way: &Way<'_>, file: &Path, global: &Global) -> String {
    let command = hint::command("doctor", file, global);
    match (way.rehearsal, way.api_url) {
        (Some(_), _) => format!("{command} --sandbox"),
        (None, Some(api)) => format!("{command} --api-url {api}"),
        (None, None) => command,
    }
}

fn nothing_to_do(job: &Job<'_>, besides: u64) -> Exit {
    let Job { campaign, tally, printer, .. } = job;
    let exit = if tally.in_doubt > tally.held || besides > 0 { Exit::InDoubt } else { Exit::Complete };
    printer.closing(&format!("{}: nothing to send: {}", campaign.key, standing(job, tally, besides)), exit);
    exit
}

/// Whether there is somebody to be asked.
fn look_for_somebody() -> Result<(), Failure> {
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        return Ok(());
    }
    Err(Failure::Usage("nobody is here to be asked: add --yes to send without a question".to_owned()))
}

/// Asks on the terminal before anything is sent.
fn confirm(
    campaign: &Campaign,
    people: u64,
    (ready, priced): (&Ready, Option<&Priced>),
    signals: &mut Signals,
) -> Result<(), Failure> {
    let rate = campaign.pace_per_second();
    let time = progress::time(Duration::from_secs_f64((people as f64 / rate).ceil()));
    let people = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
    let changes = ready.changes().map(|changes| format!("{changes}\n")).unwrap_or_default();
    let cost = cost::words(priced).map(|cost| format!("The plan {cost}.\n")).unwrap_or_default();
    let question = format!(
        "{changes}{cost}Send {} to {people} from number {}, {rate} a second, about {time}? [y/N] ",
        campaign.key, campaign.sender.phone_number_id
    );
    Printer::ask(&question)?;
    let answer = signals.line()?.unwrap_or_default();
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::Usage("not confirmed; nothing was sent".to_owned())),
    }
}
