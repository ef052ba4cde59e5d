//! Rows by the batch: read in one place, to be worked on in another.

use std::ops::Range;

use csv::StringRecord;

use super::csv::{BadRow, Row, Rows};
use crate::problem::Problem;

/// So many rows are worth handing over.
const ROWS_MAX: usize = 256;

/// Beyond this a batch has enough, however few its rows are.
const BYTES_MAX: usize = 256 * 1024;

/// A few rows of a file, in its order.
#[derive(Debug, Default)]
pub struct Batch {
    /// The lines of the good rows, one after the other.
    lines: Vec<u8>,
    /// The cells of the good rows; more than there are rows, when the batch was fuller before.
    records: Vec<StringRecord>,
    rows: Vec<Result<Held, BadRow>>,
}

#[derive(Debug)]
struct Held {
    number: u64,
    record: usize,
    line: Range<usize>,
}

impl Batch {
    /// Takes the next rows in place of those it had, and says whether there may be more behind them.
    ///
    /// # Errors
    /// As [`Rows::next`]; the batch has the rows before.
    pub fn fill(&mut self, rows: &mut Rows) -> Result<bool, Problem> {
        self.lines.clear();
        self.rows.clear();
        let mut record = 0;
        while self.rows.len() < ROWS_MAX && self.lines.len() < BYTES_MAX {
            let start = self.lines.len();
            let number = match rows.next()? {
                None => return Ok(false),
                Some(Err(bad)) => {
                    self.rows.push(Err(bad));
                    continue;
                }
                Some(Ok(row)) => {
                    self.lines.extend_from_slice(row.line);
                    row.number
                }
            };
            if self.records.len() == record {
                self.records.push(StringRecord::new());
            }
            rows.swap_record(&mut self.records[record]);
            self.rows.push(Ok(Held { number, record, line: start..self.lines.len() }));
            record += 1;
        }
        Ok(true)
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row<'_>, &BadRow>> {
        self.rows.iter().map(|row| row.as_ref().map(|held| self.row(held)))
    }

    fn row(&self, Held { number, record, line }: &Held) -> Row<'_> {
        Row { number: *number, cells: &self.records[*record], line: &self.lines[line.clone()] }
    }
}
