//! Looking for one person in texts that were not written to be searched: cells as they stood in a file, masked numbers,
//! lines of any file.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::phone::{FORGOTTEN, PURGED, Recipient};

/// Fewer digits name nobody.
const DIGITS_MIN: usize = 7;

/// However a number is written, its last digits are the same. Most numbers are told by them to be somebody else's.
const DIGITS_COMPARED: usize = 6;

/// No number has a greater power of ten.
const EXPONENT_MAX: usize = 20;

/// The zeros of the scripts whose digits follow each other in Unicode.
const ZEROS: [u32; 28] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1b50, 0xa8d0, 0xa9d0, 0xaa50, 0xabf0, 0xff10,
];

/// Stands in a masked recipient for what is hidden.
const MASK: &str = "****";

/// A person who is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    person: Recipient,
    /// The digits of the number, or the user id.
    name: String,
    /// The country where the number can be written without its code.
    country: Option<String>,
}

impl Sought {
    /// Looks for this person.
    pub fn new(person: Recipient) -> Self {
        let name = person.to_string().trim_start_matches('+').to_owned();
        let number = PHONE_NUMBER_UTIL.parse(format!("+{name}"), None).ok();
        let country = number.and_then(|number| number.get_region_code()).map(|region| region.to_string());
        Self { person, name, country }
    }

    /// Who it is.
    pub fn person(&self) -> &Recipient {
        &self.person
    }

    /// Whether a cell names them: their number, whichever way it is written, also without its country code. What is masked
    /// names nobody.
    pub fn is_named_by(&self, cell: &str) -> bool {
        // The digits that a mask leaves may be all of somebody else's number.
        if cell.contains(MASK) {
            return false;
        }
        match Recipient::parse(cell, None) {
            Ok(person) => person.identity() == self.person.identity(),
            Err(_) => self.is_written_in(cell),
        }
    }

    /// Whether a masked recipient may be them: what is shown of it fits.
    pub fn may_be_masked_as(&self, masked: &str) -> bool {
        if masked == FORGOTTEN || masked == PURGED {
            return false;
        }
        let Some((start, end)) = masked.split_once(MASK) else { return false };
        if let Recipient::User(id) = &self.person {
            return Recipient::mask(id) == masked;
        }
        let (start, end) = (digits(start), digits(end));
        !end.is_empty() && self.name.contains(start.trim_start_matches('0')) && self.name.ends_with(&end)
    }

    /// Whether a line of any text holds their number or user id.
    pub fn stands_in(&self, line: &str) -> bool {
        if matches!(self.person, Recipient::User(_)) {
            return line.contains(&self.name);
        }
        let line = ascii_digits(line);
        // Runs of digits end where an exponent begins.
        let mut powers = line.split(is_between_cells).filter(|cell| cell.contains(['e', 'E']));
        runs(&line).any(|run| self.is_within(run))
            || powers.any(|cell| self.is_written_in(cell) || cell.split(',').any(|cell| self.is_written_in(cell)))
    }

    /// A text in which they stand, with a word in place of their number or user id.
    pub fn taken_out_of(&self, text: &str, word: &str) -> String {
        if matches!(self.person, Recipient::User(_)) {
            return text.replace(&self.name, word);
        }
        let mut text = ascii_digits(text);
        let numbers: Vec<String> = runs(&text)
            .filter(|run| self.is_within(run))
            .flat_map(|run| {
                let words = || run.split(' ').filter(|word| self.is_within(word));
                // Other numbers may stand beside theirs.
                if words().next().is_some() { words().collect() } else { vec![run] }
            })
            .map(|number| number.trim_matches(|c: char| !c.is_ascii_digit()).to_owned())
            .collect();
        for number in numbers {
            text = text.replace(&format!("+{number}"), word).replace(&number, word);
        }
        // In a form that only a whole cell has.
        if self.stands_in(&text) { word.to_owned() } else { text }
    }

    fn is_within(&self, run: &str) -> bool {
        digits(run).contains(&self.name) || self.is_written_in(run)
    }

    /// Whether a text that is little more than a number is theirs.
    fn is_written_in(&self, text: &str) -> bool {
        if matches!(self.person, Recipient::User(_)) {
            return false;
        }
        let text = ascii_digits(text);
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\'');
        self.has_digits(&digits(text))
            || without_decimals(text).is_some_and(|whole| self.has_digits(&whole))
            || without_exponent(text).is_some_and(|whole| self.has_digits(&whole))
    }

    fn has_digits(&self, written: &str) -> bool {
        let local = written.trim_start_matches('0');
        if local.len() < DIGITS_MIN || !local.ends_with(&self.name[self.name.len().saturating_sub(DIGITS_COMPARED)..]) {
            return false;
        }
        let is_theirs = |text: &str, country: Option<&str>| {
            Recipient::parse(text, country).is_ok_and(|person| person.identity() == self.person.identity())
        };
        self.name.ends_with(local)
            || is_theirs(&format!("+{local}"), None)
            || self.country.is_some() && is_theirs(written, self.country.as_deref())
    }
}

/// The parts of a line that may be numbers.
fn runs(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_digit() || " -.()\u{a0}\u{202f}\u{2007}".contains(c)))
}

fn is_between_cells(c: char) -> bool {
    c.is_whitespace() || ";\"|".contains(c)
}

/// What a spreadsheet made of a number: `12025550101.0`.
fn without_decimals(text: &str) -> Option<String> {
    let (whole, decimals) = text.rsplit_once(['.', ','])?;
    (!decimals.is_empty() && decimals.len() <= 2 && decimals.bytes().all(|byte| byte == b'0')).then(|| digits(whole))
}

/// What a spreadsheet made of a number: `1.2025550101E+10`.
fn without_exponent(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let zeros = exponent.checked_sub(digits(decimals).len()).filter(|_| exponent <= EXPONENT_MAX)?;
    Some(digits(whole) + &digits(decimals) + &"0".repeat(zeros))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The text with the digits of all scripts as ASCII writes them.
fn ascii_digits(text: &str) -> String {
    let ascii = |c: char| {
        let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&u32::from(c)));
        zero.and_then(|zero| char::from_digit(u32::from(c) - zero, 10)).unwrap_or(c)
    };
    if text.is_ascii() { text.to_owned() } else { text.chars().map(ascii).collect() }
}
