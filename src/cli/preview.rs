//! `tidings preview`: the whole plan, and nothing sent. No HTTP client is built here.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::failure::Failure;
use super::printer::{Printer, counted};
use super::read::read_campaign;
use super::saving::Saving;
use super::{Exit, progress};
use crate::campaign::{Campaign, Occurrence};
use crate::clock::{Clock, zone};
use crate::cloud::wire;
use crate::message::bubble;
use crate::message::compose::Message;
use crate::message::wrap::{WIDTH_MAX, wrapped};
use crate::plan::{Outline, Plan, Planned};
use crate::policy::calendar::Period;

/// So many messages are shown.
const SAMPLES: usize = 3;

/// So many rows that were turned away are named one by one.
const TURNED_AWAY_SHOWN: usize = 20;

/// Stands in the request where a run puts the id of its attempt.
const CALLBACK: &str = "preview";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The campaign file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON: the numbers, or with --row the exact request.
    #[arg(long)]
    json: bool,
    /// Show this row of the recipients file, numbered as a spreadsheet does: the header is row 1.
    #[arg(long, value_name = "N")]
    row: Option<u64>,
    /// Save the plan to this file: every recipient and every word, to be sent with `run --plan` within 24 hours.
    #[arg(long, value_name = "PLAN", conflicts_with = "row")]
    out: Option<PathBuf>,
}

/// Shows a plan as asked for.
pub fn run(args: &Args, printer: Printer) -> Exit {
    let shown = match args.row {
        Some(row) => show_row(args, row, printer),
        None => outline(&args.file, args.json, args.out.as_deref(), printer),
    };
    shown.unwrap_or_else(|failure| failure.report(printer))
}

/// Shows a plan as text.
pub fn show(file: &Path, printer: Printer) -> Exit {
    outline(file, false, None, printer).unwrap_or_else(|failure| failure.report(printer))
}

/// What a preview keeps of the stream.
#[derive(Default)]
struct Kept {
    samples: Vec<String>,
    turned_away: Vec<(u64, String)>,
}

fn outline(file: &Path, json: bool, out: Option<&Path>, printer: Printer) -> Result<Exit, Failure> {
    let campaign = read_campaign(file)?;
    let mut kept = Kept::default();
    let plan = Plan::prepare(&campaign, Clock::System.local_date())?;
    let mut saving = out.map(|out| Saving::begin(&campaign, &plan, out)).transpose()?;
    let outline = plan.compose(|planned| {
        if let Some(saving) = &mut saving {
            saving.add(&planned)?;
        }
        match planned {
            Planned::Message { row, recipient, message, .. } if kept.samples.len() < SAMPLES => {
                kept.samples.push(bubble(row, recipient, message));
            }
            Planned::TurnedAway { row, reason, .. } if kept.turned_away.len() < TURNED_AWAY_SHOWN => {
                kept.turned_away.push((row, reason.to_owned()));
            }
            _ => {}
        }
        Ok::<_, Failure>(())
    })?;
    if outline.problems_total > 0 {
        return Err(Failure::Problems { shown: outline.problems, total: outline.problems_total });
    }
    let saved = saving.map(|saving| saving.finish(&outline)).transpose()?;
    let plan = (&campaign, plan.occurrence());
    printer.data(&if json { numbers(plan, &outline)? } else { text(plan, &outline, &kept) });
    if let Some(saved) = saved {
        printer.talk(&saved);
    }
    Ok(Exit::Complete)
}

fn show_row(args: &Args, wanted: u64, printer: Printer) -> Result<Exit, Failure> {
    let campaign = read_campaign(&args.file)?;
    let mut shown = None;
    let outline = Plan::prepare(&campaign, Clock::System.local_date())?.compose(|planned| {
        match planned {
            Planned::Message { row, recipient, message, .. } if row == wanted => {
                shown = Some(if args.json {
                    request(recipient, &message.template)?
                } else {
                    bubble(row, recipient, message)
                });
            }
            Planned::TurnedAway { row, reason, .. } if row == wanted => {
                shown = Some(indented(&format!("row {row} is turned away: "), reason));
            }
            _ => {}
        }
        Ok::<_, Failure>(())
    })?;
    if outline.problems_total > 0 {
        return Err(Failure::Problems { shown: outline.problems, total: outline.problems_total });
    }
    let last = outline.rows + 1;
    printer.data(&shown.ok_or_else(|| {
        Failure::Usage(format!("the recipients file has no row {wanted}: its rows are 2 to about {last}"))
    })?);
    Ok(Exit::Complete)
}

/// The request as it goes out, indented.
fn request(recipient: &str, template: &str) -> Result<String, Failure> {
    let body = wire::envelope(recipient, template, CALLBACK);
    let pretty =
        serde_json::from_slice::<serde_json::Value>(&body).and_then(|json| serde_json::to_string_pretty(&json));
    pretty.map_err(|error| Failure::Bug(format!("the request is no JSON: {error}")))
}

#[derive(Serialize)]
struct Numbers<'a> {
    campaign: &'a str,
    occurrence: &'a str,
    phone_number_id: &'a str,
    rows: u64,
    messages: u64,
    by_template: Vec<ByTemplate<'a>>,
    turned_away: u64,
    turned_away_by_reason: &'a std::collections::BTreeMap<&'static str, u64>,
    rate_per_second: f64,
    duration_s: u64,
}

#[derive(Serialize)]
struct ByTemplate<'a> {
    template: &'a str,
    language: &'a str,
    messages: u64,
}

fn numbers((campaign, occurrence): (&Campaign, &str), outline: &Outline) -> Result<String, Failure> {
    let by_template = outline.messages.iter().map(|((template, language), messages)| ByTemplate {
        template,
        language,
        messages: *messages,
    });
    let numbers = Numbers {
        campaign: &campaign.key,
        occurrence,
        phone_number_id: &campaign.sender.phone_number_id,
        rows: outline.rows,
        messages: outline.messages_total(),
        by_template: by_template.collect(),
        turned_away: outline.turned_away_total(),
        turned_away_by_reason: &outline.turned_away,
        rate_per_second: campaign.pace_per_second(),
        duration_s: duration(campaign, outline).as_secs(),
    };
    serde_json::to_string_pretty(&numbers).map_err(|error| Failure::Bug(error.to_string()))
}

fn duration(campaign: &Campaign, outline: &Outline) -> Duration {
    Duration::from_secs_f64((outline.messages_total() as f64 / campaign.pace_per_second()).ceil())
}

fn text(plan: (&Campaign, &str), outline: &Outline, kept: &Kept) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_text(&mut text, plan, outline, kept);
    text.truncate(text.trim_end().len());
    text
}

fn write_text(
    text: &mut String,
    (campaign, occurrence): (&Campaign, &str),
    outline: &Outline,
    kept: &Kept,
) -> std::fmt::Result {
    let (messages, turned_away) = (outline.messages_total(), outline.turned_away_total());
    let (rows, planned) = (counted(outline.rows, "row"), counted(messages, "message"));
    writeln!(text, "{}: {rows}, {planned}, {turned_away} turned away", campaign.key)?;
    for line in campaign.description.iter().flat_map(|description| description.lines()) {
        writeln!(text, "{}", indented("", line))?;
    }
    if let Some(once) = how_often(&campaign.occurrence, occurrence) {
        writeln!(text, "{}", indented("", &once))?;
    }
    let time = progress::time(duration(campaign, outline));
    writeln!(
        text,
        "from number {}, at most {} a second: about {time}",
        campaign.sender.phone_number_id,
        campaign.pace_per_second()
    )?;
    writeln!(text, "\nmessages")?;
    let name_width = outline.messages.keys().map(|(name, _)| name.len()).max().unwrap_or(0);
    for ((name, language), count) in &outline.messages {
        writeln!(text, "  {count:>9}  {name:name_width$}  {language}")?;
    }
    if turned_away > 0 {
        writeln!(text, "\nturned away")?;
        for (row, reason) in &kept.turned_away {
            writeln!(text, "{}", indented(&format!("  row {row}: "), reason))?;
        }
        let rest = turned_away - kept.turned_away.len() as u64;
        if rest > 0 {
            writeln!(text, "  and {rest} more")?;
        }
    }
    if !kept.samples.is_empty() {
        let of = if kept.samples.len() as u64 == messages { "all messages" } else { "the first messages" };
        writeln!(text, "\n{of}")?;
        for sample in &kept.samples {
            writeln!(text, "{sample}")?;
        }
    }
    Ok(())
}

/// How often each person gets it, where it is not once for ever.
fn how_often(kind: &Occurrence, name: &str) -> Option<String> {
    let period = match kind {
        Occurrence::Once => return None,
        Occurrence::Each(_) => return Some(format!("each person once for each `{name}`")),
        Occurrence::Every(Period::Day) => "day",
        Occurrence::Every(Period::Week) => "week",
        Occurrence::Every(Period::Month) => "month",
    };
    Some(format!("each person once a {period}, by the calendar of this machine ({}): {name}", zone()))
}

/// A text after its short label, in lines that fit the screen and start below each other.
fn indented(label: &str, text: &str) -> String {
    let lines = wrapped(text, WIDTH_MAX - label.len());
    format!("{label}{}", lines.join(&format!("\n{}", " ".repeat(label.len()))))
}

/// One message, under a line that says to whom it goes.
fn bubble(row: u64, recipient: &str, message: &Message<'_>) -> String {
    format!("row {row} to {recipient}: {} ({})\n{}", message.name, message.language, bubble::text(message))
}
