//! Damaged recipients files: whatever the bytes, every line is a row, a bad row, blank, or part of a problem.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;
use tidings::audience::csv::Table;

/// A directory with a recipients file in it.
fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("people.csv");
    fs::write(&file, bytes).expect("a file");
    (directory, file)
}

/// A good file of 200 rows with every kind of cell in it.
fn good_file() -> Vec<u8> {
    let mut text = "phone,name,city\n".to_owned();
    for row in 0..200 {
        let name = match row % 5 {
            0 => "\"Silva, Ana\"",
            1 => "\"the \"\"Nan\"\"\"",
            2 => "Jos\u{e9}",
            3 => "",
            _ => "Rui",
        };
        let blank = if row % 40 == 39 { "\n" } else { "" };
        writeln!(text, "+1202555{row:04},{name},Lisbon{blank}").expect("text");
    }
    text.into_bytes()
}

/// Physical lines that are not blank, counted in the plainest way.
fn lines_with_something(bytes: &[u8]) -> usize {
    bytes.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.trim_ascii().is_empty()).count()
}

/// The good rows of a table, and the numbers of its bad ones.
fn rows_of(table: &Table) -> (Vec<Vec<String>>, Vec<u64>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let mut rows = table.rows().expect("a readable file");
    while let Some(row) = rows.next().expect("an unchanged file") {
        match row {
            Ok(row) => good.push(row.cells.iter().map(str::to_owned).collect()),
            Err(row) => bad.push(row.number),
        }
    }
    (good, bad)
}

/// What the csv crate alone reads below the header, from a file without its bad lines and those of white space.
fn rows_by_csv_alone(bytes: &[u8], bad: &[u64]) -> Vec<Vec<String>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let (mut kept, mut number, mut after_cr) = (Vec::new(), 0, false);
    for line in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let is_rest_of_ending = after_cr && line == b"\n";
        after_cr = line.ends_with(b"\r");
        number += u64::from(!is_rest_of_ending);
        if is_rest_of_ending || !(bad.contains(&number) || line.trim_ascii().is_empty()) {
            kept.extend_from_slice(line);
        }
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(kept.as_slice());
    reader.records().map(|row| row.expect("a record").iter().map(str::to_owned).collect()).collect()
}

/// A file of lines with every kind of cell in them, stray quotes too, and every line ending.
fn lines_of_cells() -> impl Strategy<Value = Vec<u8>> {
    let sound = ["", "x", " \u{e9} ", "  ", "\"\"", "\"y, z\"", "\"the \"\"N\"\"\"", "\"\"\"\"", "\u{feff}"].to_vec();
    let stray = ["q\"", "\"q\"r,\""].to_vec();
    let cell = prop_oneof![12 => prop::sample::select(sound), 1 => prop::sample::select(stray)];
    let line = proptest::collection::vec(cell, 1..4).prop_map(|cells| cells.join(","));
    let ending = prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\r\r"]);
    let header = prop::sample::select(vec!["a", "a,b", "\u{feff}a,\"b\"", " \na,b,c", "\u{feff}\r\n\"a\",b,c"]);
    let lines = proptest::collection::vec((ending.clone(), line), 1..12);
    (header, lines, prop_oneof![Just(""), ending]).prop_map(|(header, lines, last)| {
        let lines: String = lines.into_iter().map(|(ending, line)| format!("{ending}{line}")).collect();
        format!("{header}{lines}{last}").into_bytes()
    })
}

/// Bytes of the kinds that matter, in any order.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop::sample::select(b"a,\"\n\r; \xC3\xA9\0".to_vec()), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_damaged_byte_gives_the_same_rows_or_a_problem_or_a_result_that_adds_up(
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"\n\r\",;\t\0 x".to_vec())],
        kind in 0..3,
    ) {
        let mut bytes = good_file();
        let at = at.index(bytes.len());
        match kind {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => { bytes.remove(at); }
        }
        let (_directory, file) = written(&bytes);
        let Ok(table) = Table::open(&file) else { return Ok(()) };
        let (mut good, mut bad, mut last) = (0, 0, 0);
        let mut rows = table.rows().expect("a readable file");
        while let Some(row) = rows.next().expect("an unchanged file") {
            let number = match row {
                Ok(row) => { good += 1; prop_assert_eq!(row.cells.len(), table.columns.len()); row.number }
                Err(row) => { bad += 1; row.number }
            };
            prop_assert!(number > last);
            last = number;
        }
        prop_assert_eq!(good + bad, lines_with_something(&bytes) - 1);
        prop_assert_eq!((good + bad) as u64, table.row_count);
        // Below the header one byte damages two rows at most, when it is a line ending.
        prop_assert!(good >= 198 || at <= "phone,name,city".len());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_problems(bytes in any_bytes()) {
        let (_directory, file) = written(&bytes);
        match Table::open(&file) {
            Ok(table) => {
                let mut rows = table.rows().expect("a readable file");
                let mut count = 0;
                while rows.next().expect("an unchanged file").is_some() {
                    count += 1;
                }
                prop_assert_eq!(count, lines_with_something(&bytes) - 1);
            }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn the_rows_are_those_that_the_csv_crate_reads_by_itself(bytes in prop_oneof![3 => lines_of_cells(), 1 => any_bytes()]) {
        let (_directory, file) = written(&bytes);
        let Ok(table) = Table::open(&file) else { return Ok(()) };
        let (good, bad) = rows_of(&table);
        prop_assert_eq!(good, rows_by_csv_alone(&bytes, &bad));
    }

    #[test]
    fn what_a_csv_writer_writes_is_read_as_it_was(rows in proptest::collection::vec(proptest::collection::vec("[^\r\n\0]{0,12}", 3), 1..20)) {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Necessary).from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).expect("a header");
        for row in &rows {
            writer.write_record(row).expect("a row");
        }
        let (_directory, file) = written(&writer.into_inner().expect("bytes"));
        let table = Table::open(&file).expect("a table");
        let mut read = Vec::new();
        let mut reading = table.rows().expect("a readable file");
        while let Some(row) = reading.next().expect("an unchanged file") {
            read.push(row.expect("a good row").cells.iter().map(str::to_owned).collect::<Vec<_>>());
        }
        prop_assert_eq!(read, rows);
    }
}
