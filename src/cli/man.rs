//! `tidings man`: manual pages.

use std::io;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::failure::Failure;
use super::printer::Printer;
use super::{Exit, help};

const EXAMPLES: &str = "\
Examples:
  tidings man > ~/.local/share/man/man1/tidings.1
  tidings man run > ~/.local/share/man/man1/tidings-run.1
  tidings man run | man -l -      # read it at once";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems]))]
pub struct Args {
    /// The command that the page is about; without it, tidings as a whole.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Prints a manual page.
pub fn run(args: &Args, command: clap::Command, printer: Printer) -> Exit {
    page(args.command.as_deref(), command).map_or_else(
        |failure| failure.report(printer),
        |page| {
            printer.data(page.trim_end());
            Exit::Complete
        },
    )
}

fn page(about: Option<&str>, command: clap::Command) -> Result<String, Failure> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let command = match about {
        None => command,
        Some(name) => command
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Failure::Usage(format!("there is no command {name}; see: tidings --help")))?,
    };
    let sections = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut page = Vec::new();
    let has_commands = command.has_subcommands();
    render(&Man::new(command), has_commands, &sections, &mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn render(man: &Man, has_commands: bool, sections: &str, page: &mut Vec<u8>) -> io::Result<()> {
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if has_commands {
        man.render_subcommands_section(page)?;
    }
    // The library would run the lines of a section together; those of examples stay apart.
    let mut roff = Roff::default();
    for (heading, lines) in help::sections(sections) {
        roff.control("SH", [heading.to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in lines {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff.to_writer(page)
}
