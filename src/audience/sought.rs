//! Looking for one person in texts that were not written to be searched: cells as they stood in a file, masked numbers,
//! lines of any file.

use super::phone::{FORGOTTEN, PURGED, Recipient};

/// Fewer digits name nobody.
const DIGITS_MIN: usize = 7;

/// Stands in a masked recipient for what is hidden.
const MASK: &str = "****";

/// A person who is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    person: Recipient,
    /// The digits of the number, or the user id.
    name: String,
}

impl Sought {
    /// Looks for this person.
    pub fn new(person: Recipient) -> Self {
        let name = person.to_string().trim_start_matches('+').to_owned();
        Self { person, name }
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
            Err(_) => matches!(self.person, Recipient::Phone(_)) && self.has_digits(&digits(cell)),
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
        let may_stand_in_number = |c: char| c.is_ascii_digit() || " -.()\u{a0}".contains(c);
        line.split(|c| !may_stand_in_number(c)).any(|run| {
            let run = digits(run);
            run.contains(&self.name) || self.has_digits(&run)
        })
    }

    fn has_digits(&self, written: &str) -> bool {
        let Recipient::Phone(_) = self.person else { return false };
        let local = written.trim_start_matches('0');
        let same_person = || {
            let person = Recipient::parse(&format!("+{local}"), None);
            person.is_ok_and(|person| person.identity() == self.person.identity())
        };
        local.len() >= DIGITS_MIN && (self.name.ends_with(local) || same_person())
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
