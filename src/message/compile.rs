//! Compiles the texts of a campaign against the header of its recipients file, and collects every problem.

mod names;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use minijinja::{Error, ErrorKind, Value};

use crate::campaign::{Campaign, Source, Text};
use crate::problem::{Place, Problem};

use super::bundle::{Bundle, Sources};
use super::engine::Engines;
use super::expression::{Expression, Template};
use super::filter::SETTING;
use super::refusal::Shown;
use super::row::Columns;
use super::rule::{Rule, is_blank};
use super::scan;
use super::slot::Slot;
use super::{TOO_MUCH_WORK, typed, weight};

/// What stands in a cell when an expression is tried out: text that is also a number.
const PLACEHOLDER: &str = "1";

/// Far more than anybody writes by hand; a compiled text takes more than 10 KB of memory.
const TEXTS_MAX: usize = 5_000;

/// After so many texts that ran out of fuel, the others are not tried out.
const EXHAUSTED_MAX: usize = 20;

/// What all texts of a campaign share.
pub(super) struct Compiled {
    pub columns: Columns,
    pub engines: Engines,
    /// Whether a filter looks at the setting.
    pub asks_setting: bool,
}

/// Turns texts into slots.
pub(super) struct Compiler<'c> {
    file: &'c Path,
    columns: Columns,
    read: BTreeSet<usize>,
    engines: Engines,
    /// How many texts with expressions there were.
    texts: usize,
    /// How many of them ran out of fuel when they were tried out.
    exhausted: usize,
    /// The expressions of the message at hand.
    sources: Sources,
    /// Whether texts are for messages now, which have a language.
    in_message: bool,
    /// Whether a filter looks at the setting.
    asks_setting: bool,
    problems: Vec<Problem>,
}

impl<'c> Compiler<'c> {
    /// A compiler for one campaign and the columns of its recipients file.
    pub fn new(campaign: &'c Campaign, names: &[String]) -> Self {
        let mut compiler = Self {
            file: &campaign.file,
            columns: Columns::new(names),
            read: BTreeSet::new(),
            engines: Engines::shared().clone(),
            texts: 0,
            exhausted: 0,
            sources: Sources::default(),
            in_message: false,
            asks_setting: false,
            problems: Vec::new(),
        };
        compiler.kinds(campaign);
        compiler.defaults(campaign);
        compiler
    }

    /// From here on, texts are for messages, which have a language.
    pub fn enter_messages(&mut self) {
        self.in_message = true;
    }

    /// The expressions of the slots since the last time, to be rendered at once.
    pub fn bundle(&mut self) -> Option<Bundle> {
        let (name, tier) = (format!("up to {}", self.texts), Engines::tier(self.texts.saturating_sub(1)));
        std::mem::take(&mut self.sources).compile(name, tier, &mut self.engines)
    }

    /// What was compiled, or every problem in file order.
    pub fn finish(mut self) -> Result<Compiled, Vec<Problem>> {
        if self.problems.is_empty() {
            self.columns.read = self.read.into_iter().collect();
            let read = self.columns.read.iter().map(|column| self.columns.names[*column].clone());
            let printed = self.columns.printed.iter().map(|column| printed_name(*column));
            self.columns.known = read.chain(printed).chain([SETTING.to_owned()]).collect();
            return Ok(Compiled { columns: self.columns, engines: self.engines, asks_setting: self.asks_setting });
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
        let Some(slot) = slot else {
            let expression = Expression::Literal(String::new());
            return Slot { expression, rule, label: String::new(), bundled: None };
        };
        let bundled = match &slot.expression {
            _ if !self.in_message => None,
            Expression::Literal(_) | Expression::Column(_) => None,
            Expression::Value(..) => self.sources.add(bare(text)),
            Expression::Template(template) => {
                let source = self.engines.get(template.tier).get_template(&template.name);
                let source = source.map(|template| template.source().to_owned());
                source.ok().and_then(|source| self.sources.add(&source))
            }
        };
        Slot { bundled, ..slot }
    }

    /// A slot for a code that nobody else may read, so that no reason quotes what its columns hold.
    pub fn secret_slot(&mut self, text: &Text, label: impl Into<String>, rule: Rule<()>) -> Slot<()> {
        let slot = self.slot(text, label, rule);
        self.hide(&slot);
        slot
    }

    /// From here on, no reason quotes what the columns of a slot hold.
    pub fn hide<T>(&mut self, slot: &Slot<T>) {
        self.columns.secret.extend(slot.expression.columns());
    }

    /// A slot whose literal text may be anything. None when the text has a problem, which is noted.
    pub fn lenient_slot<T>(&mut self, text: &Text, label: impl Into<String>, rule: Rule<T>) -> Option<Slot<T>> {
        Some(Slot { expression: self.expression(text)?, rule, label: label.into(), bundled: None })
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
                Slot { expression: Expression::Column(column), rule, label: label.to_owned(), bundled: None }
            }
        }
    }

    fn kinds(&mut self, campaign: &Campaign) {
        for (name, (kind, at)) in &campaign.recipients.columns {
            match self.columns.find(name) {
                Some(column) => self.columns.kinds[column] = Some(kind.clone()),
                None => self.unknown_column(*at, name),
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
                Some(column) => {
                    let kind = self.columns.kinds[column].as_ref();
                    if let Some(Err(flaw)) = kind.map(|kind| typed::value(kind, value, Shown::Whole(value.trim()))) {
                        let message = format!("the default of `{name}`: {}", flaw.words);
                        self.problem(*at, flaw.code, message, "write it as the cells of the column are written");
                    }
                    self.columns.defaults[column] = Some(value.clone());
                }
                None => self.unknown_column(*at, name),
            }
        }
    }

    fn expression(&mut self, text: &Text) -> Option<Expression> {
        let source = bare(text);
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
        self.count(text)?;
        if let Some((offset, message, help)) = weight::excess(source) {
            self.problem_in((text, offset, 1), TOO_MUCH_WORK, message, help);
            return None;
        }
        let tier = Engines::tier(self.texts - 1);
        let (expression, undeclared) = match scan::sole_expression(source) {
            Some((offset, inner)) => self.sole(text, offset, inner, tier)?,
            None => self.template(text, source, tier)?,
        };
        if !self.knows_names(text, source, &undeclared) {
            return None;
        }
        let offset = scan::sole_expression(source).map_or(0, |(offset, _)| offset);
        self.tries_out(text, offset, &expression)?;
        if let Expression::Template(template) = &expression {
            let printed = self.print_cells(tier, &template.name, source);
            printed.map_err(|error| self.unreadable(text, 0, source, &error)).ok()?;
        }
        Some(expression)
    }

    /// Counts the texts with expressions; none from the first one on that is too many.
    fn count(&mut self, text: &Text) -> Option<()> {
        self.texts += 1;
        if self.texts == TEXTS_MAX + 1 {
            let message = format!("more than {TEXTS_MAX} texts with expressions stand before this one");
            self.problem(text.at, "too-many-expressions", message, "divide the campaign into several");
        }
        (self.texts <= TEXTS_MAX).then_some(())
    }

    fn sole(&mut self, text: &Text, offset: usize, inner: &str, tier: usize) -> Option<(Expression, HashSet<String>)> {
        let compiled = Engines::shared().get(tier).compile_expression_owned(inner.to_owned());
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

    fn template(&mut self, text: &Text, source: &str, tier: usize) -> Option<(Expression, HashSet<String>)> {
        let name = self.texts.to_string();
        let added = self.engines.get_mut(tier).add_template_owned(name.clone(), source.to_owned());
        added.map_err(|error| self.unreadable(text, 0, source, &error)).ok()?;
        let undeclared = self.engines.get(tier).get_template(&name).ok()?.undeclared_variables(false);
        let columns = self.reads(&undeclared);
        let printed = scan::always_printed(source).into_iter().filter_map(|name| self.columns.find(name)).collect();
        Some((Expression::Template(Box::new(Template { tier, name, columns, printed })), undeclared))
    }

    /// A number or a date that is printed as it stands is printed as the file writes it: `1.234,50`, not `1234.5`.
    fn print_cells(&mut self, tier: usize, template: &str, source: &str) -> Result<(), Error> {
        let typed = |name: &str| self.columns.find(name).filter(|column| self.columns.kinds[*column].is_some());
        let renamed = scan::renamed(source, |name| typed(name).map(printed_name));
        if renamed == source {
            return Ok(());
        }
        self.engines.get_mut(tier).add_template_owned(template.to_owned(), renamed)?;
        self.columns.printed =
            (0..self.columns.names.len()).filter(|column| self.columns.kinds[*column].is_some()).collect();
        Ok(())
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

    /// Finds calls that fail for every row. What fails for a placeholder alone is no problem.
    fn tries_out(&mut self, text: &Text, offset: usize, expression: &Expression) -> Option<()> {
        let cells = |columns: &[usize]| {
            let tried = |kind: &Option<_>| kind.as_ref().map_or_else(|| Value::from(PLACEHOLDER), typed::placeholder);
            Value::from_pairs(
                columns.iter().map(|&it| (self.columns.names[it].clone(), tried(&self.columns.kinds[it]))),
            )
        };
        let tried = match expression {
            Expression::Literal(_) | Expression::Column(_) => return Some(()),
            _ if self.exhausted > EXHAUSTED_MAX => return Some(()),
            Expression::Value(expression, columns) => expression.eval(cells(columns)).map(drop),
            Expression::Template(template) => {
                let Template { tier, name, columns, .. } = &**template;
                let tried = self.engines.get(*tier).get_template(name);
                tried.and_then(|template| template.render(cells(columns))).map(drop)
            }
        };
        let Err(error) = tried else { return Some(()) };
        self.exhausted += usize::from(error.kind() == ErrorKind::OutOfFuel);
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

/// What expressions call a cell that is printed as the file writes it.
fn printed_name(column: usize) -> String {
    format!("__cell_{column}")
}

/// YAML's block scalars end with a line break that nobody means; the engine drops it too.
fn bare(text: &Text) -> &str {
    text.source.strip_suffix('\n').unwrap_or(&text.source)
}
