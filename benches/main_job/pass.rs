//! The yardsticks of a dry run: bare passes over the recipients with the csv crate.

use std::collections::HashSet;

use csv::StringRecord;
use minijinja::{Environment, Value};
use tidings::audience::phone::Recipient;

use crate::candidate::{Figures, Order};
use crate::{Failure, input};

/// A phone read in each row, and a set of all of them.
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

/// One text rendered for each row, with all expressions of the campaign in it.
pub fn texts(order: &Order) -> Result<Figures, Failure> {
    let mut engine = Environment::new();
    engine.add_template("texts", input::EXPRESSIONS)?;
    let template = engine.get_template("texts")?;
    let mut people = csv::Reader::from_path(input::people_file(&order.directory))?;
    let names: Vec<Value> = people.headers()?.iter().map(Value::from).collect();
    let mut row = StringRecord::new();
    let (mut messages, mut bytes) = (0, 0);
    while people.read_record(&mut row)? {
        let cells = names.iter().cloned().zip(row.iter().map(Value::from));
        bytes += template.render(Value::from_pairs(cells))?.len();
        messages += 1;
    }
    if bytes == 0 { Err("nothing was rendered".into()) } else { Ok(Figures { messages, ..Figures::default() }) }
}
