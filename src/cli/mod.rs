//! The command line: one file per command. Only this room prints.

mod check;
mod comparing;
mod completions;
mod cost;
mod diagnostic;
mod doctor;
mod ending;
mod erasing;
mod exit;
mod failure;
mod forget;
mod help;
mod hint;
mod init;
mod junit;
mod man;
mod outline;
mod page;
mod preflight;
mod preview;
mod printer;
mod progress;
mod purge;
mod quote;
mod read;
mod rehearsal;
mod resolve;
mod resume;
mod run;
mod sandbox;
mod saving;
mod schema;
mod seed;
mod send;
mod settings;
mod signals;
mod staging;
mod stop;
mod stops;
mod templates;
mod way;
mod wording;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

pub use exit::Exit;
use printer::Printer;

const EXAMPLES: &str = "\
Examples:
  tidings init spring                    # a starter project
  tidings preview spring/campaign.yaml   # what would be sent; sends nothing
  tidings run spring/campaign.yaml --sandbox --yes   # a rehearsal
  tidings run spring/campaign.yaml       # asks, sends, reports";

/// Sends WhatsApp template messages to the people in a CSV file, each at most once, and reports what became of each.
#[derive(Debug, Parser)]
#[command(name = "tidings", version, arg_required_else_help = true, max_term_width = help::WIDTH_MAX)]
#[command(after_help = help::text(EXAMPLES, &Exit::ALL))]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Print only problems.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to use colour.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// The ledger file [default: the variable TIDINGS_LEDGER except for rehearsals, or else .tidings/ledger.sqlite beside
    /// the campaign file].
    #[arg(long, global = true, value_name = "FILE")]
    ledger: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a starter project: a campaign, recipients, a crontab line.
    Init(init::Args),
    /// Print every problem of campaigns and their recipients.
    Check(check::Args),
    /// Show what a campaign would send, and send nothing.
    Preview(preview::Args),
    /// Send a few real messages to phones of your own.
    Seed(seed::Args),
    /// Send what a campaign has left to send.
    Run(run::Args),
    /// Stop a campaign, or all of them, at once; runs under way too.
    Stop(stop::Args),
    /// Show what stops a campaign, and lift it.
    Resume(resume::Args),
    /// List the messages in doubt, and settle them.
    Resolve(resolve::Args),
    /// Erase a person who asked for it, and message them no more.
    Forget(forget::Args),
    /// Erase people whose messages were settled long ago.
    Purge(purge::Args),
    /// Read the account's templates, and look at them.
    Templates(templates::Args),
    /// Look whether everything is ready: token, number, templates.
    Doctor(doctor::Args),
    /// Serve a simulator of WhatsApp's Cloud API on this machine.
    Sandbox(sandbox::Args),
    /// Print the JSON Schema of campaign files or reports.
    Schema(schema::Args),
    /// Print what makes a shell complete commands and options.
    Completions(completions::Args),
    /// Print a manual page, of tidings or of one of its commands.
    Man(man::Args),
}

/// Runs the program with these arguments and tells how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let Cli { global, command } = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too. A closed pipe leaves nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { Exit::Problems } else { Exit::Complete };
        }
    };
    choose_color(global.color);
    let printer = Printer::new(global.quiet);
    match command {
        Command::Init(args) => init::run(&args, printer),
        Command::Check(args) => check::run(&args, printer),
        Command::Preview(args) => preview::run(&args, &global, printer),
        Command::Seed(args) => seed::run(&args, &global, printer),
        Command::Run(args) => run::run(&args, &global, printer),
        Command::Stop(args) => stop::run(&args, &global, printer),
        Command::Resume(args) => resume::run(&args, &global, printer),
        Command::Resolve(args) => resolve::run(&args, &global, printer),
        Command::Forget(args) => forget::run(&args, &global, printer),
        Command::Purge(args) => purge::run(&args, &global, printer),
        Command::Templates(args) => templates::run(&args, printer),
        Command::Doctor(args) => doctor::run(&args, &global, printer),
        Command::Sandbox(args) => sandbox::run(&args, printer),
        Command::Schema(args) => schema::run(&args, printer),
        Command::Completions(args) => completions::run(&args, Cli::command(), printer),
        Command::Man(args) => man::run(&args, Cli::command(), printer),
    }
}

fn choose_color(color: Color) {
    match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}
