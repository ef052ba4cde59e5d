//! What was found: a line each for people, an object for programs.

use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::check::{Check, State};
use crate::cli::Exit;
use crate::cli::printer::{Printer, counted};
use crate::message::wrap::{WIDTH_MAX, wrapped};

/// As wide as the longest id, so that all reports look alike.
const ID_WIDTH: usize = "template-lock".len();

/// Before a remedy.
const ARROW: &str = "→ ";

/// In the place of a remedy that was just given.
const AS_ABOVE: &str = "as above";

const FINE: Style = AnsiColor::Green.on_default().bold();
const ODD: Style = AnsiColor::Yellow.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The highest reason among the checks.
pub fn exit(checks: &[Check]) -> Exit {
    let exits = checks.iter().map(|check| if let State::Failed(exit) = check.state { exit } else { Exit::Complete });
    exits.max().unwrap_or(Exit::Complete)
}

/// Shows everything, or with a quiet printer what needs a look.
pub fn people(checks: &[Check], printer: Printer) {
    let mut said = None;
    for check in checks {
        let needs_a_look = matches!(check.state, State::Failed(_) | State::Warning);
        let is_said = check.remedy.is_some() && said == check.remedy.as_deref();
        let remedy = if is_said { Some(AS_ABOVE) } else { check.remedy.as_deref() };
        said = check.remedy.as_deref().or(said);
        for line in lines(check, remedy) {
            if printer.is_quiet() && needs_a_look {
                printer.warn_colored(&line);
            } else {
                printer.colored(&line);
            }
        }
    }
    printer.result(&summary(checks));
}

fn lines(check: &Check, remedy: Option<&str>) -> Vec<String> {
    let (mark, style) = match check.state {
        State::Ok => ('✓', FINE),
        State::Warning => ('!', ODD),
        State::Failed(_) => ('✗', BAD),
        State::Unknown => ('?', ODD),
    };
    let head = format!("{style}{mark}{style:#} {:ID_WIDTH$}  ", check.id);
    let blank = " ".repeat(2 + ID_WIDTH + 2);
    let room = WIDTH_MAX - blank.len();
    let message = match &check.about {
        Some(what) => format!("{what}: {}", check.message),
        None => check.message.clone(),
    };
    let message = wrapped(&message, room);
    let remedy: Vec<_> = remedy.iter().flat_map(|remedy| wrapped(remedy, room - ARROW.width())).collect();
    let hanging = |first: &str, rest: &str, lines: &[String]| -> Vec<String> {
        let starts = std::iter::once(first.to_owned()).chain(std::iter::repeat(rest.to_owned()));
        starts.zip(lines).map(|(start, line)| format!("{start}{line}")).collect()
    };
    let remedy = hanging(&format!("{blank}{ARROW}"), &format!("{blank}  "), &remedy);
    hanging(&head, &blank, &message).into_iter().chain(remedy).collect()
}

fn summary(checks: &[Check]) -> String {
    let count = |is: fn(&State) -> bool| checks.iter().filter(|check| is(&check.state)).count();
    let counts = [
        (count(|state| *state == State::Ok), "fine"),
        (count(|state| *state == State::Warning), "worth a look"),
        (count(|state| matches!(state, State::Failed(_))), "failed"),
        (count(|state| *state == State::Unknown), "unknown"),
    ];
    let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    format!("{}: {}", counted(checks.len() as u64, "check"), told.collect::<Vec<_>>().join(", "))
}

#[derive(Serialize)]
struct Found<'c> {
    schema_version: u32,
    file: String,
    exit_code: u8,
    checks: Vec<CheckTold<'c>>,
}

#[derive(Serialize)]
struct CheckTold<'c> {
    id: &'static str,
    /// Which one, where there are several: a template's name.
    about: Option<&'c str>,
    /// `ok`, `warning`, `failed` or `unknown`.
    state: &'static str,
    message: &'c str,
    remedy: Option<&'c str>,
}

/// The same for programs.
pub fn json(file: &Path, checks: &[Check]) -> String {
    let found = Found {
        schema_version: 1,
        file: file.display().to_string(),
        exit_code: exit(checks).code(),
        checks: checks.iter().map(CheckTold::of).collect(),
    };
    // All keys are text and writing into memory does not fail, so there always is a text.
    serde_json::to_string_pretty(&found).unwrap_or_default()
}

impl<'c> CheckTold<'c> {
    fn of(Check { id, about, state, message, remedy }: &'c Check) -> Self {
        let state = match state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failed(_) => "failed",
            State::Unknown => "unknown",
        };
        Self { id, about: about.as_deref(), state, message, remedy: remedy.as_deref() }
    }
}
