//! `tidings completions`: what makes a shell complete tidings' commands and options.

use clap_complete::{Shell, generate};

use super::printer::Printer;
use super::{Exit, help};

const EXAMPLES: &str = "\
Examples:
  # bash
  tidings completions bash > ~/.local/share/bash-completion/completions/tidings
  # zsh, in a directory of $fpath
  tidings completions zsh > ~/.zfunc/_tidings
  # fish
  tidings completions fish > ~/.config/fish/completions/tidings.fish";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems]))]
pub struct Args {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints a completion script.
pub fn run(args: &Args, mut command: clap::Command, printer: Printer) -> Exit {
    let mut script = Vec::new();
    generate(args.shell, &mut command, "tidings", &mut script);
    printer.data(String::from_utf8_lossy(&script).trim_end());
    Exit::Complete
}
