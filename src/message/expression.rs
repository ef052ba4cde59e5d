//! Expressions, compiled once.

use std::borrow::Cow;
use std::io;

use minijinja::{Error, ErrorKind, Value};

use super::engine::printed;
use super::row::Row;
use super::rule::is_blank;

/// Far beyond the longest value that Meta takes.
const OUTPUT_BYTES_MAX: usize = 64 * 1024;

/// A compiled text of the campaign file.
pub(super) enum Expression {
    /// No expression in it.
    Literal(String),
    /// Exactly one column: the cell is copied.
    Column(usize),
    /// Exactly one `{{ … }}`.
    Value(Box<minijinja::Expression<'static, 'static>>, Vec<usize>),
    /// Text with expressions or blocks in it.
    Template(Box<Template>),
}

/// A template in the campaign's engine of a tier.
pub(super) struct Template {
    pub tier: usize,
    pub name: String,
    /// The columns that it reads.
    pub columns: Vec<usize>,
    /// Those whose cells it always prints: an empty one would leave a gap.
    pub printed: Vec<usize>,
}

impl Expression {
    /// The columns that the text depends on, in their order.
    pub fn columns(&self) -> &[usize] {
        match self {
            Self::Literal(_) => &[],
            Self::Column(column) => std::slice::from_ref(column),
            Self::Value(_, columns) => columns,
            Self::Template(template) => &template.columns,
        }
    }

    /// The one column that the text depends on, if it is one.
    pub fn column(&self) -> Option<usize> {
        match self.columns() {
            [column] => Some(*column),
            _ => None,
        }
    }

    /// The column whose empty cell would leave a gap in the text.
    pub fn gap(&self, row: &Row<'_>) -> Option<usize> {
        let Self::Template(template) = self else { return None };
        template.printed.iter().copied().find(|column| is_blank(row.cell(*column)))
    }

    /// The text for a row.
    pub fn text<'r>(&'r self, row: &Row<'r>) -> Result<Cow<'r, str>, Error> {
        match self {
            Self::Literal(text) => Ok(Cow::Borrowed(text)),
            Self::Column(column) => Ok(Cow::Borrowed(row.cell(*column))),
            Self::Value(..) => self.value(row).and_then(|value| written(&value)).map(Cow::Owned),
            Self::Template(template) => {
                let Template { tier, name, .. } = &**template;
                let mut output = Capped(Vec::new());
                row.engines.get(*tier).get_template(name)?.render_captured_to(row.values(), &mut output)?;
                String::from_utf8(output.0).map(Cow::Owned).map_err(|_| too_long())
            }
        }
    }

    /// The value for a row: what a sole expression gives, with its type, else the text.
    pub fn value(&self, row: &Row<'_>) -> Result<Value, Error> {
        let Self::Value(expression, _) = self else {
            return self.text(row).map(Value::from);
        };
        let value = expression.eval(row.values())?;
        if value.is_undefined() {
            return Err(Error::new(ErrorKind::UndefinedError, "the expression gives nothing"));
        }
        Ok(value)
    }
}

/// A value as text.
fn written(value: &Value) -> Result<String, Error> {
    let text = printed(value)?.into_owned();
    if text.len() > OUTPUT_BYTES_MAX { Err(too_long()) } else { Ok(text) }
}

fn too_long() -> Error {
    Error::new(ErrorKind::WriteFailure, "the text is over 64 KB")
}

/// Takes no more than [`OUTPUT_BYTES_MAX`].
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES_MAX {
            return Err(io::Error::other("the text is over 64 KB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
