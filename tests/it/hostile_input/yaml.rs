//! YAML that is deep, long, or says much with few bytes.

use super::limits::{HEAD, MEGABYTE, check, told};
use crate::harness::project::Project;

/// The head and something that the file is full of.
fn filled(head: &str, with: &str) -> String {
    format!("{head}{}", with.repeat((MEGABYTE - head.len() - 100) / with.len()))
}

#[test]
fn what_is_deep_is_refused_early() {
    for (name, with) in [("brackets", "["), ("braces", "{"), ("both", "[{"), ("dashes", "- "), ("question marks", "? ")]
    {
        told(name, &filled("", with), "deep here");
    }
    told("brackets under a key", &filled(&format!("{HEAD}    body: "), "["), "deep here");
    told("closed brackets", &format!("{}{}", "[".repeat(MEGABYTE / 3), "]".repeat(MEGABYTE / 3)), "deep here");
    let stairs: String = (0..1_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    told("stairs", &stairs, "nested more than 64 deep here");
}

#[test]
fn aliases_of_aliases_end_at_once() {
    let tens = |level: usize| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(","));
    let bomb: String = (1..20).map(tens).collect();
    told("bomb", &format!("a0: &a0 [x]\n{bomb}"), "aliases counted in full");
    let deeper: String = (1..60).map(|level| format!("a{level}: &a{level} [[*a{}]]\n", level - 1)).collect();
    told("tower", &format!("a0: &a0 [x]\n{deeper}"), "nested more than 64 deep here");
    told("anchors", &filled(HEAD, "x: &a x\n"), "a second time");
    told("merges", &filled(&format!("x: &x {{ a: b }}\n{HEAD}"), "y: { <<: *x }\n"), "does not merge maps");
    told("itself", "a: &a [*a]\n", "inside what it names");
}

#[test]
fn what_is_long_takes_its_length_and_no_more() {
    for with in ["\"", "'", "\t", "\n", "\r", "---\n", "a: ", ", ", "#", "a:\n", "!t x\n", "&a "] {
        let file = filled(&format!("{HEAD}    body: "), with);
        check(with, &Project::empty().campaign(&file).recipients("phone\n+12025550101\n"));
    }
    let long = "x".repeat(MEGABYTE - 1_000);
    told("key", &format!("{HEAD}{long}: 1\n"), "no colon");
    told("scalar", &format!("{HEAD}description: {long}\n"), "no problems");
    told("parameter", &format!("{HEAD}    body: [\"{long}\"]\n"), "at most 1024 are allowed");
    told("name", &HEAD.replace("hello", &long), "cannot be");
    told("one key", &filled(HEAD, "campaign: spring\n"), "a second time");
    let keys: String = (0..40_000).map(|key| format!("k{key}: x\n")).collect();
    told("keys", &format!("{HEAD}{keys}"), "the file holds more than 50000 values");
    let alike: String = (0..2_000).map(|key| format!("recipients{}{key}: x\n", "s".repeat(400))).collect();
    told("keys that are like one", &format!("{HEAD}{alike}"), "unknown key");
}

#[test]
fn long_lists_are_refused_or_read_under_every_key() {
    let too_many = "the file holds more than 50000 values";
    let many = |count: usize| vec!["x"; count].join(", ");
    told("keys of an entry", &format!("{HEAD}    body: [{}]\n", many(100_000)), too_many);
    told("keys", &format!("{HEAD}tests: [{}]\n", many(100_000)), too_many);
    for key in ["body", "buttons", "carousel", "raw_components", "header"] {
        let file = format!("{HEAD}    {key}: [{}]\n", many(40_000));
        check(key, &Project::empty().campaign(&file).recipients("phone\n1\n"));
    }
    let before = &HEAD[..HEAD.find("templates:").expect("templates")];
    for key in ["templates", "tests", "send", "stop_when"] {
        let file = format!("{}{key}: [{}]\n", if key == "templates" { before } else { HEAD }, many(40_000));
        check(key, &Project::empty().campaign(&file).recipients("phone\n1\n"));
    }
    let templates: String = (0..7_000).map(|n| format!("  - {{ name: t{n}, languages: [en_US, de] }}\n")).collect();
    told("templates", &format!("{before}templates:\n{templates}"), "this entry is never used");
}

#[test]
fn bytes_that_are_no_yaml_are_told() {
    let folder = |bytes: Vec<u8>| Project::empty().file("campaign.yaml", bytes).recipients("phone\n+12025550101\n");
    let utf_16: Vec<u8> = HEAD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, words) in [
        ("NULs", vec![0; MEGABYTE - 1], "no editor shows"),
        ("marks", "\u{feff}".repeat(MEGABYTE / 4).into_bytes(), "no editor shows"),
        ("one mark", format!("\u{feff}{HEAD}").into_bytes(), "no problems"),
        ("UTF-16", utf_16, "no editor shows"),
        ("UTF-16 with its mark", [b"\xff\xfe".to_vec(), vec![b'a', 0]].concat(), "not UTF-8 text"),
        ("bytes", vec![0xff; MEGABYTE - 1], "not UTF-8 text"),
        ("line ends of other programs", "\u{2028}\u{85}".repeat(1_000).into_bytes(), "no editor shows"),
        ("too much", vec![b'x'; 4 * MEGABYTE], "larger than 1 MB"),
    ] {
        let ran = check(name, &folder(bytes));
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(words), "{name}: {}", ran.stderr);
    }
}
