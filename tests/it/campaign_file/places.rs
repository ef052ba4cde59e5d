//! A place inside a text is a place of the file, however YAML lets the text be written.

use proptest::prelude::*;
use tidings::campaign::{Body, Parameter, Text};
use tidings::problem::Place;

use super::{accepted, with_body};

/// The only text of a body written so.
fn text_of(body: &str) -> (String, Text) {
    let file = with_body(body);
    let Body::Positional(parameters) = accepted(&file).templates[0].body.clone() else { panic!("a list") };
    let Some(Parameter::Text(text)) = parameters.into_iter().next() else { panic!("a text") };
    (file, text)
}

fn character_at(file: &str, Place { line, column }: Place) -> Option<char> {
    file.split('\n').nth(line as usize - 1)?.chars().nth(column as usize - 1)
}

/// Words in one of YAML's styles, and whether a break after each word goes into the next line.
fn written(words: &[(String, bool)], style: usize) -> String {
    let indent = "\n        ";
    let between = |(word, breaks): &(String, bool)| format!("{word}{}", if *breaks { indent } else { " " });
    let text: String = words.iter().map(between).collect();
    let text = text.trim_end();
    match style {
        0 => format!("\n      - {text}\n"),
        1 => format!("\n      - 'it''s {text}'\n"),
        2 => format!("\n      - \"a\\tb \\u00e9 {text}\"\n"),
        3 => format!("\n      - |\n        {text}\n"),
        4 => format!("\n      - >-\n        {text}\n"),
        _ => format!("\n      - &mark \"say \\\"hi\\\" {text}\"\n"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_character_of_a_text_is_found_in_the_file(
        words in prop::collection::vec(("[a-z\u{e9}\u{65e5}]{1,6}", any::<bool>()), 1..12),
        style in 0usize..6,
    ) {
        let (file, text) = text_of(&written(&words, style));
        // What stands before the words holds escapes, which stand there in other characters.
        let from = [0, "it's ".len(), "a\tb \u{e9} ".len(), 0, 0, "say \"hi\" ".len()][style];
        for (offset, c) in text.source.char_indices().filter(|(offset, c)| *offset >= from && !c.is_whitespace()) {
            prop_assert_eq!(character_at(&file, text.place(offset)), Some(c), "{} in {}", offset, file);
        }
    }
}

#[test]
fn what_follows_an_escape_is_found_behind_it() {
    let (_, text) = text_of("[\"a\\tb \\u00e9 \\\"c\\\" d\"]");
    assert_eq!(text.source, "a\tb \u{e9} \"c\" d");
    let place = |c: char| text.place(text.source.find(c).expect("the character")).column;
    assert_eq!(['a', 'b', '\u{e9}', 'c', 'd'].map(place), [13, 16, 18, 27, 31]);
}

#[test]
fn a_place_beyond_the_text_is_no_panic() {
    let (_, text) = text_of("[abc]");
    assert_eq!(text.place(99).line, text.at.line);
}
