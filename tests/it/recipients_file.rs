//! The recipients file: what is read from it, and what is said when rows could get lost on the way.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tidings::audience::csv::Table;
use tidings::problem::{Place, Problem};

/// A directory with a recipients file in it.
fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("people.csv");
    fs::write(&file, bytes).expect("a file");
    (directory, file)
}

/// A problem as people see it, without the directory.
fn shown(problem: &Problem) -> String {
    let name = PathBuf::from(problem.file.file_name().expect("a name"));
    format!("[{}] {}\n", problem.code, Problem { file: name, ..problem.clone() })
}

fn said_of(bytes: impl AsRef<[u8]>) -> String {
    let (_directory, file) = written(bytes.as_ref());
    match Table::open(&file) {
        Ok(table) => rows_of(&table),
        Err(problems) => problems.iter().map(shown).collect(),
    }
}

/// The rows, a line each; bad rows as their problems.
fn rows_of(table: &Table) -> String {
    let mut text = String::new();
    let mut rows = table.rows().expect("a readable file");
    while let Some(row) = rows.next().expect("an unchanged file") {
        match row {
            Ok(row) => writeln!(text, "{}: {:?}", row.number, row.cells.iter().collect::<Vec<_>>()),
            Err(bad) => write!(text, "{}: {}", bad.number, shown(&bad.problem)),
        }
        .expect("text");
    }
    text
}

#[test]
fn rows_carry_the_numbers_that_a_spreadsheet_shows() {
    insta::assert_snapshot!(said_of("phone,name\n+1,Ana\n\n+2,Rui\n  \n+3,"), @r#"
    2: ["+1", "Ana"]
    4: ["+2", "Rui"]
    6: ["+3", ""]
    "#);
}

#[test]
fn a_table_knows_its_columns_its_row_count_and_its_digest() {
    let (_directory, file) = written(b"\xEF\xBB\xBF phone ,\"first name\",\xEF\xBB\xBFcity\r\n1,2,3\r\n\r\n4,5\r\n");
    let table = Table::open(&file).expect("a table");
    assert_eq!(table.columns, ["phone", "first name", "city"]);
    assert_eq!(table.row_count, 2);
    assert_eq!(table.digest[..4], [0x25, 0x19, 0x19, 0xa2]);
}

#[test]
fn every_line_ending_gives_the_same_rows() {
    let expected = said_of("phone,name\n+1,Ana\n\n+2,Rui\n");
    for ending in ["\r\n", "\r"] {
        assert_eq!(said_of("phone,name\n+1,Ana\n\n+2,Rui\n".replace('\n', ending)), expected, "{ending:?}");
        assert_eq!(said_of("phone,name\n+1,Ana\n\n+2,Rui".replace('\n', ending)), expected, "{ending:?}");
    }
}

#[test]
fn cells_stay_as_they_are_written() {
    insta::assert_snapshot!(said_of(concat!(
        "phone,name\n",
        "+1, Ana \n",
        "+2,\"Lisbon, Portugal\"\n",
        "+3,\"the \"\"Nan\"\"\"\n",
        "+4,\"\"\n",
        "+5,=1+1\n",
        "+6,caf\u{e9}\u{2028}\u{1f600}\n",
        "\"+7\",\"\"\"\"\n",
        ",\n",
    )), @r#"
    2: ["+1", " Ana "]
    3: ["+2", "Lisbon, Portugal"]
    4: ["+3", "the \"Nan\""]
    5: ["+4", ""]
    6: ["+5", "=1+1"]
    7: ["+6", "café\u{2028}😀"]
    8: ["+7", "\""]
    9: ["", ""]
    "#);
}

#[test]
fn what_is_wrong_with_one_row_is_said_of_that_row_only() {
    insta::assert_snapshot!(said_of(concat!(
        "phone,name\n",
        "+1\n",
        "+2,Ana,\n",
        "+3,Lisbon, Portugal\n",
        "+4,\u{e9}t\u{e9} \"Nan\" Silva\n",
        "+5, \"Nan\"\n",
        "+6,\"Nan\" Silva\n",
        "+7,fine\n",
    )), @r#"
    2: [wrong-cell-count] people.csv:2:1: this row has 1 cell, the header 2 columns
        every column needs its comma, even when the cell is empty
    3: [wrong-cell-count] people.csv:3:8: this row has 3 cells, the header 2 columns
        a cell that holds a comma goes into quotes: "Lisbon, Portugal"
    4: [wrong-cell-count] people.csv:4:11: this row has 3 cells, the header 2 columns
        a cell that holds a comma goes into quotes: "Lisbon, Portugal"
    5: [stray-quote] people.csv:5:8: a quote stands in the middle of a cell
        remove the quote; or put the whole cell into quotes, without a space before them, and write each quote inside it twice
    6: [stray-quote] people.csv:6:5: a quote stands in the middle of a cell
        remove the quote; or put the whole cell into quotes, without a space before them, and write each quote inside it twice
    7: [stray-quote] people.csv:7:8: a quote stands in the middle of a cell
        remove the quote; or put the whole cell into quotes, without a space before them, and write each quote inside it twice
    8: ["+7", "fine"]
    "#);
}

#[test]
fn a_cell_may_be_long_but_not_absurdly_long() {
    let row = |length: usize| format!("phone,name\n+1,{}\n+2,Ana\n", "x".repeat(length));
    assert!(said_of(row(64 * 1024)).ends_with("xx\"]\n3: [\"+2\", \"Ana\"]\n"));
    insta::assert_snapshot!(said_of(row(64 * 1024 + 1)), @r#"
    2: [cell-too-long] people.csv:2:4: this cell is longer than 64 KiB
        no message holds that much; look for text that was pasted here by accident
    3: ["+2", "Ana"]
    "#);
    insta::assert_snapshot!(said_of(row(10 * 1024 * 1024)), @"
    [line-too-long] people.csv:2:1: this line is longer than 1 MiB
        a recipients file has one row a line; is this the right file?
    ");
}

#[test]
fn a_cell_never_goes_on_over_lines_and_so_no_row_is_swallowed() {
    insta::assert_snapshot!(said_of("phone,name\n+1,\"Ana\nSilva\"\n+2,Rui\n"), @"
    [unclosed-quote] people.csv:2:4: in row 2 a quote opens a cell and the line ends before the cell does
        remove the quote or close it; if the cell holds a line break, put a space in its place
    ");
    let mut stray = "phone,name\n".to_owned();
    for row in 0..1_000 {
        let quote = if row == 50 || row == 940 { "\"" } else { "" };
        writeln!(stray, "+1202555{row:04},{quote}Ana").expect("text");
    }
    insta::assert_snapshot!(said_of(stray), @"
    [unclosed-quote] people.csv:52:14: in row 52 a quote opens a cell and the line ends before the cell does
        remove the quote or close it; if the cell holds a line break, put a space in its place
    ");
    insta::assert_snapshot!(said_of("phone,name\r+1,\"Ana\rSilva\"\r"), @"
    [unclosed-quote] people.csv:2:4: in row 2 a quote opens a cell and the line ends before the cell does
        remove the quote or close it; if the cell holds a line break, put a space in its place
    ");
    insta::assert_snapshot!(said_of("\"phone,name\n+1,Ana\n"), @"
    [unclosed-quote] people.csv:1:1: in row 1 a quote opens a cell and the line ends before the cell does
        remove the quote or close it; if the cell holds a line break, put a space in its place
    ");
    insta::assert_snapshot!(said_of("phone,name\n+1,Ana\n+2,\""), @"
    [unclosed-quote] people.csv:3:4: in row 3 a quote opens a cell and the line ends before the cell does
        remove the quote or close it; if the cell holds a line break, put a space in its place
    ");
}

#[test]
fn a_header_must_name_every_column_once() {
    insta::assert_snapshot!(said_of("phone,name,phone, name ,,\"\"\n1,2,3,4,5,6\n"), @"
    [duplicate-column] people.csv:1:12: `phone` is the name of column 1 already
        give one of the two another name
    [duplicate-column] people.csv:1:18: `name` is the name of column 2 already
        give one of the two another name
    [unnamed-column] people.csv:1:25: column 5 has no name
        name it, or delete the column
    [unnamed-column] people.csv:1:26: column 6 has no name
        name it, or delete the column
    ");
    insta::assert_snapshot!(said_of("\u{feff}\u{feff}\n1\n"), @"
    [unnamed-column] people.csv:1:1: column 1 has no name
        name it, or delete the column
    ");
    insta::assert_snapshot!(said_of("\"phone\" \n"), @r"
    [stray-quote] people.csv:1:7: a quote stands in the middle of a column's name
        remove the quote
    [no-rows] people.csv: this file has a header and no rows
        add a row for each recipient
    ");
    insta::assert_snapshot!(said_of("phone,first \"name\"\n1,2\n"), @"
    [stray-quote] people.csv:1:13: a quote stands in the middle of a column's name
        remove the quote
    ");
}

#[test]
fn another_delimiter_is_recognised() {
    insta::assert_snapshot!(said_of("phone; name;city\n1;2;3\n"), @"
    [wrong-delimiter] people.csv:1:1: the columns are separated by semicolons; this file needs commas
        export it again with a comma as the separator: `phone,name,city` (LibreOffice asks for it and Google Sheets writes it; Excel takes the list separator of the computer's region settings)
    ");
    insta::assert_snapshot!(said_of("phone\tname\n1\t2\n"), @"
    [wrong-delimiter] people.csv:1:1: the columns are separated by tabs; this file needs commas
        export it again with a comma as the separator: `phone,name` (LibreOffice asks for it and Google Sheets writes it; Excel takes the list separator of the computer's region settings)
    ");
    insta::assert_snapshot!(said_of("\"phone\";\"first name\"\n\"1\";\"Ana\"\n"), @"
    [wrong-delimiter] people.csv:1:1: the columns are separated by semicolons; this file needs commas
        export it again with a comma as the separator: `phone,first name` (LibreOffice asks for it and Google Sheets writes it; Excel takes the list separator of the computer's region settings)
    ");
    insta::assert_snapshot!(said_of("phone|name\n1|2\n"), @"
    [wrong-delimiter] people.csv:1:1: the columns are separated by bars; this file needs commas
        export it again with a comma as the separator: `phone,name` (LibreOffice asks for it and Google Sheets writes it; Excel takes the list separator of the computer's region settings)
    ");
}

#[test]
fn a_note_for_excel_before_the_header_is_to_be_deleted() {
    insta::assert_snapshot!(said_of("sep=;\nphone;name\n1;2\n"), @"
    [excel-note] people.csv:1:1: `sep=;` is a note for Excel, not a header
        delete this line
    ");
}

#[test]
fn a_file_without_rows_is_a_problem() {
    insta::assert_snapshot!(said_of(""), @"
    [empty-file] people.csv: this file is empty
        it needs a header, such as `phone,first_name`, and a row for each recipient
    ");
    insta::assert_snapshot!(said_of("\u{feff}\r\n \r\n"), @"
    [empty-file] people.csv: this file is empty
        it needs a header, such as `phone,first_name`, and a row for each recipient
    ");
    insta::assert_snapshot!(said_of("phone,name"), @"
    [no-rows] people.csv: this file has a header and no rows
        add a row for each recipient
    ");
    insta::assert_snapshot!(said_of("phone;name\n\n\n"), @"
    [wrong-delimiter] people.csv:1:1: the columns are separated by semicolons; this file needs commas
        export it again with a comma as the separator: `phone,name` (LibreOffice asks for it and Google Sheets writes it; Excel takes the list separator of the computer's region settings)
    [no-rows] people.csv: this file has a header and no rows
        add a row for each recipient
    ");
}

#[test]
fn a_file_that_is_no_utf8_text_is_named_for_what_it_is() {
    let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        let units = "phone,name\n+1,Ana\n".encode_utf16().flat_map(unit);
        mark.iter().copied().chain(units).collect::<Vec<u8>>()
    };
    insta::assert_snapshot!(said_of(utf16(b"\xFF\xFE", u16::to_le_bytes)), @r#"
    [utf-16] people.csv: this file is UTF-16 text, not UTF-8
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of(utf16(b"\xFE\xFF", u16::to_be_bytes)), @r#"
    [utf-16] people.csv: this file is UTF-16 text, not UTF-8
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of(utf16(b"", u16::to_le_bytes)), @r#"
    [nul-byte] people.csv:1:2: there is a NUL byte here: this is not plain text, or it is UTF-16
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of("phone,name\n+1,\u{e9}\0\n"), @r#"
    [nul-byte] people.csv:2:5: there is a NUL byte here: this is not plain text, or it is UTF-16
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of(b"phone,name\n+1,Ana\n+2,\xc3\xa9t\xe9\n"), @r#"
    [not-utf-8] people.csv:3:6: the byte E9 here is not UTF-8 text; was it meant as `é`?
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of(b"phone,name\n+1,\x93Ana\x94\n"), @r#"
    [not-utf-8] people.csv:2:4: the byte 93 here is not UTF-8 text
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of(b"PK\x03\x04\x14\0"), @r#"
    [not-csv] people.csv: this file is an Excel workbook, whatever its name says
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of(b"\xD0\xCF\x11\xE0\xA1\xB1"), @r#"
    [not-csv] people.csv: this file is an old Excel workbook, whatever its name says
        save the file as "CSV UTF-8" and name that one
    "#);
    insta::assert_snapshot!(said_of(b"\x1F\x8B\x08\0"), @"
    [not-csv] people.csv: this file is compressed
        unpack it first
    ");
}

#[test]
fn a_file_that_cannot_be_opened_says_why() {
    let (directory, file) = written(b"phone\n1\n");
    let said = |file: &Path| Table::open(file).expect_err("a problem").iter().map(shown).collect::<String>();
    insta::assert_snapshot!(said(&directory.path().join("poeple.csv")), @"
    [missing-file] poeple.csv: there is no such file
        did you mean `people.csv`?
    ");
    insta::assert_snapshot!(said(&directory.path().join("zebra.txt")), @"
    [missing-file] zebra.txt: there is no such file
        a path in a campaign file starts at that file's directory
    ");
    insta::assert_snapshot!(said(&directory.path().join("nowhere/people.csv")), @"
    [missing-file] people.csv: there is no such file
        a path in a campaign file starts at that file's directory
    ");
    insta::assert_snapshot!(said(&file.join("people.csv")), @"
    [missing-file] people.csv: there is no such file
        a path in a campaign file starts at that file's directory
    ");
    let inner = directory.path().join("inner");
    fs::create_dir(&inner).expect("a directory");
    insta::assert_snapshot!(said(&inner), @"
    [not-a-file] inner: this is a directory
        name the CSV file inside it
    ");
    insta::assert_snapshot!(said(Path::new("/dev/null")), @"
    [not-a-file] null: this is not an ordinary file, and it is read twice
        save it as a file first
    ");
}

#[test]
fn a_file_that_changes_between_the_two_readings_is_noticed() {
    let good = "phone,name\n+1,Ana\n+2,Rui\n";
    let changes =
        ["phone,name\n+1,Ana\n+3,Rui\n", "phone,name\n+1,Ana\n", "phone,name\n+1,\"Ana\n", "phone,name\n+1,\u{e9}"];
    for changed in changes.map(str::as_bytes).into_iter().chain([&b"phone,name\n+1,\xE9\n"[..]]) {
        let (_directory, file) = written(good.as_bytes());
        let table = Table::open(&file).expect("a table");
        fs::write(&file, changed).expect("a file");
        let mut rows = table.rows().expect("a readable file");
        let problem = loop {
            match rows.next() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("{} went unnoticed", String::from_utf8_lossy(changed)),
                Err(problem) => break problem,
            }
        };
        assert_eq!(problem.code, "file-changed");
    }
}

#[test]
fn a_header_that_is_gone_at_the_second_reading_is_noticed_before_any_row() {
    for changed in ["", " \n", "phone\n+1,Ana\n"] {
        let (_directory, file) = written(b"phone,name\n+1,Ana\n");
        let table = Table::open(&file).expect("a table");
        fs::write(&file, changed).expect("a file");
        assert!(table.rows().is_err_and(|problem| problem.code == "file-changed"), "{changed:?}");
    }
}

#[test]
fn a_file_that_disappears_between_the_two_readings_is_missing() {
    let (_directory, file) = written(b"phone\n1\n");
    let table = Table::open(&file).expect("a table");
    fs::remove_file(&file).expect("removed");
    assert!(table.rows().is_err_and(|problem| problem.code == "missing-file"));
    assert_eq!(table.place(2, 0), Place { line: 2, column: 1 });
}

#[test]
fn a_cell_is_found_by_line_and_column_in_characters() {
    let (_directory, file) =
        written("\u{feff}phone,name,city\r\n\r\n+1,\"\u{e9}, t\u{e9}\",Lisbon\r\n+2,Rui\r\n".as_bytes());
    let table = Table::open(&file).expect("a table");
    let places = [(1, 0), (1, 2), (3, 0), (3, 1), (3, 2), (4, 1)].map(|(row, cell)| table.place(row, cell));
    let expected = [(1, 1), (1, 12), (3, 1), (3, 4), (3, 12), (4, 4)].map(|(line, column)| Place { line, column });
    assert_eq!(places, expected);
    // Beyond the row, or the file, the nearest place has to do.
    assert_eq!(table.place(4, 2), Place { line: 4, column: 4 });
    assert_eq!(table.place(9, 2), Place { line: 9, column: 1 });
    let mut rows = table.rows().expect("rows");
    let row = rows.next().expect("unchanged").expect("a row").expect("a good row");
    assert_eq!(row.place(2), table.place(3, 2));
}

#[test]
fn lines_are_found_wherever_the_blocks_of_reading_end() {
    // Blocks are 128 KiB: the ending of the last long row falls on every byte around the border.
    for border in 131_064..131_080 {
        for ending in ["\n", "\r\n", "\r"] {
            let mut text = format!("n{ending}");
            while text.len() < 126_000 {
                text.extend(["x".repeat(4_000).as_str(), ending]);
            }
            let rows = text.len() / 4_000 + 2;
            text.extend(["y".repeat(border - text.len()).as_str(), ending, "end", ending]);
            let (_directory, file) = written(text.as_bytes());
            let table = Table::open(&file).expect("a table");
            assert_eq!(table.row_count, rows as u64, "{border} {ending:?}");
            assert!(rows_of(&table).ends_with(&format!("\n{}: [\"end\"]\n", rows + 1)), "{border} {ending:?}");
        }
    }
}
