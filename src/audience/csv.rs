//! The recipients file: rows of cells under a header, one row a line.
//!
//! The number of a row is its line, as a spreadsheet shows it. What could make rows disappear without a word is a
//! problem of the whole file and stops the reading; what is wrong with one row is said of that row, and the reading
//! goes on. So every line after the header is a row, a bad row, or blank.
//!
//! The csv crate reads what the cells say, a line at a time: it gets only lines whose quotes were found to be in order,
//! and never more than the line whose turn it is.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use csv::{Reader, ReaderBuilder, StringRecord};

use super::cells::{self, Cells, QuoteFault};
use super::lines::{LINE_BYTES_MAX, Lines, ReadFault};
use super::{encoding, header};
use crate::problem::{Place, Problem, Quote, nearest};
use crate::secret::meta_token;

/// More than any parameter of a message may hold; a cell beyond it is an accident.
const CELL_BYTES_MAX: usize = 64 * 1024;

/// A recipients file that can be trusted as a whole.
#[derive(Debug, Clone)]
pub struct Table {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// The names of the columns, in order, without white space around them.
    pub columns: Vec<String>,
    /// SHA-256 of the file's bytes.
    pub digest: [u8; 32],
    /// Lines below the header that are not blank: good and bad rows together.
    pub row_count: u64,
}

/// The rows of a [`Table`], read one after the other.
pub struct Rows {
    file: PathBuf,
    digest: [u8; 32],
    columns: usize,
    reader: Reader<Lines<File>>,
    record: StringRecord,
}

/// A row with as many cells as the header.
#[derive(Debug)]
pub struct Row<'a> {
    /// The row as a spreadsheet numbers it: the header of an ordinary file is row 1.
    pub number: u64,
    /// Its cells, exactly as they are written.
    pub cells: &'a StringRecord,
    pub(super) line: &'a [u8],
}

/// A row that cannot be read. The rows after it can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The row as a spreadsheet numbers it.
    pub number: u64,
    /// What is wrong with it, and where.
    pub problem: Problem,
}

impl Table {
    /// Reads the whole file once, in constant memory, to see that rows can be had from it.
    ///
    /// # Errors
    /// Every problem that stands against the file as a whole: missing or unreadable, not UTF-8 text, a header that
    /// cannot be used, no rows, a cell that goes on over several lines, an access token in a cell.
    pub fn open(file: &Path) -> Result<Self, Vec<Problem>> {
        let mut lines = open_lines(file).map_err(|problem| vec![problem])?;
        encoding::check_head(file, lines.head()).map_err(|problem| vec![problem])?;
        let mut header = None;
        let mut problems = Vec::new();
        let mut row_count = 0;
        loop {
            match next_checked(file, &mut lines) {
                Ok(None) => break,
                Ok(Some(_)) if header.is_some() => row_count += 1,
                Ok(Some((number, line))) => header = Some(header::read(file, number, line, &mut problems)),
                Err(problem) => {
                    problems.push(problem);
                    return Err(problems);
                }
            }
        }
        if row_count == 0 {
            problems.push(without_rows(file, header.is_none()));
        }
        if problems.is_empty() {
            Ok(Self { file: file.to_owned(), columns: header.unwrap_or_default(), digest: lines.digest(), row_count })
        } else {
            Err(problems)
        }
    }

    /// The names of a file's columns, where its header is in order, whatever is wrong below.
    pub fn columns_of(file: &Path) -> Option<Vec<String>> {
        let mut lines = open_lines(file).ok()?;
        encoding::check_head(file, lines.head()).ok()?;
        let (number, line) = next_checked(file, &mut lines).ok()??;
        let mut problems = Vec::new();
        let columns = header::read(file, number, line, &mut problems);
        problems.is_empty().then_some(columns)
    }

    /// The rows, from the first.
    ///
    /// # Errors
    /// When the file cannot be read any more, or its header is gone.
    pub fn rows(&self) -> Result<Rows, Problem> {
        let mut rows = Rows {
            file: self.file.clone(),
            digest: self.digest,
            columns: self.columns.len(),
            reader: ReaderBuilder::new().flexible(true).from_reader(open_lines(&self.file)?),
            record: StringRecord::new(),
        };
        if rows.advance()? && rows.reader.headers().is_ok_and(|header| header.len() == self.columns.len()) {
            Ok(rows)
        } else {
            Err(changed(&self.file))
        }
    }

    /// Where a cell stands (`cell` counts from 0), for a row that went by before; [`Row::place`] is for the row at hand.
    ///
    /// Reads the file up to the row. When that fails, the start of the row's line has to do.
    pub fn place(&self, row: u64, cell: usize) -> Place {
        self.find(row, cell).unwrap_or(Place { line: row, column: 1 })
    }

    fn find(&self, row: u64, cell: usize) -> Option<Place> {
        let mut lines = open_lines(&self.file).ok()?;
        while lines.advance().ok()? {
            if lines.number() == row {
                return Some(place_in(row, lines.line(), cell));
            }
        }
        None
    }
}

impl Rows {
    /// The next row; none after the last one. A bad row is said and the reading goes on after it.
    ///
    /// # Errors
    /// When nothing more can be had from this file: it cannot be read, or it changed while it was being read. Rows
    /// that were given out before count for nothing then.
    #[expect(clippy::should_implement_trait, reason = "`Iterator` cannot lend the cells")]
    pub fn next(&mut self) -> Result<Option<Result<Row<'_>, BadRow>>, Problem> {
        if !self.advance()? {
            return Ok(None);
        }
        let fault = self.read()?;
        let (number, line) = (self.reader.get_ref().number(), self.reader.get_ref().line());
        Ok(Some(match fault {
            None => Ok(Row { number, cells: &self.record, line }),
            Some(fault) => Err(BadRow { number, problem: bad_row(&self.file, number, line, &fault) }),
        }))
    }

    /// Gives the cells of the row at hand away, and takes others to read into.
    pub(super) fn swap_record(&mut self, other: &mut StringRecord) {
        std::mem::swap(&mut self.record, other);
    }

    /// Reads the cells of the line at hand, or says why they cannot be had.
    fn read(&mut self) -> Result<Option<RowFault>, Problem> {
        match cells::fault(self.reader.get_ref().line()) {
            Some(QuoteFault::Unclosed(_)) => return Err(changed(&self.file)),
            Some(QuoteFault::Stray(byte)) => return Ok(Some(RowFault::Stray(byte))),
            None => {}
        }
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Ok(fault_of(&self.record, self.columns)),
            // The line was text, and not blank, when the table was opened.
            Ok(false) | Err(_) => Err(changed(&self.file)),
        }
    }

    /// Goes to the next line that is not blank; at the end, compares the file with what it was.
    fn advance(&mut self) -> Result<bool, Problem> {
        let lines = self.reader.get_mut();
        loop {
            match lines.advance() {
                Ok(true) if is_blank(lines.line()) => {}
                Ok(true) => return Ok(true),
                Ok(false) if lines.digest() == self.digest => return Ok(false),
                Ok(false) | Err(ReadFault::LineTooLong(_)) => return Err(changed(&self.file)),
                Err(ReadFault::Io(error)) => return Err(unreadable(&self.file, &error)),
            }
        }
    }
}

impl Row<'_> {
    /// Where a cell of this row stands; `cell` counts from 0.
    pub fn place(&self, cell: usize) -> Place {
        place_in(self.number, self.line, cell)
    }
}

/// What is wrong with one row.
enum RowFault {
    /// A quote that neither opens nor closes a cell, at this byte.
    Stray(usize),
    /// More or fewer cells than columns.
    Count { cells: usize, columns: usize },
    /// The cell at this index is longer than [`CELL_BYTES_MAX`].
    TooLong(usize),
}

fn fault_of(record: &StringRecord, columns: usize) -> Option<RowFault> {
    match record.iter().position(|cell| cell.len() > CELL_BYTES_MAX) {
        Some(cell) => Some(RowFault::TooLong(cell)),
        None if record.len() != columns => Some(RowFault::Count { cells: record.len(), columns }),
        None => None,
    }
}

fn bad_row(file: &Path, number: u64, line: &[u8], fault: &RowFault) -> Problem {
    match *fault {
        RowFault::Stray(byte) => {
            let place = Place { line: number, column: cells::column(line, byte) };
            Problem::in_row(file, place, "stray-quote", "a quote stands in the middle of a cell").length(1).help(
                "remove the quote; or put the whole cell into quotes, without a space before them, and write each \
                 quote inside it twice",
            )
        }
        RowFault::Count { cells, columns } => {
            let place = place_in(number, line, columns.min(cells.saturating_sub(1)));
            let message = format!("this row has {}, the header {}", counted(cells, "cell"), counted(columns, "column"));
            Problem::in_row(file, place, "wrong-cell-count", message).help(if cells > columns {
                "a cell that holds a comma goes into quotes: \"Lisbon, Portugal\""
            } else {
                "every column needs its comma, even when the cell is empty"
            })
        }
        RowFault::TooLong(cell) => {
            let message = format!("this cell is longer than {} KiB", CELL_BYTES_MAX / 1024);
            Problem::in_row(file, place_in(number, line, cell), "cell-too-long", message)
                .help("no message holds that much; look for text that was pasted here by accident")
        }
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The place of a cell in a line; of the last one when there are fewer, or when a quote hides the others.
fn place_in(number: u64, line: &[u8], cell: usize) -> Place {
    let start = Cells::of(line).take(cell + 1).map_while(Result::ok).last().map_or(0, |cell| cell.start);
    Place { line: number, column: cells::column(line, start) }
}

/// The next line that is not blank with its number, seen to be text whose cells end where the line ends.
fn next_checked<'a>(file: &Path, lines: &'a mut Lines<File>) -> Result<Option<(u64, &'a str)>, Problem> {
    loop {
        match lines.advance() {
            Ok(true) if is_blank(lines.line()) => {}
            Ok(true) => break,
            Ok(false) => return Ok(None),
            Err(ReadFault::Io(error)) => return Err(unreadable(file, &error)),
            Err(ReadFault::LineTooLong(number)) => return Err(line_too_long(file, number)),
        }
    }
    let number = lines.number();
    let line = encoding::text(file, number, lines.line())?;
    if let Some(byte) = meta_token(line) {
        return Err(token(file, number, line.as_bytes(), byte));
    }
    match cells::fault(line.as_bytes()) {
        Some(QuoteFault::Unclosed(byte)) => Err(unclosed(file, number, line.as_bytes(), byte)),
        _ => Ok(Some((number, line))),
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii_start().is_empty()
}

fn unclosed(file: &Path, number: u64, line: &[u8], byte: usize) -> Problem {
    let place = Place { line: number, column: cells::column(line, byte) };
    let message = format!("in row {number} a quote opens a cell and the line ends before the cell does");
    Problem::in_row(file, place, "unclosed-quote", message)
        .help("remove the quote or close it; if the cell holds a line break, put a space in its place")
}

/// Nothing of a line with a token is shown.
fn token(file: &Path, number: u64, line: &[u8], byte: usize) -> Problem {
    let place = Place { line: number, column: cells::column(line, byte) };
    let message = format!("row {number} holds what looks like an access token; a recipients file never does");
    let help = "take it out, have Meta revoke it, and name its source in the campaign: `sender: { token: \
                env:WHATSAPP_ACCESS_TOKEN }`";
    let mut problem = Problem::in_row(file, place, "token-in-file", message).help(help);
    problem.quote = Quote::Nothing;
    problem
}

fn line_too_long(file: &Path, number: u64) -> Problem {
    let place = Place { line: number, column: 1 };
    let message = format!("this line is longer than {} MiB", LINE_BYTES_MAX / (1024 * 1024));
    Problem::in_row(file, place, "line-too-long", message)
        .help("a recipients file has one row a line; is this the right file?")
}

fn without_rows(file: &Path, without_header: bool) -> Problem {
    if without_header {
        Problem::of_file(file, "empty-file", "this file is empty")
            .help("it needs a header, such as `phone,first_name`, and a row for each recipient")
    } else {
        Problem::of_file(file, "no-rows", "this file has a header and no rows").help("add a row for each recipient")
    }
}

fn changed(file: &Path) -> Problem {
    Problem::of_file(file, "file-changed", "this file changed while it was being read")
        .help("wait until nothing writes to it any more, then start again")
}

fn unreadable(file: &Path, error: &io::Error) -> Problem {
    Problem::of_file(file, "unreadable-file", format!("this file cannot be read: {error}"))
}

fn open_lines(file: &Path) -> Result<Lines<File>, Problem> {
    let kind = fs::metadata(file).map_err(|error| unopened(file, &error))?;
    if kind.is_dir() {
        return Err(Problem::of_file(file, "not-a-file", "this is a directory").help("name the CSV file inside it"));
    }
    if !kind.is_file() {
        return Err(Problem::of_file(file, "not-a-file", "this is not an ordinary file, and it is read twice")
            .help("save it as a file first"));
    }
    let source = File::open(file).map_err(|error| unopened(file, &error))?;
    Lines::new(source).map_err(|fault| match fault {
        ReadFault::Io(error) => unreadable(file, &error),
        ReadFault::LineTooLong(number) => line_too_long(file, number),
    })
}

fn unopened(file: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            let problem = Problem::of_file(file, "missing-file", "there is no such file");
            match near_name(file) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help("a path in a campaign file starts at that file's directory"),
            }
        }
        ErrorKind::PermissionDenied => {
            Problem::of_file(file, "unreadable-file", "you are not allowed to read this file")
                .help("ask its owner for the right to read it")
        }
        _ => unreadable(file, error),
    }
}

/// A file in the same directory with a name like the missing one's.
fn near_name(file: &Path) -> Option<String> {
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> =
        fs::read_dir(directory).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    nearest(file.file_name()?.to_str()?, names.iter().map(String::as_str)).map(str::to_owned)
}
