//! A row's cells, with the campaign's defaults in place of empty ones, and the values that expressions see.

use std::cell::OnceCell;

use csv::StringRecord;
use minijinja::{Environment, Value};

/// The columns of the recipients file.
#[derive(Debug)]
pub(super) struct Columns {
    /// Names, in order.
    pub names: Vec<String>,
    /// For each column, what an empty cell stands for.
    pub defaults: Vec<Option<String>>,
    /// The columns that expressions read, by the name they know.
    pub read: Vec<(Value, usize)>,
}

impl Columns {
    /// The index of the first column with this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }
}

/// One row.
pub(super) struct Row<'r> {
    pub cells: &'r StringRecord,
    pub columns: &'r Columns,
    /// Holds the compiled templates of the campaign.
    pub engine: &'r Environment<'static>,
    values: OnceCell<Value>,
}

impl<'r> Row<'r> {
    pub fn new(cells: &'r StringRecord, columns: &'r Columns, engine: &'r Environment<'static>) -> Self {
        Self { cells, columns, engine, values: OnceCell::new() }
    }

    /// A cell, or its default when it is empty.
    pub fn cell(&self, column: usize) -> &'r str {
        let cell = self.cells.get(column).unwrap_or_default();
        match &self.columns.defaults[column] {
            Some(default) if cell.trim().is_empty() => default,
            _ => cell,
        }
    }

    /// The cells that expressions read, built at the first expression that needs them.
    pub fn values(&self) -> Value {
        let build = || {
            let cells = self.columns.read.iter().map(|(name, column)| (name.clone(), Value::from(self.cell(*column))));
            Value::from_pairs(cells)
        };
        self.values.get_or_init(build).clone()
    }
}
