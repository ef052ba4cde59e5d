//! `tidings preview`: everything that a run would do, and nothing done.

use std::convert::Infallible;
use std::process::Command;

use tidings::campaign;
use tidings::clock::Clock;
use tidings::cloud::wire;
use tidings::plan::{Plan, Planned};
use unicode_width::UnicodeWidthStr;

use crate::harness::process::{Running, clean};
use crate::harness::project::{Project, TIDINGS};
use crate::harness::recorder::Recorder;

/// A project with a body, three languages' worth of rows and some that are turned away.
fn rich() -> Project {
    Project::new()
        .campaign_with(
            "recipients: people.csv",
            "recipients: { file: people.csv, on_invalid: skip, on_duplicate: last, default_country: US }",
        )
        .campaign_with(
            "[en_US]",
            "[en_US, pt_BR]\n    fallback: en_US\n    body: [\"{{ name | title }}\", \"{{ city }}\"]",
        )
        .recipients(
            "phone,language,name,city\n\
             +12025550101,en_US,quill,Old Mill\n\
             +12025550102,pt_BR,orvalda,São Solano\n\
             +12025550103,it_IT,tavan,\"Harbour, \"\"Pier 3\"\"\"\n\
             +12025550104,en_US,brind,\n\
             +1 202 555 0101,pt_BR,quill,Harbour\n\
             (202) 555-0105,en_US,sol,Old Mill\n",
        )
}

#[test]
fn a_preview_tells_counts_reasons_time_and_messages_that_differ() {
    let ran = rich().preview([]);
    ran.code(0);
    insta::assert_snapshot!(ran.stderr, @"not checked: template names, parameters, buttons and lengths, for there is no templates.lock.json; read it with: tidings templates pull campaign.yaml");
    insta::assert_snapshot!(ran.stdout, @r#"
    spring: 6 rows, 4 messages, 2 turned away
    from number 106540352242922, at most 1000 a second: about 1 s

    messages
              2  hello_world  en_US
              2  hello_world  pt_BR

    languages not written as listed
              1  `it_IT` sent in en_US, the fallback

    turned away
      row 2: the same person stands again in row 6
      row 5: body parameter 2 is empty: the cell in column `city` is empty; fill it,
             or set `recipients.defaults.city`

    3 of 4 messages
    the wording of hello_world is not known here, so parameters are shown; to read
    it: tidings templates pull campaign.yaml
    row 3 to +12025550102: hello_world (pt_BR), the first
    ╭─ hello_world · pt_BR ─╮
    │ body 1  Orvalda       │
    │ body 2  São Solano    │
    ╰───────────────────────╯
    row 4 to +12025550103: hello_world (en_US), the longest
    ╭─ hello_world · en_US ─────╮
    │ body 1  Tavan             │
    │ body 2  Harbour, "Pier 3" │
    ╰───────────────────────────╯
    row 7 to +12025550105: hello_world (en_US), the shortest
    ╭─ hello_world · en_US ─╮
    │ body 1  Sol           │
    │ body 2  Old Mill      │
    ╰───────────────────────╯
    "#);
    let widest = ran.stdout.lines().map(UnicodeWidthStr::width).max();
    assert!(widest <= Some(80), "{widest:?}");
}

#[test]
fn a_dry_run_is_the_preview() {
    let project = rich();
    assert_eq!(project.run(["--dry-run", "--yes"]).stdout, project.preview([]).stdout);
}

#[test]
fn a_preview_tells_programs_the_numbers() {
    let ran = rich().preview(["--json"]);
    ran.code(0);
    insta::assert_snapshot!(ran.stdout, @r#"
    {
      "campaign": "spring",
      "occurrence": "once",
      "phone_number_id": "106540352242922",
      "rows": 6,
      "messages": 4,
      "by_template": [
        {
          "template": "hello_world",
          "language": "en_US",
          "messages": 2
        },
        {
          "template": "hello_world",
          "language": "pt_BR",
          "messages": 2
        }
      ],
      "languages": [
        {
          "written": "pt_BR",
          "language": "pt_BR",
          "rule": "exact",
          "messages": 2
        },
        {
          "written": "en_US",
          "language": "en_US",
          "rule": "exact",
          "messages": 1
        },
        {
          "written": "it_IT",
          "language": "en_US",
          "rule": "fallback",
          "messages": 1
        }
      ],
      "turned_away": 2,
      "turned_away_by_reason": {
        "duplicate": 1,
        "empty": 1
      },
      "worth_a_look": [],
      "rate_per_second": 1000.0,
      "duration_s": 1,
      "cost": null,
      "cost_unknown": null,
      "since_last_run": null
    }
    "#);
}

#[test]
fn one_row_is_shown_as_its_reader_sees_it_or_with_why_it_is_turned_away() {
    let project = rich();
    insta::assert_snapshot!(project.preview(["--row", "4"]).stdout, @r#"
    row 4 to +12025550103: hello_world (en_US)
    ╭─ hello_world · en_US ─────╮
    │ body 1  Tavan             │
    │ body 2  Harbour, "Pier 3" │
    ╰───────────────────────────╯
    "#);
    insta::assert_snapshot!(project.preview(["--row", "5"]).stdout, @"
    row 5 is turned away: body parameter 2 is empty: the cell in column `city` is
                          empty; fill it, or set `recipients.defaults.city`
    ");
    insta::assert_snapshot!(project.preview(["--row", "2"]).stdout, @"row 2 is turned away: the same person stands again in row 6");
    insta::assert_snapshot!(project.preview(["--row", "8"]).stderr, @"error: the recipients file has no row 8: its rows are 2 to about 7");
    project.preview(["--row", "8"]).code(2);
    project.preview(["--row", "1", "--json"]).code(2);
}

#[test]
fn the_request_that_is_shown_is_the_request_that_is_sent() {
    let project = rich()
        .with_token()
        .recipients("phone,language,name,city\n+12025550102,pt_BR,orvalda,\"São Solano, \"\"Norte\"\"\"\n");
    let shown = project.preview(["--row", "2", "--json"]);
    let mut shown: serde_json::Value = serde_json::from_str(&shown.code(0).stdout).expect("JSON");

    let recorder = Recorder::start();
    project
        .run(["--yes", "--no-preflight", "--ledger", "ledger.sqlite", "--api-url", &recorder.url])
        .code(0)
        .stdout_has("1 accepted");
    let recorded = recorder.recorded();
    let callback = recorded.body["biz_opaque_callback_data"].as_str().expect("callback data");
    assert!(callback.len() <= 512 && callback != "preview", "{callback}");
    shown["biz_opaque_callback_data"] = callback.into();
    assert_eq!(recorded.body, shown);
    let head = recorded.head;
    assert!(head.starts_with("post /v25.0/106540352242922/messages http/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: bearer invented-token\r\n"), "{head}");
    assert!(head.contains(concat!("user-agent: tidings/", env!("CARGO_PKG_VERSION"), "\r\n")), "{head}");
}

#[test]
fn the_request_that_is_shown_is_what_the_library_composes() {
    let project = rich();
    let (campaign, problems) = campaign::read(&project.path("campaign.yaml"));
    assert_eq!(problems, []);
    let campaign = campaign.expect("a campaign");
    let mut requests = Vec::new();
    let outline = Plan::prepare(&campaign, None, Clock::System.local_date()).expect("a plan").compose(|planned| {
        if let Planned::Message { row, recipient, message, .. } = planned {
            requests.push((row, wire::envelope(recipient, &message.template, "preview")));
        }
        Ok::<_, Infallible>(())
    });
    assert_eq!(outline.expect("an outline").rows, 6);
    assert_eq!(requests.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 4, 6, 7]);
    for (row, request) in requests {
        let shown = project.preview(["--row", &row.to_string(), "--json"]).stdout;
        let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).expect("JSON");
        assert_eq!(json(shown.as_bytes()), json(&request));
    }
}

#[test]
fn a_preview_leaves_no_trace_and_needs_no_token() {
    let project = rich();
    let before = project.tree();
    for arguments in [&[][..], &["--json"], &["--row", "2"], &["--row", "2", "--json"]] {
        project.tidings(["preview", "campaign.yaml"].iter().chain(arguments).copied()).code(0);
    }
    project.run(["--dry-run"]).code(0);
    assert_eq!(project.tree(), before);
}

#[test]
fn a_preview_works_on_a_machine_without_any_network() {
    let apart = || {
        let mut command = clean("unshare");
        command.args(["--net", "--map-root-user"]);
        command
    };
    let possible = apart().arg("true").status().is_ok_and(|status| status.success());
    if !possible {
        return skipped("a machine without network cannot be made here");
    }
    let project = rich();
    let mut command: Command = apart();
    command.current_dir(project.home()).args([TIDINGS, "preview", "campaign.yaml"]);
    let ran = Running::start(&mut command, project.share()).end();
    assert_eq!(ran.code(0).stdout, project.preview([]).stdout);
}

#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

#[test]
fn problems_are_told_by_a_preview_as_by_a_run() {
    let project = rich().recipients("phone,language,nom\n+12025550101,en_US,quill\n");
    let (preview, run) = (project.preview([]), project.run(["--sandbox"]));
    assert_eq!(preview.code(2).stderr, run.code(2).stderr);
    assert_eq!(project.preview(["--json"]).code(2).stdout, "");
}
