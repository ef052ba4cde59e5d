//! `tidings schema`: JSON Schemas of what people write and programs read.

use clap::ValueEnum;

use super::failure::Failure;
use super::printer::Printer;
use super::{Exit, help};
use crate::{campaign, plan, report};

/// What there is a schema of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    Campaign,
    Defaults,
    Plan,
    Report,
    Summary,
}

const EXAMPLES: &str = "\
Examples:
  tidings schema > campaign.schema.json  # for editors; see below
  tidings schema defaults                # tidings.yaml, what campaigns share
  tidings schema report                  # a line of report.jsonl
  tidings schema plan                    # a line of a saved plan

Editors:
  # yaml-language-server: $schema=campaign.schema.json
  as the first line of a campaign: editors then explain keys and mark mistakes";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems]))]
pub struct Args {
    /// The schema of campaign files, of the defaults in tidings.yaml, of a line of a saved plan, of a line of report.jsonl, or
    /// of summary.json.
    #[arg(value_name = "WHAT", default_value = "campaign")]
    what: Kind,
}

/// Prints a schema.
pub fn run(args: &Args, printer: Printer) -> Exit {
    text(args.what).map_or_else(
        |failure| failure.report(printer),
        |text| {
            printer.data(&text);
            Exit::Complete
        },
    )
}

/// A schema as text, without a line end.
pub fn text(kind: Kind) -> Result<String, Failure> {
    let schema = match kind {
        Kind::Campaign => campaign::schema(),
        Kind::Plan => plan::schema::line(),
        Kind::Defaults => campaign::defaults_schema(),
        Kind::Report => report::schema::line(),
        Kind::Summary => report::schema::summary(),
    };
    serde_json::to_string_pretty(&schema).map_err(|error| Failure::Bug(format!("a schema is no JSON: {error}")))
}
