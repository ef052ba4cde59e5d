//! Bad input: every mistake told with its place and a way out, nothing sent, nothing kept that a later run would send.

use crate::harness::mount::{FULL, NEARLY_FULL, on_a_disk};
use crate::harness::project::Project;
use crate::harness::server::Server;

/// What a run says about bad input. Nothing was sent.
#[track_caller]
fn refused(project: &Project) -> String {
    let server = Server::start(&[]);
    let ran = project.send(&server);
    ran.code(2);
    assert_eq!((ran.stdout.as_str(), server.book().requests), ("", 0));
    assert_eq!(ran.stderr, project.run(["--sandbox"]).code(2).stderr);
    ran.stderr
}

/// With a token, so that nothing but the input is wrong.
fn project() -> Project {
    Project::new().with_token()
}

/// With a body that reads the columns `name` and `city`.
fn with_body() -> Project {
    project()
        .campaign_with("[en_US]", "[en_US]\n    body: [\"{{ name }}\", \"{{ city }}\"]")
        .recipients("phone,name,city\n+12025550101,quill,Old Mill\n+12025550102,orvalda,Harbour\n")
}

#[test]
fn a_campaign_file_that_is_not_there_is_told() {
    let project = project();
    insta::assert_snapshot!(project.tidings(["run", "campaing.yaml", "--sandbox"]).code(2).stderr, @"
    error: there is no such file
    --> campaing.yaml
     = check the name and the directory

    1 problem; nothing was sent
    ");
    insta::assert_snapshot!(project.tidings(["run", ".", "--sandbox"]).code(2).stderr, @"
    error: this is a directory
    --> .
     = name the campaign file in it

    1 problem; nothing was sent
    ");
}

#[test]
fn a_recipients_file_that_is_not_there_is_told_where_it_is_named() {
    insta::assert_snapshot!(refused(&project().campaign_with("people.csv", "peopel.csv")), @"
    error: the recipients file `peopel.csv`: there is no such file
     --> campaign.yaml:4:13
      |
    4 | recipients: peopel.csv
      |             ^^^^^^^^^^
      |
      = did you mean `people.csv`?

    1 problem; nothing was sent
    ");
}

#[test]
fn empty_files_are_told() {
    insta::assert_snapshot!(refused(&project().campaign("")), @"
    error: this file is empty
    --> campaign.yaml
     = a campaign needs at least `campaign`, `sender`, `recipients` and `templates`

    1 problem; nothing was sent
    ");
    insta::assert_snapshot!(refused(&project().recipients("")), @"
    error: this file is empty
    --> people.csv
     = it needs a header, such as `phone,first_name`, and a row for each recipient

    1 problem; nothing was sent
    ");
    insta::assert_snapshot!(refused(&project().recipients("phone\n")), @"
    error: this file has a header and no rows
    --> people.csv
     = add a row for each recipient

    1 problem; nothing was sent
    ");
}

#[test]
fn columns_that_are_missing_are_told() {
    insta::assert_snapshot!(refused(&project().recipients("mobile\n+12025550101\n")), @"
    error: the recipients file has no column `phone`
     --> campaign.yaml:4:13
      |
    4 | recipients: people.csv
      |             ^^^^^^^^^^
      |
      = the columns are: mobile; name the phone's column under `recipients`, or
        rename it

    1 problem; nothing was sent
    ");
    let without_city = "phone,name,town\n+12025550101,quill,Old Mill\n";
    insta::assert_snapshot!(refused(&with_body().recipients(without_city)), @r#"
    error: the recipients file has no column `city`
     --> campaign.yaml:8:30
      |
    8 |     body: ["{{ name }}", "{{ city }}"]
      |                              ^^^^
      |
      = the columns are: phone, name, town

    1 problem; nothing was sent
    "#);
}

#[test]
fn a_row_with_too_few_or_too_many_cells_is_told() {
    let ragged = "phone,name,city\n+12025550101,quill\n+12025550102,orvalda,Harbour,Pier 3\n";
    insta::assert_snapshot!(refused(&with_body().recipients(ragged)), @r#"
    error: this row has 2 cells, the header 3 columns
     --> people.csv:2:14
      |
    2 | +12025550101,quill
      |              ^^^^^ row 2
      |
      = every column needs its comma, even when the cell is empty

    error: this row has 4 cells, the header 3 columns
     --> people.csv:3:30
      |
    3 | +12025550102,orvalda,Harbour,Pier 3
      |                              ^^^^^^ row 3
      |
      = a cell that holds a comma goes into quotes: "Lisbon, Portugal"

    2 problems; nothing was sent
    "#);
}

#[test]
fn quotes_never_swallow_rows() {
    let unclosed = "phone,name,city\n+12025550101,\"quill,Old Mill\n+12025550102,orvalda,Harbour\n";
    insta::assert_snapshot!(refused(&with_body().recipients(unclosed)), @r#"
    error: in row 2 a quote opens a cell and the line ends before the cell does
     --> people.csv:2:14
      |
    2 | +12025550101,"quill,Old Mill
      |              ^ row 2
      |
      = remove the quote or close it; if the cell holds a line break, put a space in
        its place

    1 problem; nothing was sent
    "#);
    let stray = "phone,name,city\n+12025550101,qu\"ill,Old Mill\n";
    insta::assert_snapshot!(refused(&with_body().recipients(stray)), @r#"
    error: a quote stands in the middle of a cell
     --> people.csv:2:16
      |
    2 | +12025550101,qu"ill,Old Mill
      |                ^ row 2
      |
      = remove the quote; or put the whole cell into quotes, without a space before
        them, and write each quote inside it twice

    1 problem; nothing was sent
    "#);
}

#[test]
fn bytes_that_are_no_text_are_told() {
    insta::assert_snapshot!(refused(&with_body().recipients(b"phone,name,city\n+12025550101,qu\0ill,Old Mill\n")), @r#"
    error: there is a NUL byte here: this is not plain text, or it is UTF-16
     --> people.csv:2:16
      |
    2 | +12025550101,qu␀ill,Old Mill
      |                ^ row 2
      |
      = save the file as "CSV UTF-8" and name that one

    1 problem; nothing was sent
    "#);
    insta::assert_snapshot!(refused(&with_body().recipients(b"phone,name,city\n+12025550101,Solid\xE3o,Old Mill\n")), @r#"
    error: the byte E3 here is not UTF-8 text; was it meant as `ã`?
     --> people.csv:2:19
      |
    2 | +12025550101,Solid�o,Old Mill
      |                   ^ row 2
      |
      = save the file as "CSV UTF-8" and name that one

    1 problem; nothing was sent
    "#);
    insta::assert_snapshot!(refused(&project().file("campaign.yaml", b"campaign: s\xE3o\n")), @"
    error: this is not UTF-8 text
     --> campaign.yaml:1:12
      |
    1 | campaign: s�o
      |            ^
      |
      = save the file with the encoding UTF-8

    1 problem; nothing was sent
    ");
}

#[test]
fn a_column_that_stands_twice_is_told() {
    let twice = "phone,name,city,name\n+12025550101,quill,Old Mill,quill\n";
    insta::assert_snapshot!(refused(&with_body().recipients(twice)), @"
    error: `name` is the name of column 2 already
     --> people.csv:1:17
      |
    1 | phone,name,city,name
      |                 ^^^^ row 1
      |
      = give one of the two another name

    1 problem; nothing was sent
    ");
}

#[test]
fn a_language_that_whatsapp_does_not_know_is_told() {
    insta::assert_snapshot!(refused(&project().campaign_with("[en_US]", "[en-US, pt]")), @"
    error: unknown language code `en-US`
     --> campaign.yaml:7:17
      |
    7 |     languages: [en-US, pt]
      |                 ^^^^^
      |
      = did you mean `en_US`?

    error: unknown language code `pt`
     --> campaign.yaml:7:24
      |
    7 |     languages: [en-US, pt]
      |                        ^^
      |
      = did you mean `pt_BR` or `pt_PT`?

    error: the recipients file has no column `language`
     --> campaign.yaml:4:13
      |
    4 | recipients: people.csv
      |             ^^^^^^^^^^
      |
      = the columns are: phone; name the language's column under `recipients`, or
        rename it

    3 problems; nothing was sent
    ");
}

#[test]
fn parameters_that_whatsapp_would_refuse_are_told() {
    let empty = "phone,name,city\n+12025550101,,Old Mill\n+12025550102,orvalda,a     b\n";
    insta::assert_snapshot!(refused(&with_body().recipients(empty)), @"
    error: body parameter 1 is empty: the cell in column `name` is empty; fill it,
           or set `recipients.defaults.name`
     --> people.csv:2:14
      |
    2 | +12025550101,,Old Mill
      |              ^ row 2

    error: body parameter 2 (column `city`) holds more than four spaces in a row;
           WhatsApp refuses that in a parameter; put one space in its place
     --> people.csv:3:22
      |
    3 | +12025550102,orvalda,a     b
      |                      ^^^^^^^ row 3

    2 problems; nothing was sent
    ");
    let line_break = "phone,name,city\n+12025550101,\"quill\nthe first\",Old Mill\n";
    insta::assert_snapshot!(refused(&with_body().recipients(line_break)), @r#"
    error: in row 2 a quote opens a cell and the line ends before the cell does
     --> people.csv:2:14
      |
    2 | +12025550101,"quill
      |              ^ row 2
      |
      = remove the quote or close it; if the cell holds a line break, put a space in
        its place

    1 problem; nothing was sent
    "#);
}

#[test]
fn keys_that_nobody_knows_are_told() {
    insta::assert_snapshot!(refused(&project().campaign_with("send:", "sned:")), @"
    error: unknown key `sned`
     --> campaign.yaml:8:1
      |
    8 | sned: { rate: 1000/s }
      | ^^^^
      |
      = did you mean `send`?

    1 problem; nothing was sent
    ");
}

#[test]
fn all_mistakes_of_both_files_are_told_at_once_in_their_order() {
    let project = with_body()
        .campaign_with("campaign: spring", "campaign: Spring Sale")
        .campaign_with("106540352242922", "+106540352242922")
        .recipients("phone,name,city\nnobody,quill,Old Mill\n+12025550102,,Harbour\n+12025550103,sol\n");
    insta::assert_snapshot!(refused(&project), @r#"
    error: `Spring Sale` cannot be a campaign key
     --> campaign.yaml:1:11
      |
    1 | campaign: Spring Sale
      |           ^^^^^^^^^^^
      |
      = use 1 to 64 lower-case letters, digits, `_` and `-`, starting with a letter
        or a digit: `spring_sale_2026`

    error: `+106540352242922` is no id of Meta's
     --> campaign.yaml:3:21
      |
    3 |   phone_number_id: "+106540352242922"
      |                     ^^^^^^^^^^^^^^^^
      |
      = this is not the phone number but its id: digits, to be found in WhatsApp
        Manager under API setup

    error: this is no phone number
     --> people.csv:2:1
      |
    2 | nobody,quill,Old Mill
      | ^^^^^^ row 2
      |
      = write the number with + and the country code, such as +12025550123

    error: body parameter 1 is empty: the cell in column `name` is empty; fill it,
           or set `recipients.defaults.name`
     --> people.csv:3:14
      |
    3 | +12025550102,,Harbour
      |              ^ row 3

    error: this row has 2 cells, the header 3 columns
     --> people.csv:4:14
      |
    4 | +12025550103,sol
      |              ^^^ row 4
      |
      = every column needs its comma, even when the cell is empty

    5 problems in 2 files; nothing was sent
    "#);
}

#[test]
fn a_row_that_cannot_become_a_message_is_refused_or_skipped_as_the_campaign_says() {
    let cells = "phone,name,city\n+12025550101,quill,Old Mill\n+1202555010x,orvalda,Harbour\n+12025550103,,Harbour\n";
    let project = with_body().recipients(cells);
    insta::assert_snapshot!(refused(&project), @"
    error: `x` is a letter; a phone number has digits only
     --> people.csv:3:1
      |
    3 | +1202555010x,orvalda,Harbour
      | ^^^^^^^^^^^^ row 3
      |
      = write the digits only

    error: body parameter 1 is empty: the cell in column `name` is empty; fill it,
           or set `recipients.defaults.name`
     --> people.csv:4:14
      |
    4 | +12025550103,,Harbour
      |              ^ row 4

    2 problems; nothing was sent
    ");
    let skip = "recipients: { file: people.csv, on_invalid: skip }";
    let ran = project.campaign_with("recipients: people.csv", skip).run(["--sandbox"]);
    ran.code(0).stdout_has("3 rows: 1 accepted, 2 turned away");
    let report = ran.report();
    let told: Vec<_> = report.of("turned_away").iter().map(|row| format!("{}: {}", row.row, row.reason)).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    3: `x` is a letter; a phone number has digits only; write the digits only
    4: body parameter 1 is empty: the cell in column `name` is empty; fill it, or set `recipients.defaults.name`
    ");
}

#[test]
fn the_same_person_twice_is_refused_or_one_row_counts_as_the_campaign_says() {
    let cells =
        "phone,name,city\n+12025550101,quill,Old Mill\n+12025550102,sol,Old Mill\n+1 202 555 0101,quillan,Harbour\n";
    let project = with_body().recipients(cells);
    insta::assert_snapshot!(refused(&project), @"
    error: the same person already stands in row 2
     --> people.csv:4:1
      |
    4 | +1 202 555 0101,quillan,Harbour
      | ^^^^^^^^^^^^^^^ row 4
      |
      = delete one of the rows, or set `recipients.on_duplicate` to `first` or
        `last`

    1 problem; nothing was sent
    ");
    let rows_sent = |project: &Project| -> Vec<u64> {
        let report = project.run(["--sandbox"]).code(0).stdout_has("2 accepted, 1 turned away").report();
        report.of("accepted").iter().map(|row| row.row).collect()
    };
    let first = "recipients: { file: people.csv, on_duplicate: first }";
    let project = project.campaign_with("recipients: people.csv", first);
    assert_eq!(rows_sent(&project), [2, 3]);
    assert_eq!(rows_sent(&project.campaign_with("first", "last")), [3, 4]);
}

#[test]
fn what_was_refused_leaves_nothing_that_a_later_run_would_send() {
    let (project, server) = (with_body(), Server::start(&[]));
    let project = project.recipients("phone,name,city\n+12025550107,sol,Harbour\n+12025550108,,Harbour\n");
    project.send(&server).code(2);
    let mended = project.recipients("phone,name,city\n+12025550101,quill,Old Mill\n");
    mended.send(&server).code(0).stdout_has("1 row: 1 accepted");
    let book = server.book();
    assert_eq!(book.messages.iter().map(|message| &*message.recipient).collect::<Vec<_>>(), ["+12025550101"]);
}

#[test]
fn a_mistake_made_later_sends_nothing_and_a_row_that_is_gone_is_not_sent_either() {
    let (project, without) = (with_body(), Server::with_faults(&["190=100%"]));
    project.send(&without).code(77).stdout_has("2 waiting");
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let server = Server::start(&[]);
    let project = project.recipients("phone,name,city\n+12025550101,,Old Mill\n");
    project.send(&server).code(2);
    assert_eq!(server.book().requests, 0);
    let project = project.recipients("phone,name,city\n+12025550102,orvalda,Harbour\n");
    project.send(&server).code(0).stdout_has("1 row: 1 accepted");
    assert_eq!(server.book().messages[0].recipient, "+12025550102");
    assert_eq!(server.book().requests, 1);
}

#[test]
fn a_report_directory_that_cannot_be_is_found_before_the_first_message() {
    let (project, server) = (project().file("reports", "a file where the directory should be"), Server::start(&[]));
    let ran = project.send(&server);
    ran.code(74);
    let _redacted = ran.redact();
    insta::assert_snapshot!(ran.stderr.replace(&server.url, "[url]"), @"
    sending to [url], not to WhatsApp
    error: the report reports/spring cannot be written: Not a directory (os error 20); make room or name another place under `report.directory`; the ledger keeps what was sent
    ");
    assert_eq!(server.book().requests, 0);
    std::fs::remove_file(project.path("reports")).expect("a file");
    project.send(&server).code(0).stdout_has("3 accepted");
}

#[test]
fn a_ledger_that_cannot_be_is_found_before_the_first_message() {
    let (project, server) = (project().file("ledger.sqlite", "no ledger at all"), Server::start(&[]));
    let ran = project.send(&server);
    ran.code(74).stderr_has("ledger.sqlite").stderr_has("is not a ledger");
    assert_eq!(server.book().requests, 0);
    assert_eq!(std::fs::read_to_string(project.path("ledger.sqlite")).expect("a file"), "no ledger at all");
}

#[test]
fn a_disk_without_room_is_found_before_the_first_message() {
    for (directory, disk) in [("reports", FULL), ("ledgers", FULL), ("ledgers", NEARLY_FULL)] {
        let (project, server) = (project(), Server::start(&[]));
        std::fs::create_dir(project.path(directory)).expect("a directory");
        let Some(running) = on_a_disk(disk, &project, &project.path(directory), &server) else { return };
        running.end().code(74).stderr_has(directory);
        assert_eq!(server.book().requests, 0);
    }
}
