//! Which rows of a plan are shown.

use tidings::cloud::Endpoint;
use tidings::message::compose::Message;
use tidings::message::oddity::{Kind, Oddity};
use tidings::plan::Planned;
use tidings::plan::samples::{Chosen, Samples};

enum Row<'a> {
    Message(&'a str, &'a str),
    /// A message of which something is odd.
    Odd(Kind),
    Away(&'static str),
}

/// What is chosen of rows, the first of which is row 2.
fn chosen(samples_max: usize, away_max: usize, rows: &[Row<'_>], is_full: bool) -> Chosen {
    let mut samples = Samples::new(samples_max, away_max, rows.len() as u64);
    for (row, it) in (2..).zip(rows) {
        match it {
            Row::Message(language, text) => add(&mut samples, row, language, text, Vec::new()),
            Row::Odd(kind) => {
                let oddity = Oddity { kind: *kind, place: "body".to_owned() };
                add(&mut samples, row, "en", "some text", vec![oddity]);
            }
            Row::Away(code) => samples.add(&Planned::TurnedAway { row, recipient: "", code, reason: code }),
        }
    }
    samples.finish(is_full)
}

fn add(samples: &mut Samples, row: u64, language: &str, text: &str, oddities: Vec<Oddity>) {
    let template = format!("{language}{text}");
    let message = &Message { endpoint: Endpoint::Messages, name: "", language, template, oddities };
    let (recipient, occurrence) = ("+12025550123", "once");
    samples.add(&Planned::Message { row, recipient, identity: row, occurrence, message });
}

fn rows_and_reasons(chosen: &Chosen) -> Vec<(u64, String)> {
    chosen.messages.iter().map(|sample| (sample.row, sample.why.join(", "))).collect()
}

#[test]
fn the_first_the_longest_the_shortest_and_one_of_each_language_are_shown() {
    let mut rows: Vec<Row<'_>> = (0..100).map(|_| Row::Message("en", "some text")).collect();
    rows[40] = Row::Message("en", "tiny");
    rows[60] = Row::Message("en", "a text that is longer");
    rows[70] = Row::Message("pt", "some text");
    rows[71] = Row::Message("pt", "some text");
    let of = |row: u64, why: &str| (row, why.to_owned());
    let expected = [of(2, "the first"), of(42, "the shortest"), of(62, "the longest"), of(72, "")];
    assert_eq!(rows_and_reasons(&chosen(8, 20, &rows, false)), expected);
    // Where there is little room, they come before one of each language.
    assert_eq!(rows_and_reasons(&chosen(3, 20, &rows, false)), expected[..3]);
}

#[test]
fn each_oddity_has_an_example_however_late() {
    let mut rows: Vec<Row<'_>> = (0..100).map(|_| Row::Message("en", "some text")).collect();
    for (at, kind) in [(50, Kind::Html), (51, Kind::Html), (90, Kind::Garbled), (99, Kind::Missing("NULL"))] {
        rows[at] = Row::Odd(kind);
    }
    let rows_of =
        |samples_max| rows_and_reasons(&chosen(samples_max, 20, &rows, false)).into_iter().map(|(row, _)| row);
    assert_eq!(rows_of(8).collect::<Vec<_>>(), [2, 52, 92, 101]);
    assert_eq!(rows_of(3).collect::<Vec<_>>(), [2, 52, 92], "there is no more room");
}

#[test]
fn each_reason_for_turning_rows_away_has_an_example_however_late() {
    let mut rows: Vec<Row<'_>> = (0..100).map(|_| Row::Away("empty")).collect();
    rows[90] = Row::Away("duplicate");
    let away: Vec<_> = chosen(8, 3, &rows, false).away.iter().map(|away| (away.row, away.code)).collect();
    assert_eq!(away, [(2, "empty"), (3, "empty"), (4, "empty"), (92, "duplicate")]);
}

#[test]
fn a_page_shows_messages_from_the_whole_file_and_no_more_than_it_may() {
    let rows: Vec<Row<'_>> = (0..1000).map(|_| Row::Message("en", "the same")).collect();
    let full: Vec<u64> = chosen(200, 0, &rows, true).messages.iter().map(|sample| sample.row).collect();
    assert_eq!(full, (0..200).map(|at| 2 + 5 * at).collect::<Vec<_>>());
    assert_eq!(chosen(8, 0, &rows, false).messages.len(), 3, "alike messages tell nothing more");
    let few: Vec<Row<'_>> = (0..7).map(|_| Row::Message("en", "the same")).collect();
    assert_eq!(chosen(200, 0, &few, true).messages.len(), 7);
    assert_eq!(chosen(200, 0, &[], true), Chosen::default());
}
