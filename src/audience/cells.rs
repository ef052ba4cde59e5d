//! The quotes of one line, judged: a quote begins a cell, closes it, or stands twice inside a quoted one.
//!
//! Lenient readers take a stray quote as text here and as the start of a many-line cell there. Who reads the one as the
//! other loses rows, so a stray quote is a fault, and a cell never goes beyond its line. What a cell says is not read
//! here: that is left to the csv crate, which gets only lines without a fault.

use std::ops::Range;

use memchr::{memchr, memchr2};

/// What is wrong with the quotes of a line; each with the byte where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteFault {
    /// The quote that opens a cell is not closed on the same line.
    Unclosed(usize),
    /// A quote inside a cell that does not begin with one, or text after the quote that closes a cell.
    Stray(usize),
}

/// What is wrong with a line's quotes first, if anything is.
pub(super) fn fault(line: &[u8]) -> Option<QuoteFault> {
    memchr(b'"', line)?;
    Cells::of(line).find_map(Result::err)
}

/// Where the cells of a line stand, quotes included; up to the first fault.
pub(super) struct Cells<'a> {
    line: &'a [u8],
    next: Option<usize>,
}

impl<'a> Cells<'a> {
    pub(super) fn of(line: &'a [u8]) -> Self {
        Self { line, next: Some(0) }
    }
}

impl Iterator for Cells<'_> {
    type Item = Result<Range<usize>, QuoteFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next.take()?;
        let end = match end_of_cell(self.line, start) {
            Ok(end) => end,
            Err(fault) => return Some(Err(fault)),
        };
        self.next = (end < self.line.len()).then_some(end + 1);
        Some(Ok(start..end))
    }
}

fn end_of_cell(line: &[u8], start: usize) -> Result<usize, QuoteFault> {
    if line.get(start) == Some(&b'"') {
        return end_of_quoted_cell(line, start);
    }
    match memchr2(b',', b'"', &line[start..]) {
        None => Ok(line.len()),
        Some(found) if line[start + found] == b',' => Ok(start + found),
        Some(found) => Err(QuoteFault::Stray(start + found)),
    }
}

fn end_of_quoted_cell(line: &[u8], start: usize) -> Result<usize, QuoteFault> {
    let mut from = start + 1;
    loop {
        let quote = from + memchr(b'"', &line[from..]).ok_or(QuoteFault::Unclosed(start))?;
        match line.get(quote + 1) {
            Some(b'"') => from = quote + 2,
            None | Some(b',') => return Ok(quote + 1),
            Some(_) => return Err(QuoteFault::Stray(quote)),
        }
    }
}

/// The column of a byte in a line of UTF-8 text, in characters, from 1.
pub(super) fn column(line: &[u8], byte: usize) -> u64 {
    let begins_character = |byte: &&u8| **byte & 0xC0 != 0x80;
    line[..byte].iter().filter(begins_character).count() as u64 + 1
}
