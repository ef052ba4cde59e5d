//! `tidings schema`: JSON Schemas of what people write and programs read.

use clap::ValueEnum;

use super::Exit;
use super::failure::Failure;
use super::printer::Printer;
use crate::{campaign, report};

/// What there is a schema of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// The campaign file.
    Campaign,
    /// A line of report.jsonl.
    Report,
    /// summary.json.
    Summary,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to print the schema of.
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
        Kind::Report => report::schema::line(),
        Kind::Summary => report::schema::summary(),
    };
    serde_json::to_string_pretty(&schema).map_err(|error| Failure::Bug(format!("a schema is no JSON: {error}")))
}
