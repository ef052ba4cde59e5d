//! The sending half of `tidings run`: the engine, its progress, and the report at the end.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use super::failure::Failure;
use super::printer::{Printer, counted};
use super::progress::{self, Progress};
use super::signals::Signals;
use super::{Exit, ending};
use crate::campaign::Campaign;
use crate::clock::{Clock, UnixMs, compact, rfc3339};
use crate::cloud::client::Client;
use crate::ledger::{Ledger, Opened, PlanId, RunId, Tally};
use crate::plan::saved::hex;
use crate::policy::retry::StopReason;
use crate::report::directory::Directory;
use crate::report::line::{Line, Style};
use crate::report::live::Live;
use crate::report::summary::{Digests, SCHEMA_VERSION, Summary, ThisRun, Withdrawn};
use crate::report::{ReportError, csv, jsonl, summary};
use crate::run::{Ending, Event, Limits, Pace, run};

/// What is to be sent.
pub struct Job<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// SHA-256 of the recipients file.
    pub recipients_digest: [u8; 32],
    /// The open plan.
    pub plan: PlanId,
    /// Its occurrence, for people.
    pub occurrence: &'a str,
    /// What its opening withdrew, if this start opened it.
    pub opened: Opened,
    /// Where its rows stand before the run.
    pub tally: Tally,
    /// Whether it goes to the built-in simulator.
    pub sandbox: bool,
    /// Tells the time.
    pub clock: Clock,
    /// Where words go.
    pub printer: Printer,
    /// The command that shows what stops the campaign.
    pub resume: String,
    /// The command that shows what is in doubt; none where the ledger is gone with the rehearsal.
    pub resolve: Option<String>,
}

/// Sends what the plan has left, and writes the report.
pub fn send(job: &Job<'_>, mut ledger: Ledger, client: Client, signals: &mut Signals) -> Result<Exit, Failure> {
    signals.listen()?;
    let Begun { started_at, run_id, directory } = begin(job, &mut ledger)?;
    let (ledger, ending, put_back) = drive(job, (ledger, run_id), client, &directory, signals)?;
    directory.release();
    let end = End { started_at, ended_at: job.clock.unix_ms(), ending, put_back };
    conclude(job, ledger, run_id, &directory, &end)
}

/// Writes the report of a plan that has nothing left to send, for those who find their rows in no other.
pub fn report(job: &Job<'_>, mut ledger: Ledger) -> Result<Exit, Failure> {
    let Begun { started_at, run_id, directory } = begin(job, &mut ledger)?;
    directory.release();
    let end = End { started_at, ended_at: job.clock.unix_ms(), ending: Ending::Finished, put_back: 0 };
    conclude(job, ledger, run_id, &directory, &end)
}

/// A run that is written down, and the place for its report.
struct Begun {
    started_at: UnixMs,
    run_id: RunId,
    directory: Directory,
}

fn begin(job: &Job<'_>, ledger: &mut Ledger) -> Result<Begun, Failure> {
    let started_at = job.clock.unix_ms();
    let run_id = ledger.begin_run(job.plan, started_at)?;
    let prefix = if job.sandbox { "sandbox-" } else { "" };
    let name = format!("{}-{prefix}{run_id}", compact(started_at));
    let parent = job.campaign.report.directory.join(&job.campaign.key);
    let directory = Directory::create(&parent, &name, job.tally.rows)?;
    Ok(Begun { started_at, run_id, directory })
}

/// How a run went.
struct End {
    started_at: UnixMs,
    ended_at: UnixMs,
    ending: Ending,
    /// After so many attempts a message was put back.
    put_back: u64,
}

fn drive(
    job: &Job<'_>,
    (ledger, run_id): (Ledger, RunId),
    client: Client,
    directory: &Directory,
    signals: &mut Signals,
) -> Result<(Ledger, Ending, u64), Failure> {
    let mut live = job.campaign.report.jsonl.then(|| Live::create(directory, style(job, ""), job.clock)).transpose()?;
    let pace = Pace { rate_per_second: job.campaign.pace_per_second(), slots: None };
    let limits = Limits { pace, stop_when: job.campaign.stop_when };
    job.printer.talk(&opening(job, pace.rate_per_second));
    let mut progress = Progress::new(job.tally.waiting, job.printer, job.clock, io::stderr().is_terminal());
    let listener = |event: Event<'_>| match event {
        Event::Settled(settlement) => {
            progress.settled(settlement);
            if let Some(Err(error)) = live.as_mut().map(|live| live.add(settlement)) {
                job.printer.warn(&format!("report.jsonl cannot be written ({error}); the ledger goes on"));
            }
        }
        Event::Unwritten(settlement) => {
            if let Some(line) = Line::of_settlement(settlement, &style(job, ""))
                && let Ok(json) = serde_json::to_string(&line)
            {
                progress.warn(&json);
            }
        }
        Event::Held { wait, why } => progress.tell(&format!("{why}; everybody waits {}", progress::time(wait))),
        Event::TokenRefused { said } => progress
            .tell(&format!("WhatsApp refuses the token ({said}): its source is read once more, and everybody waits")),
        Event::TokenRenewed => progress.tell("the source gave another token: sending goes on with it"),
        Event::Draining { under_way } => progress.tell(&format!(
            "stopping: {} under way may still end; once more to leave at once",
            counted(under_way as u64, "request")
        )),
        Event::DiskFull { under_way } => progress.warn(&format!(
            "the disk of the ledger is full: nothing more is sent, {} under way may still end",
            counted(under_way as u64, "request")
        )),
    };
    let ended =
        signals.during(|stops| run(ledger, (job.plan, run_id), limits, Arc::new(client), job.clock, stops, listener));
    progress.end();
    let (ledger, ending) = ended??;
    Ok((ledger, ending, progress.counts().put_back))
}

/// Folds the report from the ledger and says how it went.
fn conclude(
    job: &Job<'_>,
    mut ledger: Ledger,
    run_id: RunId,
    directory: &Directory,
    end: &End,
) -> Result<Exit, Failure> {
    let tally = ledger.tally(job.plan)?;
    if !tally.adds_up() {
        return Err(Failure::Bug(format!("the sums are off: {tally:?}")));
    }
    let besides = ledger.doubts_besides(job.plan)?;
    let exit = ending::exit(&end.ending, &tally, besides);
    let words = ending::words(&end.ending);
    // First of all: a report that cannot be written must not keep a breaker open.
    let latch = end.ending.latch();
    let breaker = latch
        // A rehearsal's faults say nothing about the sender.
        .filter(|_| !job.sandbox)
        .map(|(scope, kind)| ledger.trip(job.plan, scope, kind, &words.to_string(), end.ended_at))
        .transpose()?;
    write_files(job, &ledger, run_id, directory, words.what)?;
    let summary = summary(job, end, (tally, besides), words.what, exit);
    directory.write("summary.json", |file| {
        summary::write(file, &summary).map_err(|source| directory.error("summary.json", source))
    })?;
    ledger.end_run(run_id, end.ended_at, exit.code())?;
    let waiting = counted(tally.waiting, "message");
    match &end.ending {
        Ending::Stopped { reason, .. } => {
            job.printer.warn(&format!("{words}; {waiting} still to be sent. {}", words.remedy));
            if *reason == StopReason::KillSwitch {
                job.printer.warn(&format!("how to lift it: {}", job.resume));
            }
        }
        Ending::DiskFull => job.printer.error(&format!("{words}; {waiting} still to be sent. {}", words.remedy)),
        Ending::Finished | Ending::Asked => {}
    }
    if let Some(breaker) = breaker {
        job.printer.warn(&format!("nothing is sent until then: {} --acknowledge {breaker}", job.resume));
    }
    job.printer.closing(&closing(job, &tally, besides, directory), exit);
    Ok(exit)
}

fn write_files(
    job: &Job<'_>,
    ledger: &Ledger,
    run_id: RunId,
    directory: &Directory,
    untried: &str,
) -> Result<(), ReportError> {
    let style = style(job, untried);
    if job.campaign.report.jsonl {
        let error = |source| directory.error("report.jsonl", source);
        directory.write("report.jsonl", |file| {
            if job.opened != Opened::default() {
                ledger.rows_withdrawn(job.plan, |row| jsonl::add(file, &Line::of_row(row, &style)).map_err(error))?;
            }
            ledger.rows_of_run(job.plan, run_id, |row| match row.state {
                Some(state) if state.word() == "waiting" => Ok(()),
                _ => jsonl::add(file, &Line::of_row(row, &style)).map_err(error),
            })
        })?;
    }
    if job.campaign.report.csv {
        let error = |source| directory.error("report.csv", source);
        directory.write("report.csv", |file| {
            let mut csv = csv::Writer::new(file).map_err(error)?;
            ledger.rows(job.plan, |row| csv.add(&Line::of_row(row, &style)).map_err(error))?;
            csv.finish().map_err(error)
        })?;
    }
    Ok(())
}

fn style<'a>(job: &'a Job<'_>, untried: &'a str) -> Style<'a> {
    Style { campaign: &job.campaign.key, show_phones: job.campaign.report.show_phones, untried }
}

fn summary<'a>(job: &'a Job<'_>, end: &End, (tally, besides): (Tally, u64), words: &'a str, exit: Exit) -> Summary<'a> {
    Summary {
        schema_version: SCHEMA_VERSION,
        tidings: env!("CARGO_PKG_VERSION"),
        campaign: &job.campaign.key,
        occurrence: job.occurrence,
        phone_number_id: &job.campaign.sender.phone_number_id,
        sandbox: job.sandbox,
        started_at: rfc3339(end.started_at),
        ended_at: rfc3339(end.ended_at),
        // A clock that was set back makes no negative duration.
        duration_ms: (end.ended_at - end.started_at).max(0),
        ending: words,
        exit_code: exit.code(),
        counts: tally,
        withdrawn_before: Withdrawn { removed: job.opened.removed, over: job.opened.over },
        in_doubt_besides: besides,
        this_run: this_run(job.tally, tally, end.put_back),
        digests: digests(job),
    }
}

fn digests(job: &Job<'_>) -> Digests {
    let Campaign { digest, defaults, .. } = job.campaign;
    Digests {
        campaign: hex(digest),
        defaults: defaults.as_ref().map(|defaults| hex(&defaults.digest)),
        recipients: hex(&job.recipients_digest),
    }
}

/// Folded from the ledger: what was left behind without an answer was never in the news.
fn this_run(before: Tally, after: Tally, put_back: u64) -> ThisRun {
    ThisRun {
        accepted: after.accepted - before.accepted,
        refused: after.refused - before.refused,
        in_doubt: after.in_doubt - before.in_doubt,
        put_back,
    }
}

fn opening(job: &Job<'_>, rate: f64) -> String {
    let (key, messages) = (&job.campaign.key, counted(job.tally.waiting, "message"));
    let to = if job.sandbox { " in the sandbox" } else { "" };
    format!("{key}: sending {messages}{to}, at most {rate} a second")
}

fn closing(job: &Job<'_>, tally: &Tally, besides: u64, directory: &Directory) -> String {
    let what = if job.tally.waiting == 0 { "nothing to send".to_owned() } else { counted(tally.rows, "row") };
    format!("{}: {what}: {}\nreport: {}", job.campaign.key, standing(job, tally, besides), directory.path.display())
}

/// Where the rows stand, for people; what nobody is in goes without saying. `besides` is how many doubts of the campaign no
/// row is about.
pub fn standing(job: &Job<'_>, tally: &Tally, besides: u64) -> String {
    let Tally { accepted, refused, in_doubt, held, withdrawn, turned_away, waiting, .. } = tally;
    let mut text = format!("{accepted} accepted");
    for (count, word) in [
        (refused, "refused"),
        (in_doubt, "in doubt"),
        (withdrawn, "given up"),
        (turned_away, "turned away"),
        (waiting, "waiting"),
    ] {
        if *count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    if besides > 0 {
        let messages = counted(besides, "message");
        text.push_str(&format!("\nin doubt besides: {messages} of rows that left the file, or of earlier occurrences"));
    }
    if in_doubt > held || besides > 0 {
        text.push_str("\nin doubt: the message may have arrived, and is not sent again");
        if let Some(resolve) = &job.resolve {
            text.push_str(&format!("; see: {resolve}"));
        }
    }
    text
}
