//! The author's own tests: rows, and what should come of them.

use super::Check;
use crate::campaign::file;
use crate::campaign::kinds::ListOr;
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::campaign::{Expected, Trial, Wanted};
use crate::problem::Place;

impl Check<'_> {
    pub(super) fn trials(&mut self, written: Option<&Vec<file::Trial>>, spot: Spot<'_>) -> Vec<Trial> {
        let trials = written.into_iter().flatten().enumerate();
        trials.filter_map(|(index, trial)| self.trial(trial, spot.item(index))).collect()
    }

    fn trial(&mut self, written: &file::Trial, spot: Spot<'_>) -> Option<Trial> {
        let at = spot.at()?;
        let row = spot.key("row");
        let cell = |(index, (column, cell)): (usize, &(String, String))| {
            Some((column.clone(), cell.clone(), row.key_at(index)?))
        };
        let row = written.row.0.iter().enumerate().filter_map(cell).collect();
        let expect = self.expected(&written.expect, spot.key("expect"));
        if expect.is_empty() {
            self.problem(
                spot.key("expect"),
                "nothing-expected",
                "this test expects nothing",
                "write what should come of the row: `{ template: spring_sale, body: { first_name: Ada } }`",
            );
        }
        Some(Trial { at, row, expect })
    }

    fn expected(&mut self, written: &file::Expect, spot: Spot<'_>) -> Vec<Expected> {
        let mut expected = Vec::new();
        let mut add = |wanted: Wanted, at: Option<Place>, value: &str| {
            expected.extend(at.map(|at| Expected { wanted, at, value: value.to_owned() }));
        };
        for (key, wanted, value) in [
            ("template", Wanted::Template, &written.template),
            ("language", Wanted::Language, &written.language),
            ("header", Wanted::Header, &written.header),
            ("turned_away", Wanted::TurnedAway, &written.turned_away),
        ] {
            if let Some(value) = value {
                add(wanted, spot.key(key).at(), value);
            }
        }
        let body = spot.key("body");
        match &written.body {
            None => {}
            Some(ListOr::List(values)) => {
                for (index, value) in values.iter().enumerate() {
                    add(Wanted::BodyNumber(index + 1), body.item(index).at(), value);
                }
            }
            Some(ListOr::Map(entries)) => {
                for (index, (name, value)) in entries.0.iter().enumerate() {
                    add(Wanted::BodyName(name.clone()), body.entry(index).at(), value);
                }
            }
        }
        let buttons = spot.key("buttons");
        for (index, (position, value)) in written.buttons.iter().flat_map(|buttons| &buttons.0).enumerate() {
            match position.parse() {
                Ok(position) => add(Wanted::Button(position), buttons.entry(index).at(), value),
                Err(_) => {
                    let message = format!("{} is no position of a button", shown(position));
                    self.problem(buttons.entry(index), "button-position", message, "count from 0: `buttons: { 0: … }`");
                }
            }
        }
        expected
    }
}
