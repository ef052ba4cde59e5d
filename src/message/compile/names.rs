//! Whether the names in an expression are known, and used as they must be: columns, filters and tests.

use std::collections::{BTreeSet, HashSet};

use crate::campaign::Text;
use crate::campaign::column::Kind;
use crate::message::engine::Engines;
use crate::message::scan::{self, Guard, Role};
use crate::message::{filter, usage};
use crate::problem::{Place, nearest};

use super::Compiler;

/// Filters worth suggesting.
const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "date",
    "default",
    "first",
    "float",
    "format",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "max",
    "min",
    "money",
    "number",
    "replace",
    "round",
    "split",
    "string",
    "title",
    "tojson",
    "trim",
    "truncate",
    "upper",
    "urlencode",
    "utm",
];

/// Tests worth suggesting.
const TESTS: &[&str] = &[
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "even",
    "in",
    "lower",
    "none",
    "number",
    "odd",
    "startingwith",
    "string",
    "undefined",
    "upper",
];

/// Where the author asks if a name is there at all: `{% if nick is defined %}{{ nick }}{% endif %}`.
const TESTED: Role = Role::Variable(Guard::Tested);

/// So many columns are listed where one is not found.
const COLUMNS_LISTED: usize = 30;

/// For so many problems the nearest column is looked for: among thousands of columns that takes long.
const LIKENESSES_MAX: usize = 30;

/// Some characters of a text: the byte where they start, and their bytes.
type Span<'t> = (&'t Text, usize, usize);

impl Compiler<'_> {
    /// Whether every column, filter and test is known; notes those that are not.
    pub(super) fn knows_names(&mut self, text: &Text, source: &str, undeclared: &HashSet<String>) -> bool {
        let references = scan::references(source);
        let tested: HashSet<&str> = references.iter().filter(|it| it.role == TESTED).map(|it| it.name).collect();
        let mut told = BTreeSet::new();
        for reference in &references {
            let name = reference.name;
            let at = (text, reference.offset, name.len());
            let known = match reference.role {
                Role::Filter => self.knows(at, "filter", name, FILTERS) && self.fits(text, reference),
                Role::Test => self.knows(at, "test", name, TESTS),
                Role::Variable(guard) => {
                    let missing = undeclared.contains(name) && self.columns.find(name).is_none() && !is_global(name);
                    let harmless = guard == Guard::Default || tested.contains(name);
                    if missing && !harmless && !told.contains(name) {
                        let help = self.columns_like(name);
                        self.problem_in(at, "unknown-column", no_column(name), help);
                    }
                    (harmless || !missing) && self.compares_numbers(at, reference)
                }
            };
            if !known {
                told.insert(name);
            }
        }
        told.is_empty()
    }

    /// Whether a filter has what it needs here; notes what it lacks.
    fn fits(&mut self, text: &Text, filter: &scan::Reference<'_>) -> bool {
        self.asks_setting |= filter::SET.contains(&filter.name);
        let own = (filter.offset, filter.name.len());
        let ((offset, length), message, help) = if filter::LOCALIZED.contains(&filter.name) && !self.in_message {
            let message =
                format!("`{}` writes in the language of a message, and this is not for a message", filter.name);
            (own, message, "use the filter under `templates`".to_owned())
        } else if let Some((argument, message, help)) = usage::flaw(filter.name, &filter.arguments) {
            (argument.map_or(own, |argument| (argument.offset, argument.length)), message, help)
        } else {
            return true;
        };
        self.problem_in((text, offset, length), "filter-arguments", message, help);
        false
    }

    /// Cells are text, and text is never less than a number, nor equal to one: every row would get the same words.
    fn compares_numbers(&mut self, at: Span<'_>, reference: &scan::Reference<'_>) -> bool {
        let column = self.columns.find(reference.name);
        let is_text = column.is_some_and(|column| !matches!(self.columns.kinds[column], Some(Kind::Number(_))));
        let Some(number) = reference.compared_with.filter(|_| is_text) else { return true };
        let name = reference.name;
        let message = format!("`{name}` is text here, so comparing it with {number} comes out the same for every row");
        let help = format!("declare `recipients.columns: {{ {name}: number }}`, or write `{name} | int`");
        self.problem_in(at, "text-compared", message, help);
        false
    }

    fn knows(&mut self, at: Span<'_>, kind: &str, name: &str, known: &[&str]) -> bool {
        let exists = Engines::shared()
            .get(0)
            .compile_expression_owned(format!("'{name}' is {kind}"))
            .and_then(|exists| exists.eval(()))
            .is_ok_and(|exists| exists.is_true());
        if !exists {
            let code = if kind == "filter" { "unknown-filter" } else { "unknown-test" };
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{kind}s are: {}", known.join(", ")),
            };
            self.problem_in(at, code, format!("there is no {kind} `{name}`"), help);
        }
        exists
    }

    /// Where only the default was meant, the place does not show what to write.
    pub(super) fn unknown_source(&mut self, at: Place, label: &str, name: &str) {
        let like = self.columns_like(name);
        let joint = if like.ends_with('?') { " Name" } else { "; name" };
        let help = format!("{like}{joint} {label}'s column under `recipients`, or rename it");
        self.problem(at, "unknown-column", no_column(name), help);
    }

    pub(super) fn unknown_column(&mut self, at: Place, name: &str) {
        let help = self.columns_like(name);
        self.problem(at, "unknown-column", no_column(name), help);
    }

    fn columns_like(&self, name: &str) -> String {
        let names = || self.columns.names.iter().map(String::as_str);
        let alike = || names().find(|column| column.eq_ignore_ascii_case(name)).or_else(|| nearest(name, names()));
        let alike = if self.problems.len() < LIKENESSES_MAX { alike() } else { None };
        match alike {
            Some(column) => format!("did you mean `{column}`?"),
            None => {
                let listed = names().take(COLUMNS_LISTED).collect::<Vec<_>>().join(", ");
                let more = self.columns.names.len().saturating_sub(COLUMNS_LISTED);
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("the columns are: {listed}{rest}")
            }
        }
    }
}

fn no_column(name: &str) -> String {
    format!("the recipients file has no column `{name}`")
}

fn is_global(name: &str) -> bool {
    Engines::shared().get(0).globals().any(|(global, _)| global == name)
}
