//! The report: the columns that scripts depend on, safe in a spreadsheet, the same in every format, private.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::project::Project;
use crate::harness::reports::{self, Row};
use crate::harness::server::Server;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn a_report_opens_right_in_a_spreadsheet() {
    let ran = Project::new().run(["--sandbox"]);
    let text = String::from_utf8(ran.code(0).report().bytes).expect("UTF-8");
    assert!(text.starts_with(
        "\u{FEFF}row,recipient,template,language,state,reason,code,wamid,attempts,first_attempt_at,settled_at,delivery,\
         delivery_at,message_key\r\n2,'+12025550101,hello_world,en_US,accepted,"
    ));
    assert_eq!((text.matches("\r\n").count(), text.matches('\n').count()), (4, 4));
}

#[test]
fn no_cell_of_a_report_is_a_formula() {
    let cells = "phone\n=1+1\n@SUM(A1)\n-2\n\"\t5\"\n+12025550101\n";
    let skip = "recipients: { file: people.csv, on_invalid: skip }";
    let ran = Project::new().campaign_with("recipients: people.csv", skip).recipients(cells).run(["--sandbox"]);
    let report = ran.code(0).report();
    let formulas = ['=', '+', '-', '@', '\t', '\r'];
    for row in &report.rows {
        assert!(!row.recipient.starts_with(formulas) && !row.reason.starts_with(formulas), "{row:?}");
    }
    assert_eq!(report.states(), [("accepted", 1), ("turned_away", 4)].into());
}

#[test]
fn phone_numbers_are_masked_unless_the_campaign_says_otherwise() {
    let masked = Project::new().campaign_with("report: { show_phones: full }\n", "").run(["--sandbox"]);
    assert_eq!(masked.report().rows[0].recipient, "'+1202****0101");
    assert!(!fs::read_to_string(masked.report_directory().join("report.jsonl")).expect("lines").contains("2025550"));
}

#[test]
fn rows_that_are_turned_away_do_not_show_a_number_either() {
    let skip = "recipients: { file: people.csv, on_invalid: skip, on_duplicate: first }";
    let project = Project::new()
        .campaign_with("report: { show_phones: full }\n", "")
        .campaign_with("recipients: people.csv", skip)
        .recipients("phone\n+12025550101\n+12025550101\n+1202555010x\n");
    let ran = project.run(["--sandbox"]);
    let text = String::from_utf8(ran.code(0).report().bytes).expect("UTF-8");
    assert!(!text.contains("2025550"), "{text}");
}

/// The line of JSON that says the same as a row.
fn json(row: &Row) -> serde_json::Value {
    let text = |text: &str| (!text.is_empty()).then(|| text.trim_start_matches('\'').to_owned());
    serde_json::json!({
        "row": row.row,
        "recipient": text(&row.recipient),
        "template": text(&row.template),
        "language": text(&row.language),
        "state": row.state,
        "reason": text(&row.reason),
        "code": row.code,
        "wamid": text(&row.wamid),
        "attempts": row.attempts,
        "first_attempt_at": text(&row.first_attempt_at),
        "settled_at": text(&row.settled_at),
        "delivery": text(&row.delivery),
        "delivery_at": text(&row.delivery_at),
        "message_key": text(&row.message_key),
    })
}

#[test]
fn lines_of_json_say_the_same_as_the_rows() {
    let faults = ["--fault", "131026=30%", "--fault", "garbage=20%", "--fault", "held=20%"];
    let project = Project::new().recipients(crate::harness::people::csv(0..60));
    let ran = project.tidings(["run", "campaign.yaml", "--sandbox"].into_iter().chain(faults));
    let report = ran.code(4).report();
    assert_eq!(report.states().len(), 3, "{:?}", report.states());
    let rows: Vec<_> = report.rows.iter().map(json).collect();
    assert_eq!(ran.jsonl().into_iter().map(serde_json::Value::from).collect::<Vec<_>>(), rows);
}

#[test]
fn a_report_of_a_run_holds_every_row_and_its_lines_those_of_the_run() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.send(&server).code(0);
    let project = project.recipients("phone\n+12025550101\n+12025550102\n+12025550103\n+12025550104\n");
    let ran = project.send(&server);
    assert_eq!(ran.code(0).report().rows.len(), 4);
    assert_eq!(ran.jsonl().iter().map(|line| line["row"].clone()).collect::<Vec<_>>(), [5]);
    assert_eq!(reports::all(project.home()).len(), 2);
}

#[test]
fn the_summary_tells_the_run_in_numbers() {
    let project =
        Project::new().campaign_with("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }");
    let ran = project.recipients("phone\n+12025550101\n+12025550102\nnobody\n").run(["--sandbox"]);
    let mut summary = ran.code(0).summary();
    let digest = summary["digests"]["campaign"].as_str().expect("a digest").to_owned();
    assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    summary["digests"] = "[digests]".into();
    summary["duration_ms"] = "[duration]".into();
    let _redacted = ran.redact();
    insta::assert_snapshot!(serde_json::to_string_pretty(&summary).expect("JSON"), @r#"
    {
      "schema_version": 1,
      "tidings": "0.1.0",
      "campaign": "spring",
      "occurrence": "once",
      "phone_number_id": "106540352242922",
      "sandbox": true,
      "started_at": "[time]",
      "ended_at": "[time]",
      "duration_ms": "[duration]",
      "ending": "finished",
      "exit_code": 0,
      "counts": {
        "rows": 3,
        "accepted": 2,
        "refused": 0,
        "in_doubt": 0,
        "withdrawn": 0,
        "turned_away": 1,
        "waiting": 0
      },
      "withdrawn_before": {
        "removed": 0,
        "over": 0
      },
      "in_doubt_besides": 0,
      "this_run": {
        "accepted": 2,
        "refused": 0,
        "in_doubt": 0,
        "put_back": 0
      },
      "digests": "[digests]"
    }
    "#);
}

#[test]
fn reports_and_ledger_can_be_read_by_their_owner_only() {
    let project = Project::new().with_token();
    let ran = project.send(&Server::start(&[]));
    let directory = ran.code(0).report_directory();
    assert_eq!(mode(&directory), 0o700);
    let files: Vec<_> = fs::read_dir(&directory).expect("files").map(|entry| entry.expect("a file").path()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files.iter().chain([&project.path("ledger.sqlite"), &project.path("ledger.sqlite.lock")]) {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
}

#[test]
fn only_the_formats_that_are_asked_for_are_written() {
    let ran =
        Project::new().campaign_with("show_phones: full", "formats: [csv], directory: elsewhere").run(["--sandbox"]);
    ran.code(0).stdout_has("elsewhere/spring/");
}
