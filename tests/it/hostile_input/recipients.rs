//! Recipients files and lock files of any size and shape.

use std::fs::File;

use super::limits::{HEAD, MEGABYTE, PEOPLE, check};
use crate::harness::project::Project;

fn campaign() -> Project {
    Project::empty().campaign(&format!("{HEAD}    body: [\"{{{{ a }}}}\", \"{{{{ b }}}}\"]\n"))
}

/// What is said of a recipients file.
#[track_caller]
fn told(name: &str, csv: impl AsRef<[u8]>, words: &str) {
    let ran = check(name, &campaign().recipients(csv));
    let said = format!("{}{}", ran.stdout, ran.stderr);
    let first: String = said.chars().take(2_000).collect();
    assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{name}: no `{words}` in {first}");
}

fn rows(row: &str, count: usize) -> String {
    format!("phone,a,b\n{}", format!("{row}\n").repeat(count))
}

#[test]
fn a_line_that_never_ends_is_not_read_to_its_end() {
    for (name, before) in [("at once", ""), ("behind a header", "phone,a,b\n"), ("behind rows", PEOPLE)] {
        let folder = campaign().recipients(before);
        let file = File::options().write(true).open(folder.path("people.csv")).expect("a file");
        // Sparse: it takes no room on the disk.
        file.set_len(1 << 30).expect("a length");
        check(name, &folder).code(2).stderr_has("longer than 1 MiB");
    }
    told("letters", format!("phone,a,b\n{}", "x".repeat(16 * MEGABYTE)), "longer than 1 MiB");
    told("a quote", format!("{}\n+12025550101,\"quill,{}", PEOPLE, "x\n".repeat(MEGABYTE)), "a quote opens a cell");
}

#[test]
fn long_cells_are_told() {
    let long = "x".repeat(MEGABYTE - 100);
    told("cell", rows(&format!("+12025550101,{long},x"), 1), "this cell is longer than 64 KiB");
    told("quotes", rows(&format!("+12025550101,{},x", "\"".repeat(MEGABYTE - 101)), 1), "a quote opens a cell");
    told("phone", rows(&format!("{},x,y", "1".repeat(MEGABYTE - 100)), 1), "this cell is longer than 64 KiB");
    for cell in ["1", "+1 (202) 555-0101 ", "+12025550101;ext=1", "\u{661}"] {
        told(cell, rows(&format!("{},x,y", cell.repeat(60_000 / cell.len())), 3), "problem");
    }
    for cell in ["x", " ", "a\u{301}", "{{", "\u{200b}"] {
        told(cell, rows(&format!("+12025550101,{},y", cell.repeat(60_000 / cell.len())), 3), "problem");
    }
}

#[test]
fn wide_files_are_told() {
    let names = |count: usize| (0..count).map(|n| format!(",c{n}")).collect::<String>();
    told("columns", format!("phone{}\nx\n", names(100_000)), "this header has 100001 columns");
    told("commas", format!("{}\nx\n", ",".repeat(500_000)), "this header has");
    told("commas in rows", rows(&",".repeat(1_000_000), 5), "this row has 1000001 cells");
    told("nothing but columns", format!("phone,a,b{}\n1\n", names(16_000)), "the header 16003 columns");
    told("the same column", format!("phone,a,b{}\n1\n", ",c".repeat(16_000)), "is the name of column 4 already");
    told("a long name", format!("phone,a,b,{}\n1\n", "n".repeat(MEGABYTE - 100)), "");
    told("semicolons", format!("{}\n1\n", "a;".repeat(500_000)), "separated by semicolons");
}

#[test]
fn long_files_take_their_length_and_no_more() {
    told("empty rows", format!("phone,a,b\n{}+12025550101,x,y\n", "\n".repeat(1_000_000)), "no problems");
    told("blank rows", format!("phone,a,b\r\n{}+12025550101,x,y\r\n", "  \r\n".repeat(100_000)), "no problems");
    told("old Mac rows", format!("phone,a,b\r{}", "\r".repeat(1_000_000)), "a header and no rows");
    told("commas", rows(",,", 5_000), "5000 problems");
    told("one person", rows("+12025550101,x,y", 5_000), "4999 problems");
    told("quotes", rows("+12025550101,x\"y,z", 5_000), "5000 problems");
    told("NULs", vec![0; 16 * MEGABYTE], "longer than 1 MiB");
    told("marks", "\u{feff}".repeat(300_000), "");
}

#[test]
fn a_lock_file_is_read_or_refused() {
    let head = r#"{"account":"1","lock_version":1,"templates":["#;
    let template = |n: usize| {
        format!(
            r#"{{"name":"t{n}","language":"en_US","status":"APPROVED","category":"MARKETING","id":"{n}","components":[{{"type":"BODY","text":"Hi {{{{1}}}}"}}]}}"#
        )
    };
    let many = (0..3_000).map(template).collect::<Vec<_>>().join(",");
    for (name, lock, words) in [
        ("brackets", "[".repeat(MEGABYTE), "no lock file of templates"),
        ("deep", format!("{head}{}", "[".repeat(MEGABYTE)), "no lock file of templates"),
        ("deep maps", format!("{head}{}", "{\"a\":".repeat(MEGABYTE)), "no lock file of templates"),
        ("NULs", "\0".repeat(MEGABYTE), "no lock file of templates"),
        ("nothings", format!("{head}{}]}}", vec!["{}"; 100_000].join(",")), "lock"),
        ("many", format!("{head}{many}]}}"), "hello"),
    ] {
        let ran = check(name, &campaign().recipients(PEOPLE).file("templates.lock.json", lock));
        assert!(ran.stderr.contains(words), "{name}: {}", ran.stderr);
    }
}
