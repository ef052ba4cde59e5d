//! Where words go: results to stdout, talk to stderr. A terminal that went away is no reason to stop a run, so failed
//! writes are let go.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::problem::Problem;

const PLACE: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default();

/// So many problems are printed; a file with more is mended a batch at a time.
pub const PROBLEMS_MAX: usize = 50;

/// A number of things in words: `1 message`, `2 messages`. For nouns that take an s.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Prints for people.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    quiet: bool,
}

impl Printer {
    /// A printer that, when quiet, prints only problems.
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Whether only problems are printed.
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// What was asked for.
    pub fn result(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stdout(), "{text}");
        }
    }

    /// Data that was asked for, quiet or not.
    pub fn data(self, text: &str) {
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// What happens on the way.
    pub fn talk(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// What needs somebody's attention, quiet or not.
    pub fn warn(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// A question, with the answer to follow on the same line.
    ///
    /// # Errors
    /// When nobody can read it.
    pub fn ask(question: &str) -> io::Result<()> {
        let mut stderr = anstream::stderr();
        stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush())
    }

    /// Why the program cannot do what it was asked to.
    pub fn error(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{BAD}error:{BAD:#} {text}");
    }

    /// Problems, in the order given, and how many there are in all.
    pub fn problems(self, problems: &[Problem], total: u64) {
        let mut out = anstream::stderr();
        for Problem { file, place, message, help, .. } in problems.iter().take(PROBLEMS_MAX) {
            let place = place.map_or(String::new(), |place| format!(":{}:{}", place.line, place.column));
            let _ = writeln!(out, "{PLACE}{}{place}:{PLACE:#} {message}", file.display());
            if let Some(help) = help {
                let _ = writeln!(out, "    {HELP}{help}{HELP:#}");
            }
        }
        let shown = problems.len().min(PROBLEMS_MAX) as u64;
        let rest = if total > shown { format!(", the first {shown} are shown") } else { String::new() };
        let _ = writeln!(out, "{BAD}{}{rest}; nothing was sent{BAD:#}", counted(total, "problem"));
    }
}
