//! `tidings init`: a starter project that can be previewed and rehearsed as it is.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::hint::word;
use super::printer::Printer;
use super::{Exit, help, schema};

const EXAMPLES: &str = "\
Examples:
  tidings init                # here
  tidings init spring         # in the directory spring, made if need be";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems]))]
pub struct Args {
    /// Where to write it; made if need be.
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

/// Writes a starter project, whole or not at all.
pub fn run(args: &Args, printer: Printer) -> Exit {
    init(&args.directory, printer).map_or_else(|failure| failure.report(printer), |()| Exit::Complete)
}

fn init(directory: &Path, printer: Printer) -> Result<(), Failure> {
    let unwritten = |path: &Path, error| {
        Failure::Usage(format!("{} cannot be written: {error}; nothing was written", path.display()))
    };
    fs::create_dir_all(directory).map_err(|error| unwritten(directory, error))?;
    let home = fs::canonicalize(directory).map_err(|error| unwritten(directory, error))?;
    let files = files(&home)?;
    let taken: Vec<&str> =
        files.iter().map(|(name, _)| *name).filter(|name| home.join(name).symlink_metadata().is_ok()).collect();
    if !taken.is_empty() {
        return Err(Failure::Usage(format!(
            "already there: {}; nothing was written. Name a new directory: tidings init my_campaign",
            taken.join(", ")
        )));
    }
    for (written, (name, content)) in files.iter().enumerate() {
        let path = home.join(name);
        if let Err(error) = write(&path, content) {
            // A half of a project is worse than none. What cannot be removed is named by the next start.
            let _ = files[..written].iter().try_for_each(|(name, _)| fs::remove_file(home.join(name)));
            return Err(unwritten(&path, error));
        }
    }
    printer.result(&told(directory, &files));
    Ok(())
}

type File = (&'static str, String);

/// What a project consists of.
fn files(home: &Path) -> Result<[File; 5], Failure> {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("tidings"));
    // cron takes a bare % for a line end.
    let cron_word = |path: &Path| word(path).replace('%', r"\%");
    let crontab = include_str!("starter/crontab")
        .replace("{program}", &cron_word(&program))
        .replace("{campaign}", &cron_word(&home.join("campaign.yaml")));
    Ok([
        ("campaign.yaml", include_str!("starter/campaign.yaml").to_owned()),
        ("recipients.csv", include_str!("starter/recipients.csv").to_owned()),
        ("campaign.schema.json", format!("{}\n", schema::text(schema::Kind::Campaign)?)),
        (".gitignore", include_str!("starter/gitignore").to_owned()),
        ("crontab.example", crontab),
    ])
}

/// Writes a file that is not there yet, whole or not at all.
fn write(path: &Path, content: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content.as_bytes()).inspect_err(|_| drop(fs::remove_file(path)))
}

fn told(directory: &Path, files: &[File]) -> String {
    let what = |name: &str| match name {
        "campaign.yaml" => "the campaign; read it first, it explains itself",
        "recipients.csv" => "three people, invented",
        "campaign.schema.json" => "tells editors what may stand in a campaign",
        ".gitignore" => "keeps what is private out of git",
        _ => "a line for cron",
    };
    let listed: String = files.iter().map(|(name, _)| format!("  {name:<22}{}\n", what(name))).collect();
    let beside = if directory == Path::new(".") { PathBuf::new() } else { directory.to_owned() };
    let campaign = word(&beside.join("campaign.yaml"));
    format!(
        "a starter project in {}:\n{listed}next:\n  \
         tidings preview {campaign}\n    shows what would be sent, and sends nothing\n  \
         tidings run {campaign} --sandbox --yes\n    rehearses it with a simulator; nobody gets a message\n  \
         tidings run {campaign}\n    sends, once your own number, template and people are in it",
        directory.display()
    )
}
