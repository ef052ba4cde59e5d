//! Compiles the texts of a campaign against the header of its recipients file, and collects every problem.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use minijinja::{Environment, Error, ErrorKind, Value};

use crate::campaign::{Campaign, Source, Text};
use crate::problem::{Place, Problem, nearest};

use super::expression::{Expression, engine};
use super::row::Columns;
use super::rule::{Rule, is_blank};
use super::scan::{self, Guard, Role};
use super::slot::Slot;

/// Filters worth suggesting.
const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
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
    "replace",
    "round",
    "split",
    "string",
    "title",
    "tojson",
    "trim",
    "upper",
    "urlencode",
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

/// What stands in a cell when an expression is tried out: text that is also a number.
const PLACEHOLDER: &str = "1";

/// Turns texts into slots.
pub(super) struct Compiler<'c> {
    file: &'c Path,
    columns: Columns,
    read: BTreeSet<usize>,
    engine: Environment<'static>,
    templates: usize,
    problems: Vec<Problem>,
}

impl<'c> Compiler<'c> {
    /// A compiler for one campaign and the columns of its recipients file.
    pub fn new(campaign: &'c Campaign, names: &[String]) -> Self {
        let columns = Columns { names: names.to_vec(), defaults: vec![None; names.len()], read: Vec::new() };
        let mut compiler = Self {
            file: &campaign.file,
            columns,
            read: BTreeSet::new(),
            engine: engine().clone(),
            templates: 0,
            problems: Vec::new(),
        };
        compiler.defaults(campaign);
        compiler
    }

    /// The columns and the engine, or every problem in file order.
    pub fn finish(mut self) -> Result<(Columns, Environment<'static>), Vec<Problem>> {
        if self.problems.is_empty() {
            let name = |column: &usize| (Value::from(self.columns.names[*column].as_str()), *column);
            self.columns.read = self.read.iter().map(name).collect();
            return Ok((self.columns, self.engine));
        }
        self.problems.sort_by_key(|problem| problem.place);
        self.problems.dedup();
        Err(self.problems)
    }

    /// Notes a problem.
    pub fn problem(&mut self, at: Place, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::at(self.file, at, code, message).help(help));
    }

    /// Notes a problem with some characters inside a text.
    fn problem_in(
        &mut self,
        (text, offset, length): (&Text, usize, usize),
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let rest = text.source.get(offset..).unwrap_or_default();
        // The text that the engine reads may be shorter than what a broken expression seems to go on to.
        let length = rest.get(..length).unwrap_or(rest).lines().next().unwrap_or_default().chars().count();
        let problem = Problem::at(self.file, text.place(offset), code, message).length(length as u64);
        self.problems.push(problem.help(help));
    }

    /// A slot whose text must hold to the rule; text without an expression is checked at once.
    pub fn slot<T>(&mut self, text: &Text, label: impl Into<String>, rule: Rule<T>) -> Slot<T> {
        let slot = self.lenient_slot(text, label, rule);
        if let Some(Slot { expression: Expression::Literal(literal), label, .. }) = &slot {
            if is_blank(literal) {
                self.problem(text.at, "empty", format!("{label} is empty"), "write what is to be sent, or remove it");
            } else if let Err(flaw) = rule(literal) {
                let message = format!("{label} {}", flaw.words);
                self.problems.push(Problem::at(self.file, text.at, flaw.code, message));
            }
        }
        slot.unwrap_or_else(|| Slot { expression: Expression::Literal(String::new()), rule, label: String::new() })
    }

    /// A slot whose literal text may be anything. None when the text has a problem, which is noted.
    pub fn lenient_slot<T>(&mut self, text: &Text, label: impl Into<String>, rule: Rule<T>) -> Option<Slot<T>> {
        Some(Slot { expression: self.expression(text)?, rule, label: label.into() })
    }

    /// The slot of a column or an expression of `recipients`.
    pub fn source(&mut self, source: &Source, label: &str, rule: Rule<()>) -> Slot<()> {
        match source {
            Source::Expression(text) => self.slot(text, label, rule),
            Source::Column(name, at) => {
                let column = self.columns.find(name).unwrap_or_else(|| {
                    self.unknown_source(*at, label, name);
                    0
                });
                Slot { expression: Expression::Column(column), rule, label: label.to_owned() }
            }
        }
    }

    fn defaults(&mut self, campaign: &Campaign) {
        for (name, (value, at)) in &campaign.recipients.defaults {
            if scan::has_tags(value) {
                let message = format!("the default of `{name}` holds an expression, which is not filled in here");
                self.problem(*at, "expression-in-default", message, "write plain text");
            }
            match self.columns.find(name) {
                Some(column) => self.columns.defaults[column] = Some(value.clone()),
                None => self.unknown_column(*at, name),
            }
        }
    }

    fn expression(&mut self, text: &Text) -> Option<Expression> {
        // YAML's block scalars end with a line break that nobody means; the engine drops it too.
        let source = text.source.strip_suffix('\n').unwrap_or(&text.source);
        if let Some((offset, name)) = scan::single_braces(source).find(|(_, name)| self.columns.find(name).is_some()) {
            let message = format!("`{{{name}}}` has one brace on each side, and would be sent as it stands");
            let closed = source[offset..].find('}').map_or(1, |end| end + 1);
            let help = format!("write `{{{{ {name} }}}}`");
            self.problem_in((text, offset, closed), "single-braces", message, help);
            return None;
        }
        if !scan::has_tags(source) {
            return Some(Expression::Literal(source.to_owned()));
        }
        if let Some((offset, number)) = scan::placeholder(source) {
            let message =
                format!("`{{{{{number}}}}}` is how Meta writes a placeholder; here it would be sent as `{number}`");
            let help = "write the column that fills it, such as `{{ first_name }}`";
            let closed = source[offset..].find("}}").map_or(1, |end| end + 2);
            self.problem_in((text, offset, closed), "placeholder", message, help);
            return None;
        }
        let (expression, undeclared) = match scan::sole_expression(source) {
            Some((offset, inner)) => self.sole(text, offset, inner)?,
            None => self.template(text, source)?,
        };
        if !self.knows_names(text, source, &undeclared) {
            return None;
        }
        let offset = scan::sole_expression(source).map_or(0, |(offset, _)| offset);
        self.tries_out(text, offset, &expression)?;
        Some(expression)
    }

    fn sole(&mut self, text: &Text, offset: usize, inner: &str) -> Option<(Expression, HashSet<String>)> {
        let compiled = engine().compile_expression_owned(inner.to_owned());
        let expression = compiled.map_err(|error| self.unreadable(text, offset, inner, &error)).ok()?;
        let undeclared = expression.undeclared_variables(false);
        let columns = self.reads(&undeclared);
        let is_column = |column: &usize| self.columns.names[*column] == inner.trim();
        let expression = match columns.as_slice() {
            [column] if is_column(column) => Expression::Column(*column),
            _ => Expression::Value(Box::new(expression), columns),
        };
        Some((expression, undeclared))
    }

    fn template(&mut self, text: &Text, source: &str) -> Option<(Expression, HashSet<String>)> {
        self.templates += 1;
        let name = self.templates.to_string();
        let added = self.engine.add_template_owned(name.clone(), source.to_owned());
        added.map_err(|error| self.unreadable(text, 0, source, &error)).ok()?;
        let undeclared = self.engine.get_template(&name).ok()?.undeclared_variables(false);
        let columns = self.reads(&undeclared);
        Some((Expression::Template(name, columns), undeclared))
    }

    /// The columns among the names, noted as read.
    fn reads(&mut self, names: &HashSet<String>) -> Vec<usize> {
        let columns: BTreeSet<usize> = names.iter().filter_map(|name| self.columns.find(name)).collect();
        self.read.extend(&columns);
        columns.into_iter().collect()
    }

    fn unreadable(&mut self, text: &Text, offset: usize, source: &str, error: &Error) {
        let range = error.range().unwrap_or_default();
        let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let column = self.columns.names.iter().find(|name| *name == source.trim());
        let help = match column {
            Some(name) => {
                format!("`{name}` is a column, but only letters, digits and `_` work here; rename the column")
            }
            None => {
                "write a column's name between the braces, such as `{{ first_name }}` or `{{ first_name | title }}`"
                    .into()
            }
        };
        let at = (text, offset + range.start, range.len());
        self.problem_in(at, "unreadable-expression", format!("this expression cannot be read: {detail}"), help);
    }

    /// Whether every column, filter and test is known; notes those that are not.
    fn knows_names(&mut self, text: &Text, source: &str, undeclared: &HashSet<String>) -> bool {
        let references = scan::references(source);
        let tested: HashSet<&str> = references.iter().filter(|it| it.role == TESTED).map(|it| it.name).collect();
        let mut told = BTreeSet::new();
        for reference in &references {
            let name = reference.name;
            let at = (text, reference.offset, name.len());
            let known = match reference.role {
                Role::Filter => self.knows(at, "filter", name, FILTERS),
                Role::Test => self.knows(at, "test", name, TESTS),
                Role::Variable(guard) => {
                    let missing = undeclared.contains(name) && self.columns.find(name).is_none() && !is_global(name);
                    let harmless = guard == Guard::Default || tested.contains(name);
                    if missing && !harmless && !told.contains(name) {
                        let help = self.columns_like(name);
                        self.problem_in(at, "unknown-column", no_column(name), help);
                    }
                    harmless || !missing
                }
            };
            if !known {
                told.insert(name);
            }
        }
        told.is_empty()
    }

    fn knows(&mut self, at: (&Text, usize, usize), kind: &str, name: &str, known: &[&str]) -> bool {
        let exists = engine()
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
    fn unknown_source(&mut self, at: Place, label: &str, name: &str) {
        let like = self.columns_like(name);
        let joint = if like.ends_with('?') { " Name" } else { "; name" };
        let help = format!("{like}{joint} {label}'s column under `recipients`, or rename it");
        self.problem(at, "unknown-column", no_column(name), help);
    }

    fn unknown_column(&mut self, at: Place, name: &str) {
        let help = self.columns_like(name);
        self.problem(at, "unknown-column", no_column(name), help);
    }

    fn columns_like(&self, name: &str) -> String {
        let names = || self.columns.names.iter().map(String::as_str);
        let alike = names().find(|column| column.eq_ignore_ascii_case(name)).or_else(|| nearest(name, names()));
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

    /// Finds calls that fail for every row. What fails for a placeholder alone is no problem.
    fn tries_out(&mut self, text: &Text, offset: usize, expression: &Expression) -> Option<()> {
        let cells = |columns: &[usize]| {
            Value::from_pairs(columns.iter().map(|column| (self.columns.names[*column].clone(), PLACEHOLDER)))
        };
        let tried = match expression {
            Expression::Literal(_) | Expression::Column(_) => return Some(()),
            Expression::Value(expression, columns) => expression.eval(cells(columns)).map(drop),
            Expression::Template(name, columns) => {
                self.engine.get_template(name).and_then(|template| template.render(cells(columns))).map(drop)
            }
        };
        let Err(error) = tried else { return Some(()) };
        let help = match error.kind() {
            ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction => "look at the spelling",
            ErrorKind::UnknownMethod => {
                "use a filter: `{{ first_name | title }}` instead of `{{ first_name.title() }}`"
            }
            ErrorKind::TooManyArguments | ErrorKind::MissingArgument => "look at what stands between the parentheses",
            _ => return Some(()),
        };
        let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
        let range = error.range().unwrap_or(0..text.source.len());
        let message = format!("this expression cannot work: {}{detail}", error.kind());
        self.problem_in((text, offset + range.start, range.len()), "failing-expression", message, help);
        None
    }
}

fn no_column(name: &str) -> String {
    format!("the recipients file has no column `{name}`")
}

fn is_global(name: &str) -> bool {
    engine().globals().any(|(global, _)| global == name)
}
