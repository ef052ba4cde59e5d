//! A row's cells, with the campaign's defaults in place of empty ones, and the values that expressions see.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use csv::StringRecord;
use minijinja::Value;
use minijinja::value::Object;

use crate::campaign::column::Kind;

use super::Unfit;
use super::bundle::Rendered;
use super::engine::Engines;
use super::oddity::{Kind as OddKind, Oddity};
use super::refusal::Shown;
use super::rule::Flaw;
use super::typed;

/// The columns of the recipients file.
#[derive(Debug)]
pub(super) struct Columns {
    /// Names, in order.
    pub names: Vec<String>,
    /// Where each name stands first.
    indices: HashMap<String, usize>,
    /// For each column, what an empty cell stands for.
    pub defaults: Vec<Option<String>>,
    /// For each column, what it holds if it is no text.
    pub kinds: Vec<Option<Kind>>,
    /// The columns that expressions read.
    pub read: Vec<usize>,
    /// Columns that hold numbers or dates and are printed as they stand in the file too.
    pub printed: Vec<usize>,
    /// What expressions call all these, in this order, and the setting.
    pub known: Arc<[String]>,
    /// The columns whose cells no reason quotes: codes and phones.
    pub secret: BTreeSet<usize>,
}

impl Columns {
    /// Columns of text, of which nothing more is known.
    pub fn new(names: &[String]) -> Self {
        Self {
            names: names.to_vec(),
            indices: names.iter().cloned().enumerate().rev().map(|(index, name)| (name, index)).collect(),
            defaults: vec![None; names.len()],
            kinds: vec![None; names.len()],
            read: Vec::new(),
            printed: Vec::new(),
            known: Arc::default(),
            secret: BTreeSet::new(),
        }
    }

    /// The index of the first column with this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.indices.get(name).copied()
    }
}

/// One row.
pub(super) struct Row<'r> {
    pub cells: &'r StringRecord,
    pub columns: &'r Columns,
    /// Hold the compiled templates of the campaign.
    pub engines: &'r Engines,
    /// What filters know of the message; none where no filter asks.
    setting: Option<&'r Value>,
    values: OnceCell<Value>,
    /// What the expressions of its message gave, where they were rendered at once.
    rendered: Option<&'r Rendered>,
    /// What was found odd on the way.
    oddities: RefCell<Vec<Oddity>>,
}

/// What expressions see of a row. Fewer than names where there is no setting.
#[derive(Debug)]
struct Values {
    names: Arc<[String]>,
    values: Vec<Value>,
}

impl Object for Values {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let at = self.names.iter().position(|name| name == key)?;
        self.values.get(at).cloned()
    }
}

impl<'r> Row<'r> {
    pub fn new(
        cells: &'r StringRecord,
        columns: &'r Columns,
        engines: &'r Engines,
        setting: Option<&'r Value>,
    ) -> Self {
        let (values, oddities) = (OnceCell::new(), RefCell::default());
        Self { cells, columns, engines, setting, values, rendered: None, oddities }
    }

    /// The same row, with its expressions rendered.
    pub fn with<'s>(&self, rendered: &'s Rendered) -> Row<'s>
    where
        'r: 's,
    {
        let Self { cells, columns, engines, setting, ref values, .. } = *self;
        let (values, oddities) = (values.clone(), RefCell::default());
        Row { cells, columns, engines, setting, values, rendered: Some(rendered), oddities }
    }

    /// What the expression with this number in its bundle gave, where they were rendered at once.
    pub fn rendered(&self, number: usize) -> Option<&'r str> {
        self.rendered.map(|rendered| rendered.get(number))
    }

    /// The cells that are no numbers or dates, where their columns hold such.
    pub fn misfits(&self) -> impl Iterator<Item = Unfit> {
        (0..self.columns.kinds.len()).filter_map(|column| self.misfit(column))
    }

    /// How a cell is not what its column holds, if it is not.
    pub fn misfit(&self, column: usize) -> Option<Unfit> {
        let kind = self.columns.kinds[column].as_ref()?;
        let cell = self.cell(column);
        let shown = if self.columns.secret.contains(&column) { Shown::Hidden } else { Shown::Whole(cell.trim()) };
        let Flaw { code, words } = typed::value(kind, cell, shown).err()?;
        let reason = format!("column `{}`: {words}", self.columns.names[column]);
        Some(Unfit { code, column: Some(column), reason })
    }

    /// A cell, or its default when it is empty.
    pub fn cell(&self, column: usize) -> &'r str {
        let cell = self.cells.get(column).unwrap_or_default();
        match &self.columns.defaults[column] {
            Some(default) if cell.trim().is_empty() => default,
            _ => cell,
        }
    }

    /// Notes that something is odd about what a column gives, or about a part of the message; once for each place.
    pub fn notice(&self, kind: OddKind, column: Option<usize>, part: &str) {
        let place = match column {
            Some(column) => format!("column `{}`", self.columns.names[column]),
            None => part.to_owned(),
        };
        let (oddity, mut known) = (Oddity { kind, place }, self.oddities.borrow_mut());
        if !known.contains(&oddity) {
            known.push(oddity);
        }
    }

    /// What was found odd.
    pub fn into_oddities(self) -> Vec<Oddity> {
        self.oddities.into_inner()
    }

    /// Whether a default stands in for a cell.
    pub fn is_defaulted(&self, column: usize) -> bool {
        self.columns.defaults[column].is_some() && self.is_empty(column)
    }

    /// Whether the file gives nothing in a cell.
    pub fn is_empty(&self, column: usize) -> bool {
        self.cells.get(column).unwrap_or_default().trim().is_empty()
    }

    /// The cells that expressions read, built at the first expression that needs them.
    pub fn values(&self) -> Value {
        let build = || {
            let cells = self.columns.read.iter().map(|column| self.value(*column));
            let printed = self.columns.printed.iter().map(|column| Value::from(self.cell(*column)));
            let values = cells.chain(printed).chain(self.setting.cloned()).collect();
            Value::from_object(Values { names: Arc::clone(&self.columns.known), values })
        };
        self.values.get_or_init(build).clone()
    }

    /// What expressions see of a cell. One that does not fit is told of before anything is sent.
    fn value(&self, column: usize) -> Value {
        match &self.columns.kinds[column] {
            None => Value::from(self.cell(column)),
            Some(kind) => typed::value(kind, self.cell(column), Shown::Hidden).unwrap_or(Value::UNDEFINED),
        }
    }
}
