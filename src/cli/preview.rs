//! `tidings preview`: the whole plan, and nothing sent. No HTTP client is built here.

use std::path::{Path, PathBuf};

use super::comparing::Comparing;
use super::failure::Failure;
use super::outline::{self, Look, indented};
use super::page::Page;
use super::printer::Printer;
use super::read::{lock_beside, prepare_with, read_campaign, real_ledger, tell_of_templates};
use super::saving::Saving;
use super::wording::Wording;
use super::{Exit, Global, help};
use crate::cloud::wire;
use crate::ledger::Peek;
use crate::message::definition;
use crate::plan::Planned;
use crate::plan::samples::{Sample, Samples};

/// So many messages are shown on a screen, and so many on a page.
const SAMPLES: usize = 8;
const PAGE_SAMPLES: usize = 200;

/// So many rows that were turned away are named one by one.
const TURNED_AWAY_SHOWN: usize = 20;

/// Stands in the request where a run puts the id of its attempt.
const CALLBACK: &str = "preview";

const EXAMPLES: &str = "\
Examples:
  tidings preview spring.yaml            # counts, who is turned away, samples
  tidings preview spring.yaml --row 17   # one row's message; --json: its request
  tidings preview spring.yaml --html spring.html   # the same as a page
  tidings preview spring.yaml --json     # the numbers, for programs";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems]))]
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
    /// Write the preview as a page to this file too: one file that any browser shows, with up to 200 messages.
    #[arg(long, value_name = "PAGE", conflicts_with = "row")]
    html: Option<PathBuf>,
}

/// Shows a plan as asked for.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    let shown = match args.row {
        Some(row) => show_row(args, row, printer),
        None => {
            let asked = Asked { json: args.json, out: args.out.as_deref(), html: args.html.as_deref() };
            outline(&args.file, &asked, global, printer)
        }
    };
    shown.unwrap_or_else(|failure| failure.report(printer))
}

/// Shows a plan as text.
pub fn show(file: &Path, global: &Global, printer: Printer) -> Exit {
    outline(file, &Asked::default(), global, printer).unwrap_or_else(|failure| failure.report(printer))
}

/// What a preview of the whole plan is to do.
#[derive(Default)]
struct Asked<'a> {
    json: bool,
    out: Option<&'a Path>,
    html: Option<&'a Path>,
}

fn outline(file: &Path, asked: &Asked<'_>, global: &Global, printer: Printer) -> Result<Exit, Failure> {
    let campaign = read_campaign(file)?;
    let lock = lock_beside(&campaign.file).map_err(|problem| vec![problem])?;
    let plan = prepare_with(&campaign, lock.as_ref())?;
    let page = asked.html.map(Page::to).transpose()?;
    let mut saving = asked.out.map(|out| Saving::begin(&campaign, &plan, out)).transpose()?;
    let ledger = Peek::open(&real_ledger(file, global)?);
    let mut comparing = Comparing::begin(&ledger, (&campaign.key, plan.occurrence()));
    let samples_of = |most| Samples::new(most, TURNED_AWAY_SHOWN, plan.row_count());
    let mut samples = samples_of(SAMPLES);
    let mut page_samples = page.as_ref().map(|_| samples_of(PAGE_SAMPLES));
    let outline = plan.compose(|planned| {
        if let Some(saving) = &mut saving {
            saving.add(&planned)?;
        }
        comparing.add(&planned);
        samples.add(&planned);
        page_samples.iter_mut().for_each(|samples| samples.add(&planned));
        Ok::<_, Failure>(())
    })?;
    if outline.problems_total > 0 {
        return Err(Failure::Problems { shown: outline.problems, total: outline.problems_total });
    }
    let wording = Wording::new(&campaign, lock.as_ref());
    let saved = saving.map(|saving| saving.finish(&plan, &outline)).transpose()?;
    let (since, chosen) = (comparing.finish(printer), samples.finish(false));
    let advice = lock.as_ref().map(|lock| definition::advice(&campaign, lock)).unwrap_or_default();
    let look = Look {
        campaign: &campaign,
        plan: &plan,
        outline: &outline,
        chosen: &chosen,
        wording: &wording,
        advice: &advice,
        since,
    };
    if asked.json {
        printer.json(&outline::numbers(&look)?);
    } else {
        printer.data(&outline::text(&look, printer.is_styled()));
    }
    tell_of_templates(&campaign, lock.as_ref(), printer);
    saved.iter().for_each(|saved| printer.talk(saved));
    if let (Some(page), Some(samples)) = (page, page_samples) {
        printer.talk(&page.write(&Look { chosen: &samples.finish(true), ..look })?);
    }
    Ok(Exit::Complete)
}

fn show_row(args: &Args, wanted: u64, printer: Printer) -> Result<Exit, Failure> {
    let campaign = read_campaign(&args.file)?;
    let lock = lock_beside(&campaign.file).map_err(|problem| vec![problem])?;
    let wording = Wording::new(&campaign, lock.as_ref());
    let mut shown = None;
    let outline = prepare_with(&campaign, lock.as_ref())?.compose(|planned| {
        match planned {
            Planned::Message { row, recipient, message, .. } if row == wanted => {
                shown = Some(if args.json {
                    request(recipient, &message.template)?
                } else {
                    outline::shown(&Sample::new(row, recipient, message), &campaign, &wording, printer.is_styled())
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
    let shown = shown.ok_or_else(|| {
        Failure::Usage(format!("the recipients file has no row {wanted}: its rows are 2 to about {last}"))
    })?;
    if args.json {
        printer.json(&shown)
    } else {
        printer.data(&shown)
    }
    Ok(Exit::Complete)
}

/// The request as it goes out, indented.
fn request(recipient: &str, template: &str) -> Result<String, Failure> {
    let body = wire::envelope(recipient, template, CALLBACK);
    let pretty =
        serde_json::from_slice::<serde_json::Value>(&body).and_then(|json| serde_json::to_string_pretty(&json));
    pretty.map_err(|error| Failure::Bug(format!("the request is no JSON: {error}")))
}
