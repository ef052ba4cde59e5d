//! The yardstick of a preview: the csv crate, a phone read in each row, and a set of all of them.

use std::collections::HashSet;

use csv::StringRecord;
use tidings::audience::phone::Recipient;

use crate::candidate::{Figures, Order};
use crate::{Failure, input};

pub fn phones(order: &Order) -> Result<Figures, Failure> {
    let mut people = csv::Reader::from_path(input::people_file(&order.directory))?;
    let mut row = StringRecord::new();
    let mut met = HashSet::new();
    while people.read_record(&mut row)? {
        let recipient = Recipient::parse(&row[0], None).map_err(|error| error.cause())?;
        met.insert(recipient.identity());
    }
    Ok(Figures { messages: met.len() as u64, ..Figures::default() })
}
