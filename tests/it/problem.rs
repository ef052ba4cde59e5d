//! How a problem reads, and what "did you mean" finds.

use std::path::Path;

use tidings::problem::{Place, Problem, nearest};

#[test]
fn a_problem_names_file_line_column_and_the_way_out() {
    let problem =
        Problem::at(Path::new("spring.yaml"), Place { line: 3, column: 7 }, "unknown-key", "unknown key `langauge`")
            .help("did you mean `language`?");
    assert_eq!(problem.to_string(), "spring.yaml:3:7: unknown key `langauge`\n    did you mean `language`?");
}

#[test]
fn a_problem_with_a_whole_file_has_no_place() {
    let problem = Problem::of_file(Path::new("spring.yaml"), "missing-file", "no such file");
    assert_eq!(problem.to_string(), "spring.yaml: no such file");
}

#[test]
fn the_nearest_word_is_found_and_a_stranger_is_not() {
    let known = ["language", "languages", "fallback"];
    assert_eq!(nearest("langauge", known), Some("language"));
    assert_eq!(nearest("zebra", known), None);
}
