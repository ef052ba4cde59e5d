//! A campaign file that is no text, no YAML, or YAML that means something else than its author thinks.

use super::spoilt::{and, problems, said, template, with};

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    insta::assert_snapshot!(said(&directory.path().join("none.yaml"), directory.path()), @r#"
    [missing-file] none.yaml: there is no such file
        check the name and the directory
    "#);
    std::fs::create_dir(directory.path().join("dir")).expect("a directory");
    insta::assert_snapshot!(said(&directory.path().join("dir"), directory.path()), @r#"
    [not-a-file] dir: this is a directory
        name the campaign file in it
    "#);
    insta::assert_snapshot!(problems(""), @"
    [empty-file] spring.yaml: this file is empty
        a campaign needs at least `campaign`, `sender`, `recipients` and `templates`
    ");
    insta::assert_snapshot!(problems("# nothing yet\n"), @"
    [empty-file] spring.yaml: this file is empty
        a campaign needs at least `campaign`, `sender`, `recipients` and `templates`
    ");
    insta::assert_snapshot!(problems("x".repeat(1024 * 1024 + 1)), @"
    [file-too-large] spring.yaml: this file is larger than 1 MB
        a campaign file names recipients by their CSV file; it does not hold them
    ");
    insta::assert_snapshot!(problems(b"campaign: spring\ndescription: caf\xe9\n"), @r#"
    [not-utf-8] spring.yaml:2:17: this is not UTF-8 text
        save the file with the encoding UTF-8
    "#);
    insta::assert_snapshot!(problems("campaign: spring\ndescription: a\u{0}b\n"), @r#"
    [invisible-character] spring.yaml:2:15: a character stands here that no editor shows
        remove it, or type the line again
    "#);
    insta::assert_snapshot!(and("description: a\u{2028}b"), @r#"
    [invisible-character] spring.yaml:6:15: a character stands here that no editor shows
        remove it, or type the line again
    "#);
    insta::assert_snapshot!(problems(b"\xff\xfec\0a\0"), @r#"
    [not-utf-8] spring.yaml:1:1: this is not UTF-8 text
        save the file with the encoding UTF-8
    "#);
}

#[test]
fn yaml_that_is_none_says_where() {
    insta::assert_snapshot!(and("report: { directory: out"), @r#"
    [syntax] spring.yaml:6:9: this bracket is never closed, or a comma is missing inside
        close the bracket, or put texts in quotes
    "#);
    insta::assert_snapshot!(and("description: Sale: now"), @r#"
    [syntax] spring.yaml:6:18: this colon starts no value
        check the indentation; put a text that holds a colon and a space in quotes
    "#);
    insta::assert_snapshot!(and("report:\n\tdirectory: out"), @"
    [syntax] spring.yaml:7:1: a tab stands where only spaces may
        indent with spaces, never with tabs
    ");
    insta::assert_snapshot!(and("description: {{ a }} and more"), @r#"
    [unquoted-expression] spring.yaml:6:14: an expression must stand in quotes
        write "{{ first_name }}", with the quotes
    [syntax] spring.yaml:6:22: this does not fit to the lines above
        put a text with an expression in quotes: "{{ first_name }}"
    "#);
    insta::assert_snapshot!(template("body: [Hi {{ a }}]"), @r#"
    [syntax] spring.yaml:6:13: this bracket is never closed, or a comma is missing inside
        put a text with an expression in quotes: "{{ first_name }}"
    "#);
    insta::assert_snapshot!(and("description: \"a\" b"), @r#"
    [syntax] spring.yaml:6:18: something stands behind the closing quote
        put the whole text in one pair of quotes
    "#);
    insta::assert_snapshot!(and("description: @all"), @r#"
    [syntax] spring.yaml:6:14: a text cannot start with this character
        put the text in quotes
    "#);
    insta::assert_snapshot!(and("description: \"open"), @r#"
    [syntax] spring.yaml:6:14: this quote is never closed
        write the closing quote
    "#);
    insta::assert_snapshot!(and("description: *nobody"), @r#"
    [syntax] spring.yaml:6:14: this alias names nothing
        put a text that starts with `*` in quotes
    "#);
    insta::assert_snapshot!(problems("- a\n- b\n"), @r#"
    [wrong-kind] spring.yaml:1:1: a campaign file must be a map, not a list
        write `campaign: spring_sale_2026`
    "#);
    insta::assert_snapshot!(problems("just words\n"), @r#"
    [wrong-kind] spring.yaml:1:1: a campaign file must be a map, not a text
        write `campaign: spring_sale_2026`
    "#);
}

#[test]
fn yaml_that_means_something_else_is_refused() {
    insta::assert_snapshot!(and("campaign: again"), @r#"
    [duplicate-key] spring.yaml:6:1: the key `campaign` stands here a second time; the first is in line 1
        remove one of the two
    "#);
    insta::assert_snapshot!(and("---\ncampaign: second"), @r#"
    [several-documents] spring.yaml:6:1: a second YAML document starts here
        remove the `---`, or put the rest into a file of its own
    "#);
    insta::assert_snapshot!(and("report: &r { directory: out }\nsend:\n  <<: *r"), @r#"
    [merge-key] spring.yaml:8:3: `<<` does not merge maps here
        write the keys out where they are meant
    "#);
    insta::assert_snapshot!(and("description: !!str Sale"), @r#"
    [tag] spring.yaml:6:14: YAML tags (`!…`) mean nothing here
        remove the tag
    "#);
    insta::assert_snapshot!(and("description: &me [*me]"), @r#"
    [wrong-kind] spring.yaml:6:14: `description` must be a text, not a list
        write one text here
    [alias-of-itself] spring.yaml:6:19: this alias stands inside what it names
        write it out
    "#);
    insta::assert_snapshot!(template("body: [a, ?b]"), @r#"
    [ambiguous] spring.yaml:6:18: YAML can be read in more than one way here
        put every text in quotes
    "#);
    insta::assert_snapshot!(and("description: |\n\ta tab"), @r#"
    [syntax] spring.yaml:6:14: a tab stands where only spaces may
        indent with spaces, never with tabs
    "#);
    insta::assert_snapshot!(and("[a, b]: c"), @r#"
    [odd-key] spring.yaml:6:1: a key must be a word
        write `key: value`
    "#);
    insta::assert_snapshot!(template("body: [{{ first_name | title }}]"), @r#"
    [unquoted-expression] spring.yaml:6:14: an expression must stand in quotes
        write "{{ first_name }}", with the quotes
    "#);
    insta::assert_snapshot!(template("body: { a: {{ first_name }} }"), @r#"
    [unquoted-expression] spring.yaml:6:18: an expression must stand in quotes
        write "{{ first_name }}", with the quotes
    "#);
}

#[test]
fn nothing_is_not_a_text() {
    insta::assert_snapshot!(with("campaign", "campaign:"), @r#"
    [no-value] spring.yaml:1:1: `campaign` has no value
        write a value, or remove the key; a text such as "null" needs quotes
    "#);
    insta::assert_snapshot!(and("description: ~"), @r#"
    [no-value] spring.yaml:6:1: `description` has no value
        write a value, or remove the key; a text such as "null" needs quotes
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: null"), @r#"
    [no-value] spring.yaml:3:1: `recipients` has no value
        write a value, or remove the key; a text such as "null" needs quotes
    "#);
    insta::assert_snapshot!(template("body: [~, null]"), @r#"
    [no-value] spring.yaml:6:14: an entry of `body` has no value
        write a value, or remove the key; a text such as "null" needs quotes
    [no-value] spring.yaml:6:17: an entry of `body` has no value
        write a value, or remove the key; a text such as "null" needs quotes
    "#);
    insta::assert_snapshot!(template("body: [\"\"]"), @r#"
    [empty-text] spring.yaml:6:15: this text is empty
        write a text or an expression, or remove the key
    "#);
}

#[test]
fn hostile_yaml_is_refused_before_it_costs_anything() {
    let mut bomb = String::from("a: &a0 [x, x]\n");
    for level in 1..40 {
        bomb += &format!("b{level}: &a{level} [{}]\n", format!("*a{},", level - 1).repeat(9));
    }
    insta::assert_snapshot!(problems(bomb), @r#"
    [too-many-values] spring.yaml:6:14: the file holds more than 50000 values, aliases counted in full
        a campaign never needs that; write it out more simply
    "#);
    insta::assert_snapshot!(problems("[".repeat(1_000_000)), @r#"
    [too-deep] spring.yaml:1:256: lists and maps are nested too deep here
        a campaign never needs that; write it out more simply
    "#);
    insta::assert_snapshot!(problems(format!("a: {}", "{a: ".repeat(200_000))), @r#"
    [too-deep] spring.yaml:1:257: lists and maps are nested more than 64 deep here
        a campaign never needs that; write it out more simply
    "#);
    insta::assert_snapshot!(problems(format!("a:\n{}", "- ".repeat(100_000))), @r#"
    [too-deep] spring.yaml:2:129: lists and maps are nested more than 64 deep here
        a campaign never needs that; write it out more simply
    "#);
    insta::assert_snapshot!(problems(format!("a: [{}]", "x,".repeat(100_000))), @r#"
    [too-many-values] spring.yaml:1:99999: the file holds more than 50000 values, aliases counted in full
        a campaign never needs that; write it out more simply
    "#);
    let mut ladder = String::from("a0: &a0 []\n");
    for level in 1..10 {
        ladder += &format!("a{level}: &a{level} [[[[[[[[[[*a{}]]]]]]]]]]\n", level - 1);
    }
    insta::assert_snapshot!(problems(ladder), @r#"
    [too-deep] spring.yaml:8:19: lists and maps are nested more than 64 deep here
        a campaign never needs that; write it out more simply
    "#);
}
