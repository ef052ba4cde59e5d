//! Where words go: results to stdout, talk to stderr. A terminal that went away is no reason to stop a run, so failed
//! writes are let go.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::Exit;
use super::diagnostic::rendered;
use super::quote::Quotes;
use crate::audience::invisible::harmless;
use crate::clock::Clock;
use crate::problem::Problem;
use crate::report::jsonl;

const BAD: Style = AnsiColor::Red.on_default().bold();

/// So many problems are printed; a file with more is mended a batch at a time.
pub const PROBLEMS_MAX: usize = 50;

/// A number of things in words: `1 message`, `2 messages`. For nouns that take an s.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Lines that a terminal only shows: nothing in them moves its cursor or turns its writing around, whoever wrote it.
fn calm(text: &str) -> String {
    text.split('\n')
        .map(|line| line.split('\t').map(harmless).collect::<Vec<_>>().join("\t"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same, with the colours that are ours. What stands in files was made harmless before it was coloured.
fn styled(text: &str) -> String {
    let mut calmed = String::with_capacity(text.len());
    for (index, part) in text.split("\u{1b}[").enumerate() {
        let is_numbers = |codes: &str| codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';');
        match part.split_once('m').filter(|(codes, _)| index > 0 && is_numbers(codes)) {
            Some((codes, rest)) => {
                calmed.push_str(&format!("\u{1b}[{codes}m"));
                calmed.push_str(&calm(rest));
            }
            None if index == 0 => calmed.push_str(&calm(part)),
            None => calmed.push_str(&calm(&format!("\u{1b}[{part}"))),
        }
    }
    calmed
}

/// Prints for people.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    quiet: bool,
    /// Files that changed later are not quoted: what is wrong was found before.
    started_unix_ms: i64,
}

impl Printer {
    /// A printer that, when quiet, prints only problems.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, started_unix_ms: Clock::System.unix_ms() }
    }

    /// Whether only problems are printed.
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether what goes to stdout may be styled.
    pub fn is_styled(self) -> bool {
        anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
    }

    /// What was asked for.
    pub fn result(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stdout(), "{}", calm(text));
        }
    }

    /// What was asked for, with colours of ours in it.
    pub fn colored(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stdout(), "{}", styled(text));
        }
    }

    /// How it ended, quiet or not where somebody has to look.
    pub fn closing(self, text: &str, exit: Exit) {
        if self.quiet && exit != Exit::Complete {
            self.warn(text);
        } else {
            self.result(text);
        }
    }

    /// Data that was asked for, quiet or not.
    pub fn data(self, text: &str) {
        let _ = writeln!(anstream::stdout(), "{}", styled(text));
    }

    /// Data for programs, quiet or not. Whatever a terminal would obey is written as an escape of JSON's own.
    pub fn json(self, text: &str) {
        let _ = writeln!(anstream::stdout(), "{}", jsonl::escaped(text));
    }

    /// What happens on the way.
    pub fn talk(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{}", calm(text));
        }
    }

    /// What needs somebody's attention, quiet or not.
    pub fn warn(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", calm(text));
    }

    /// The same, with colours of ours in it.
    pub fn warn_colored(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", styled(text));
    }

    /// A question, with the answer to follow on the same line.
    ///
    /// # Errors
    /// When nobody can read it.
    pub fn ask(question: &str) -> io::Result<()> {
        let mut stderr = anstream::stderr();
        stderr.write_all(calm(question).as_bytes()).and_then(|()| stderr.flush())
    }

    /// Why the program cannot do what it was asked to.
    pub fn error(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{BAD}error:{BAD:#} {}", calm(text));
    }

    /// Problems, in the order given, and how many there are in all.
    pub fn problems(self, problems: &[Problem], total: u64) {
        let mut out = anstream::stderr();
        let shown = &problems[..problems.len().min(PROBLEMS_MAX)];
        let quotes = Quotes::read(shown, self.started_unix_ms);
        for problem in shown {
            let _ = writeln!(out, "{}\n", styled(&rendered(problem, quotes.of(problem).as_ref())));
        }
        let files: BTreeSet<&Path> = problems.iter().map(|problem| problem.file.as_path()).collect();
        let files = if files.len() > 1 { format!(" in {} files", files.len()) } else { String::new() };
        let count = shown.len() as u64;
        let rest = if total > count { format!(", the first {count} are shown") } else { String::new() };
        let _ = writeln!(out, "{BAD}{}{files}{rest}; nothing was sent{BAD:#}", counted(total, "problem"));
    }
}
