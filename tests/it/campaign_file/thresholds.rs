//! `stop_when`: what a threshold is, and what it is not.

use super::spoilt::and;

#[test]
fn a_threshold_is_a_share_of_so_many_messages() {
    let above = |share: &str| and(&format!("stop_when: {{ refused: {{ above: {share}, of_last: 200 }} }}"));
    insta::assert_snapshot!(above("5"), @r#"
    [share] spring.yaml:6:32: `5` is no percentage
        write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`
    "#);
    insta::assert_snapshot!(["0.05", "5 %", "\"\"", "-1%", "0.0001%"].map(above).join("\n"), @r#"
    [share] spring.yaml:6:32: `0.05` is no percentage
        write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`
    [share] spring.yaml:6:32: `5 %` is no percentage
        write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`
    [share] spring.yaml:6:33: `` is no percentage
        write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`
    [share] spring.yaml:6:32: `-1%` is no percentage
        write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`
    [share] spring.yaml:6:32: `0.0001%` is no percentage
        write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`
    "#);
    insta::assert_snapshot!(and("stop_when: { in_doubt: { above: 100%, of_last: 200 } }"), @r#"
    [share] spring.yaml:6:33: more than `100%` can never be
        write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`
    "#);
    insta::assert_snapshot!(and("stop_when:\n  refused: { above: 5%, of_last: 0 }\n  in_doubt: { above: 1%, of_last: 100001 }"), @r#"
    [of-last] spring.yaml:7:34: `0` is no number from 1 to 100000
        write how many of the last messages count: `of_last: 200`
    [of-last] spring.yaml:8:35: `100001` is no number from 1 to 100000
        write how many of the last messages count: `of_last: 200`
    "#);
    insta::assert_snapshot!(and("stop_when: { refused: { above: 5%, of_last: 20% } }"), @r#"
    [of-last] spring.yaml:6:45: `20%` is no number from 1 to 100000
        write how many of the last messages count: `of_last: 200`
    "#);
}

#[test]
fn a_threshold_needs_both_of_its_numbers() {
    insta::assert_snapshot!(and("stop_when: { refused: {} }"), @r#"
    [missing-key] spring.yaml:6:14: the key `above` is missing
        write `above: 5%`
    [missing-key] spring.yaml:6:14: the key `of_last` is missing
        write `of_last: 200`
    "#);
    insta::assert_snapshot!(and("stop_when: { refused: 5%, in_doubt: }"), @r#"
    [wrong-kind] spring.yaml:6:23: `refused` must be a map, not a text
        write the share of the last messages that is too much: `{ above: 5%, of_last: 200 }`
    [no-value] spring.yaml:6:27: `in_doubt` has no value
        write a value, or remove the key; a text such as "null" needs quotes
    "#);
    insta::assert_snapshot!(and("stop_when: 5%"), @r#"
    [wrong-kind] spring.yaml:6:12: `stop_when` must be a map, not a text
        write `stop_when: { refused: { above: 5%, of_last: 200 } }`
    "#);
}

#[test]
fn a_threshold_of_another_version_or_misspelt_is_told_apart() {
    insta::assert_snapshot!(and("stop_when:\n  undelivered: { above: 20%, of_last: 200 }\n  opted_out: { above: 1%, of_last: 200 }"), @r#"
    [unknown-key] spring.yaml:7:3: this version of tidings has no key `undelivered` here
        known here: refused, in_doubt
    [unknown-key] spring.yaml:8:3: this version of tidings has no key `opted_out` here
        known here: refused, in_doubt
    "#);
    insta::assert_snapshot!(and("stop_wen: { refused: { above: 5%, of_last: 200 } }"), @r#"
    [unknown-key] spring.yaml:6:1: unknown key `stop_wen`
        did you mean `stop_when`?
    "#);
    insta::assert_snapshot!(and("stop_when: { refusd: { above: 5%, of_last: 200 }, in_doubt: { over: 5%, of_lst: 200 } }"), @r#"
    [unknown-key] spring.yaml:6:14: unknown key `refusd`
        did you mean `refused`?
    [missing-key] spring.yaml:6:51: the key `above` is missing
        write `above: 5%`
    [unknown-key] spring.yaml:6:63: unknown key `over`
        known here: above, of_last
    [unknown-key] spring.yaml:6:73: unknown key `of_lst`
        did you mean `of_last`?
    "#);
}
