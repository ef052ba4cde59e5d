//! What a cell with a phone number may hold: digits, a leading plus, and what people put between digits.
//!
//! Stricter than any phone library: those read letters as digits of a keypad, digits of other scripts as ASCII, and
//! leave away what they do not know. Whatever could be a number that went wrong on its way is a fault with its cause.

use super::invisible::is_invisible;
use super::phone_error::PhoneError;

/// International numbers have at most 15 digits (ITU-T E.164); before them may stand what people dial: 00, a trunk 0.
const DIGITS_MAX: usize = 20;

/// The fewest digits that can be a whole number, with or without a country code.
const DIGITS_MIN: usize = 7;

/// The digits of a cell, in their order, each with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    digits: [u8; DIGITS_MAX],
    count: usize,
    /// Whether they begin with a country code: `+`, or `00`.
    pub(super) international: bool,
}

impl Written {
    /// Reads a cell.
    pub(super) fn read(cell: &str) -> Result<Self, PhoneError> {
        let text = cell.trim();
        // An apostrophe is how a spreadsheet is told that a cell is text.
        let text = text.strip_prefix('\'').map_or(text, str::trim_start);
        let mut written = Self { digits: [0; DIGITS_MAX], count: 0, international: false };
        for (at, symbol) in text.char_indices() {
            match symbol {
                '0'..='9' if written.count < DIGITS_MAX => written.push(symbol),
                '+' if written.count == 0 && !written.international => written.international = true,
                // The no-break spaces with which numbers are grouped in many places.
                ' ' | '-' | '.' | '(' | ')' | '\u{A0}' | '\u{202F}' | '\u{2007}' => {}
                _ => return Err(cause(text, at, symbol)),
            }
        }
        written.finish(text)
    }

    fn push(&mut self, digit: char) {
        self.digits[self.count] = digit as u8 - b'0';
        self.count += 1;
    }

    fn finish(mut self, text: &str) -> Result<Self, PhoneError> {
        if text.is_empty() {
            return Err(PhoneError::Empty);
        }
        if self.count == 0 {
            return Err(PhoneError::NoDigits);
        }
        if has_decimals(text) {
            return Err(PhoneError::Decimals);
        }
        if !self.international && self.digits().starts_with(&[0, 0]) {
            self.digits.copy_within(2.., 0);
            self.count -= 2;
            self.international = true;
        }
        Ok(self)
    }

    /// The digits' values, in order; without a leading `00`.
    pub(super) fn digits(&self) -> &[u8] {
        &self.digits[..self.count]
    }
}

/// Why a cell with this symbol at this byte is no phone number. The most telling cause comes first.
fn cause(text: &str, at: usize, symbol: char) -> PhoneError {
    let (before, rest) = text.split_at(at);
    match symbol {
        '0'..='9' => PhoneError::TooLong,
        _ if is_scientific(text) => PhoneError::Scientific,
        _ if is_invisible(symbol) => PhoneError::Invisible(symbol),
        _ if symbol.is_numeric() => PhoneError::ForeignDigit(symbol),
        _ if !text.contains(|symbol: char| symbol.is_ascii_digit()) => PhoneError::NoDigits,
        _ if is_extension(before, rest) => PhoneError::Extension,
        _ if digit_count(before) >= DIGITS_MIN && digit_count(rest) >= DIGITS_MIN => PhoneError::TwoNumbers,
        _ if symbol.is_alphabetic() => PhoneError::Letter(symbol),
        _ => PhoneError::Symbol(symbol),
    }
}

fn digit_count(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// `5.51199E+12`, also with a decimal comma.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let is_number = |text: &str, others: &[char]| {
        text.contains(|symbol: char| symbol.is_ascii_digit())
            && text.chars().all(|symbol| symbol.is_ascii_digit() || others.contains(&symbol))
    };
    is_number(mantissa, &['.', ',', '+', '-', '=']) && is_number(exponent, &['+', '-'])
}

/// `5511987654321.0`: what remains of a number that went through a spreadsheet or a data frame.
fn has_decimals(text: &str) -> bool {
    let Some((whole, decimals)) = text.rsplit_once('.') else { return false };
    whole.len() >= DIGITS_MIN
        && whole.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit())
        && matches!(decimals, "0" | "00")
}

/// `x12`, `ext. 12`, `ramal 12` after a whole number.
fn is_extension(before: &str, rest: &str) -> bool {
    let word =
        rest.trim_end_matches(|symbol: char| symbol.is_ascii_digit() || symbol == ' ').trim_end_matches(['.', ':']);
    let word = word.to_lowercase();
    let words = ["#", "x", "ext", "extn", "extension", "ramal", "anexo", "int", "interno", "poste"];
    digit_count(before) >= DIGITS_MIN && digit_count(rest) > 0 && words.contains(&word.as_str())
}
