//! Inputs that a fuzz target or a person found, through the doors that the targets use; and small ones of each kind.

use tidings::problem::Problem;

use super::doors::Doors;

fn problem(found: &[Problem]) -> String {
    let place = |problem: &Problem| problem.place.map(|at| format!("{}:{}", at.line, at.column)).unwrap_or_default();
    found.iter().map(|problem| format!("{} {}\n", place(problem), problem.message)).collect()
}

/// The problem stood in a line behind the end of the file.
#[test]
fn what_is_missed_at_the_end_of_a_campaign_stands_in_its_last_line() {
    let doors = Doors::new();
    for end in ["654035224", "654035224\n", "654035224\r\n\r\n  "] {
        let found = doors.campaign(format!("campaign: spring\nrecipients: people.csv\n{end}").as_bytes());
        insta::allow_duplicates!(insta::assert_snapshot!(problem(&found), @"3:1 this line has no value, and no colon"));
    }
}

/// A CR alone is white space in JSON; a problem of a lock file counts lines as JSON's reader does.
#[test]
fn a_lock_file_with_an_old_mac_line_is_told_in_a_line_that_it_has() {
    let doors = Doors::new();
    let found = doors.lock(b"{\n\"account\":\r\"1\",\n\"lock_version\": 1,\n\"templates\": [\n  {\n]\n}\n");
    insta::assert_snapshot!(problem(&[found.expect_err("a problem")]), @"6:1 this is no lock file of templates: key must be a string");
}

/// The column was that of a byte.
#[test]
fn a_column_of_a_lock_file_counts_characters() {
    let found = Doors::new().lock("{\"account\": \"ação\", lock}".as_bytes());
    insta::assert_snapshot!(problem(&[found.expect_err("a problem")]), @"1:21 this is no lock file of templates: key must be a string");
}

/// Some carriage returns ended a line and some did not, so what followed stood in no line of the file.
#[test]
fn carriage_returns_end_lines_of_a_campaign() {
    let found = Doors::new().campaign(b"campaign: spring\rrecipients: people.csv\nocc\r\r\r\r\runknown: dayly\n");
    insta::assert_snapshot!(problem(&found), @"8:1 this line has no value, and no colon");
    let found = Doors::new().campaign(b"campaign: spring\r\rspring\x0f\n");
    insta::assert_snapshot!(problem(&found), @"3:7 a character stands here that no editor shows");
    let found = Doors::new().campaign(b"campaign: spring\r\rspring\xff\n");
    insta::assert_snapshot!(problem(&found), @"3:7 this is not UTF-8 text");
}

/// Each way in takes what stands in the other files, too.
#[test]
fn every_door_takes_whatever_it_is_given() {
    let doors = Doors::new();
    let inputs: [&[u8]; 6] =
        [b"", b"\0", b"\xff\xfe", b"---\n---\n", b"{\"a\": [1e999, \"\\ud800\"]}\n", "{{\u{1f}\u{130}".as_bytes()];
    for input in inputs {
        doors.recipients(input);
        let _ = (doors.expression(input), doors.plan(input), doors.lock(input));
        doors.campaign(input);
    }
}
