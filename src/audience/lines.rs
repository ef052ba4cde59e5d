//! Physical lines: a file from its first byte to its last, in constant memory, with the digest of what was read.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use memchr::memchr2;
use sha2::{Digest, Sha256};

/// What is read at once: large enough that system calls do not matter.
const BLOCK_BYTES: usize = 128 * 1024;

/// A line of recipients is a few hundred bytes; one this long is no such line, and is not read into memory.
pub(super) const LINE_BYTES_MAX: usize = 1024 * 1024;

/// The mark that some programs put at the start of UTF-8 text.
const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why no further line can be had.
#[derive(Debug)]
pub(super) enum ReadFault {
    /// The file cannot be read.
    Io(io::Error),
    /// The line with this number is longer than [`LINE_BYTES_MAX`].
    LineTooLong(u64),
}

impl From<io::Error> for ReadFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The lines of a file. LF, CRLF and a lone CR each end one, as spreadsheets see it.
pub(super) struct Lines<R> {
    source: R,
    digest: Sha256,
    buffer: Vec<u8>,
    /// Where the part of the buffer that is not yet given out as lines starts.
    start: usize,
    /// Where what was read ends.
    end: usize,
    ended: bool,
    line: Range<usize>,
    /// The part of the line that the reader of its record has not had yet.
    unread: Range<usize>,
    number: u64,
}

/// Gives out the line at hand, once, and stops there until [`Lines::advance`]: whatever a reader of records makes of a
/// line, it cannot go on into the next.
impl<R> Read for Lines<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let length = (&self.buffer[self.unread.clone()]).read(target)?;
        self.unread.start += length;
        Ok(length)
    }
}

impl<R: Read> Lines<R> {
    /// Reads the first block and skips a UTF-8 mark.
    pub(super) fn new(source: R) -> Result<Self, ReadFault> {
        let buffer = vec![0; BLOCK_BYTES];
        let mut lines = Self {
            source,
            digest: Sha256::new(),
            buffer,
            start: 0,
            end: 0,
            ended: false,
            line: 0..0,
            unread: 0..0,
            number: 0,
        };
        while lines.end < BLOCK_BYTES / 2 && !lines.ended {
            lines.fill()?;
        }
        if lines.head().starts_with(UTF8_MARK) {
            lines.start = UTF8_MARK.len();
        }
        Ok(lines)
    }

    /// The first bytes of the file; meaningful before the first line is taken.
    pub(super) fn head(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// Goes to the next line; false after the last one.
    pub(super) fn advance(&mut self) -> Result<bool, ReadFault> {
        self.unread = 0..0;
        let mut searched = 0;
        let (length, ending) = loop {
            let unread = &self.buffer[self.start..self.end];
            match memchr2(b'\n', b'\r', &unread[searched..]) {
                Some(found) => match unread[searched + found..] {
                    [b'\r', b'\n', ..] => break (searched + found, 2),
                    // Whether LF follows this CR is known only with the next block.
                    [b'\r'] if !self.ended => searched += found,
                    _ => break (searched + found, 1),
                },
                None if self.ended && unread.is_empty() => return Ok(false),
                None if self.ended => break (unread.len(), 0),
                None => searched = unread.len(),
            }
            self.fill()?;
        };
        self.line = self.start..self.start + length;
        // One byte of the ending ends a record; the LF of a CRLF would be looked at for nothing.
        self.unread = self.start..self.start + length + ending.min(1);
        self.start += length + ending;
        self.number += 1;
        Ok(true)
    }

    /// The line that [`Lines::advance`] went to, without its ending.
    pub(super) fn line(&self) -> &[u8] {
        &self.buffer[self.line.clone()]
    }

    /// The line's number, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// SHA-256 of the bytes read so far: of the whole file once there is no further line.
    pub(super) fn digest(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    fn fill(&mut self) -> Result<(), ReadFault> {
        if self.end - self.start > LINE_BYTES_MAX {
            return Err(ReadFault::LineTooLong(self.number + 1));
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end * 2, 0);
        }
        let read = loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.digest.update(&self.buffer[self.end..self.end + read]);
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }
}
