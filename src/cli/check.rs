//! `tidings check`: reads campaigns and their recipients, and prints every problem. Touches no ledger, network or token.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::failure::Failure;
use super::printer::{Printer, counted};
use super::read::{Looked, look_through, tell_what_is_unchecked};
use super::settings::{self, SettingTold};
use super::{Exit, cost, help, junit};
use crate::campaign::{self, Setting, is_defaults};
use crate::plan::Outline;
use crate::problem::Problem;

const EXAMPLES: &str = "\
Examples:
  tidings check spring.yaml            # every problem, with its line
  tidings check campaigns/*.yaml       # of all campaigns in one pass
  tidings check spring.yaml --verbose  # also: which value comes from where
  tidings check spring.yaml --report-junit tests.xml   # for a build server";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems]))]
pub struct Args {
    /// Campaign files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON: each campaign in numbers, and all problems.
    #[arg(long)]
    json: bool,
    /// Show what holds for the sender, the pace, the stops and the report, and which line says so.
    #[arg(long)]
    verbose: bool,
    /// Write the campaigns' tests as JUnit XML, for the pages of a build server.
    #[arg(long, value_name = "FILE")]
    report_junit: Option<PathBuf>,
}

/// Checks all campaigns, whatever is wrong with one of them.
pub fn run(args: &Args, printer: Printer) -> Exit {
    let (shared, files): (Vec<_>, Vec<_>) = args.files.iter().cloned().partition(|file| is_defaults(file));
    let shared: Vec<Shared> = shared.into_iter().map(|file| (campaign::check_defaults(&file), file)).collect();
    let looked: Vec<Looked> = files.iter().map(|file| look_through(file)).collect();
    let found = Found::of(&shared, &looked);
    let exit = if found.total > 0 { Exit::Problems } else { Exit::Complete };
    if let Some(Err(failure)) = args.report_junit.as_deref().map(|path| junit::write(path, &files, &looked)) {
        return failure.report(printer);
    }
    if args.json {
        return match json(&files, &looked, &found, args.verbose) {
            Ok(text) => {
                printer.data(&text);
                exit
            }
            Err(error) => Failure::Bug(error.to_string()).report(printer),
        };
    }
    for (_, file) in shared.iter().filter(|(problems, _)| problems.is_empty()) {
        printer.result(&format!("{}: defaults for the campaigns beside it; no problems", file.display()));
    }
    for (file, looked) in files.iter().zip(&looked).filter(|(_, looked)| looked.problems_total == 0) {
        printer.result(&summary(file, looked));
        if args.verbose {
            settings::columns(&campaign::settings(file)).iter().for_each(|line| printer.result(line));
        }
        looked.advice.iter().for_each(|advice| printer.talk(advice));
        if !looked.has_lock {
            tell_what_is_unchecked(file, printer);
        }
        if looked.outline.cost.as_ref().is_some_and(|cost| cost.unknown().is_some()) {
            cost::words(looked.outline.cost.as_ref()).iter().for_each(|words| printer.talk(words));
        }
    }
    if found.total > 0 {
        let Found { shown, total } = found;
        return Failure::Problems { shown, total }.report(printer);
    }
    exit
}

/// The problems of a file of defaults that was named, and the file.
type Shared = (Vec<Problem>, PathBuf);

/// Every problem once: those of the defaults are the problems of each campaign beside them.
struct Found {
    shown: Vec<Problem>,
    total: u64,
}

impl Found {
    fn of(shared: &[Shared], looked: &[Looked]) -> Self {
        let mut found = Self { shown: Vec::new(), total: looked.iter().map(|looked| looked.problems_total).sum() };
        for problem in shared.iter().flat_map(|(problems, _)| problems) {
            found.total += 1;
            found.add(problem.clone());
        }
        looked.iter().flat_map(|looked| &looked.problems).for_each(|problem| found.add(problem.clone()));
        found
    }

    fn add(&mut self, problem: Problem) {
        if is_defaults(&problem.file) && self.shown.contains(&problem) {
            self.total -= 1;
        } else {
            self.shown.push(problem);
        }
    }
}

fn summary(file: &Path, Looked { key, outline, tried, .. }: &Looked) -> String {
    let name = key.clone().unwrap_or_else(|| file.display().to_string());
    let (rows, messages) = (counted(outline.rows, "row"), counted(outline.messages_total(), "message"));
    let tests = match tried.len() as u64 {
        0 => String::new(),
        count => format!("; {} passed", counted(count, "test")),
    };
    format!("{name}: {rows}, {messages}, {} turned away; no problems{tests}", outline.turned_away_total())
}

#[derive(Serialize)]
struct Checked<'l> {
    campaigns: Vec<CampaignChecked<'l>>,
    problems: Vec<ProblemFound<'l>>,
    /// More than are listed, when a file has very many.
    problems_total: u64,
}

/// A campaign; without numbers where it has problems, for then they may be wrong.
#[derive(Serialize)]
struct CampaignChecked<'l> {
    file: String,
    campaign: Option<&'l str>,
    problems: u64,
    rows: Option<u64>,
    messages: Option<u64>,
    turned_away: Option<u64>,
    tests: u64,
    tests_failed: u64,
    /// Whether its templates were looked at; not without a lock file.
    templates_checked: bool,
    /// What is no problem and yet worth a word.
    advice: &'l [String],
    /// What holds for it, where that was asked for; nothing where it has problems.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<&'l [SettingTold<'l>]>,
}

#[derive(Serialize)]
struct ProblemFound<'l> {
    file: String,
    line: Option<u64>,
    column: Option<u64>,
    row: Option<u64>,
    code: &'l str,
    message: &'l str,
    help: Option<&'l str>,
}

fn json(files: &[PathBuf], looked: &[Looked], found: &Found, verbose: bool) -> Result<String, serde_json::Error> {
    let settings = |file: &PathBuf| if verbose { campaign::settings(file) } else { Vec::new() };
    let settings: Vec<Vec<Setting>> = files.iter().map(settings).collect();
    let told: Vec<Vec<SettingTold<'_>>> = settings.iter().map(|settings| settings::told(settings)).collect();
    let campaigns = files.iter().zip(looked).zip(&told).map(|((file, looked), told)| {
        let outline = Some(&looked.outline).filter(|_| looked.problems_total == 0);
        CampaignChecked {
            file: file.display().to_string(),
            campaign: looked.key.as_deref(),
            problems: looked.problems_total,
            rows: outline.map(|outline| outline.rows),
            messages: outline.map(Outline::messages_total),
            turned_away: outline.map(Outline::turned_away_total),
            tests: looked.tried.len() as u64,
            tests_failed: looked.tried.iter().filter(|tried| !tried.problems.is_empty()).count() as u64,
            templates_checked: looked.has_lock,
            advice: &looked.advice,
            settings: verbose.then_some(told),
        }
    });
    serde_json::to_string_pretty(&Checked {
        campaigns: campaigns.collect(),
        problems: found.shown.iter().map(told_of).collect(),
        problems_total: found.total,
    })
}

fn told_of(problem: &Problem) -> ProblemFound<'_> {
    ProblemFound {
        file: problem.file.display().to_string(),
        line: problem.place.map(|place| place.line),
        column: problem.place.map(|place| place.column),
        row: problem.row(),
        code: problem.code,
        message: &problem.message,
        help: problem.help.as_deref(),
    }
}
