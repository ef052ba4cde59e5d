//! How often a person gets a campaign: once, once a day, week or month, or once for each value of a column.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use tidings::policy::calendar::Period;

use crate::harness::project::Project;
use crate::harness::server::Server;

/// Two zones whose calendars always show different days: at least 24 hours lie between them.
const EARLIER: &str = "<-12>12";
const LATER: &str = "<+13>-13";

fn project(occurrence: &str) -> Project {
    Project::new().with_token().campaign_with("templates:", &format!("occurrence: {occurrence}\ntemplates:"))
}

#[test]
fn a_daily_campaign_reaches_each_person_once_a_day() {
    let (project, server) = (project("daily").env("TZ", EARLIER), Server::start(&[]));
    let ran = project.send(&server);
    ran.code(0).stdout_has("3 accepted");
    let first = ran.summary()["occurrence"].as_str().expect("an occurrence").to_owned();
    assert_eq!(Period::with_name(&first), Some(Period::Day));
    project.send(&server).code(0).stdout_has("nothing to send: 3 accepted");
    let project = project.env("TZ", LATER);
    let ran = project.send(&server);
    ran.code(0).stdout_has("3 accepted");
    assert!(*ran.summary()["occurrence"].as_str().expect("an occurrence") > *first);
    project.send(&server).code(0).stdout_has("nothing to send");
    assert_eq!(server.book().requests, 6);
}

#[test]
fn the_preview_says_how_often_and_by_whose_calendar() {
    let shown = project("daily").env("TZ", "UTC").preview([]);
    shown.code(0).stdout_has("each person once a day, by the calendar of this machine (UTC): 20");
    let shown = project("\"{{ phone }}\"").preview([]);
    shown.code(0).stdout_has("each person once for each `{{ phone }}`");
}

#[test]
fn the_calendar_does_not_run_backwards() {
    let (project, server) = (project("daily").env("TZ", LATER), Server::start(&[]));
    project.send(&server).code(0);
    let project = project.env("TZ", EARLIER);
    project.send(&server).code(2).stderr_has("has begun already").stderr_has("the time zone of this machine");
    assert_eq!(server.book().requests, 3);
    // A clock that ran ahead once must not hold the campaign for as long.
    let arguments = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    project.tidings(arguments.into_iter().chain(["--accept-changes"])).code(0).stdout_has("3 accepted");
    project.send(&server).code(0).stdout_has("nothing to send");
}

#[test]
fn what_a_day_left_waiting_is_not_sent_on_the_next() {
    let (project, server) = (project("daily").env("TZ", EARLIER), Server::start(&[]));
    project.send(&Server::with_faults(&["132001=100"])).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let ran = project.env("TZ", LATER).send(&server);
    ran.code(0).stdout_has("3 accepted");
    ran.stderr_has("3 messages withdrawn: an earlier run left them waiting, and their occurrence is over");
    assert_eq!(ran.summary()["withdrawn_before"]["over"], 3);
    assert_eq!(server.book().requests, 3);
}

#[test]
fn a_doubt_of_yesterday_is_listed_and_not_sent_again() {
    let project = project("daily").env("TZ", EARLIER);
    project.send(&Server::with_faults(&["reset-accepted=100"])).code(4);
    let project = project.env("TZ", LATER);
    let server = Server::start(&[]);
    let ran = project.send(&server);
    ran.code(4)
        .stdout_has("3 rows: 3 accepted\nin doubt besides: 3 messages of rows that left the file, or of earlier");
    assert_eq!(ran.summary()["in_doubt_besides"], 3);
    project.send(&server).code(4).stdout_has("nothing to send: 3 accepted\nin doubt besides: 3 messages");
    let resolve = |more: &[&str]| {
        let arguments = ["resolve", "campaign.yaml", "--ledger", "ledger.sqlite"];
        project.tidings(arguments.into_iter().chain(more.iter().copied()))
    };
    resolve(&[]).code(0).stdout_has("3 messages in doubt").stdout_has("row 2 then,");
    resolve(&["--resend", "--yes-may-duplicate", "3"])
        .code(2)
        .stderr_has("3 of them belong to an occurrence that is over")
        .stderr_has("cannot be sent again: --hold leaves them so, --give-up ends them; nothing was changed");
    resolve(&["--row", "2", "--hold"]).code(2).stderr_has("row 2 is not in doubt");
    resolve(&["--give-up"]).code(0).stdout_has("3 messages given up");
    project.send(&server).code(0).stdout_has("nothing to send: 3 accepted\n");
}

const INVOICES: &str = "phone,invoice_id\n+12025550101,A1\n+12025550101,A2\n+12025550102,A1\n";

#[test]
fn each_value_of_a_column_reaches_its_person_once() {
    let (project, server) = (project("\"{{ invoice_id }}\"").recipients(INVOICES), Server::start(&[]));
    let ran = project.send(&server);
    ran.code(0).stdout_has("3 rows: 3 accepted");
    let keys: std::collections::HashSet<_> =
        ran.jsonl().iter().map(|line| line["message_key"].as_str().expect("a key").to_owned()).collect();
    assert_eq!(keys.len(), 3);
    let project = project.recipients(format!("{INVOICES}+12025550102,A3\n"));
    project.send(&server).code(0).stdout_has("4 rows: 4 accepted");
    assert_eq!(server.book().requests, 4);
}

#[test]
fn a_doubt_is_listed_with_the_value_that_it_is_about() {
    let project = project("\"{{ invoice_id }}\"").recipients(INVOICES);
    project.send(&Server::with_faults(&["reset-accepted=100"])).code(4);
    let project = project.recipients(INVOICES.replace("+12025550101,A2\n", ""));
    project.send(&Server::start(&[])).code(4);
    let listed = project.tidings(["resolve", "campaign.yaml", "--ledger", "ledger.sqlite"]);
    listed.code(0).stdout_has("row 2, A1, to +12025550101").stdout_has("A2, not in the file any more, to +12025550101");
}

#[test]
fn the_same_person_and_value_twice_is_a_problem_and_an_empty_value_too() {
    let recipients = format!("{INVOICES}+12025550101,A2\n+12025550103,\n");
    let ran = project("\"{{ invoice_id }}\"").recipients(recipients).run(["--sandbox", "--yes"]);
    ran.code(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: the same person with the same occurrence `A2` already stands in row 3
     --> people.csv:5:1
      |
    5 | +12025550101,A2
      | ^^^^^^^^^^^^ row 5
      |
      = delete one of the rows, or set `recipients.on_duplicate` to `first` or
        `last`

    error: the occurrence is empty: the cell in column `invoice_id` is empty; fill
           it, or set `recipients.defaults.invoice_id`
     --> people.csv:6:14
      |
    6 | +12025550103,
      |              ^ row 6

    2 problems; nothing was sent
    ");
}

#[test]
fn another_kind_of_occurrence_would_reach_everybody_again_and_needs_a_word() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.send(&server).code(0);
    let project = project.campaign_with("templates:", "occurrence: monthly\ntemplates:");
    project.send(&server).code(2).stderr_has("changes from `once` to `monthly`").stderr_has("--accept-changes");
    assert_eq!(server.book().requests, 3);
    let arguments = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    project.tidings(arguments.into_iter().chain(["--accept-changes"])).code(0).stdout_has("3 accepted");
    project.send(&server).code(0).stdout_has("nothing to send");
}

#[test]
fn an_unknown_word_for_it_is_a_problem_in_its_place() {
    let ran = project("dayly").run(["--sandbox", "--yes"]);
    ran.code(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: `dayly` does not say how often each person gets the campaign
     --> campaign.yaml:5:13
      |
    5 | occurrence: dayly
      |             ^^^^^
      |
      = did you mean `daily`?

    1 problem; nothing was sent
    ");
    project("invoice_id").run(["--sandbox", "--yes"]).code(2).stderr_has("`\"{{ invoice_id }}\"`");
}

#[test]
fn weeks_and_months_have_the_names_of_the_calendar() {
    // 2027 begins on a Friday, in the last week of the year before.
    assert_eq!(Period::Week.name_of(date(2027, 1, 1)), "2026-W53");
    assert_eq!(Period::Week.name_of(date(2027, 1, 4)), "2027-W01");
    assert_eq!(Period::Month.name_of(date(2027, 1, 1)), "2027-01");
    assert_eq!(Period::Day.name_of(date(2027, 1, 1)), "2027-01-01");
    for no_period in ["once", "2027", "2027-1", "2027-13-01", "2027-W1", "{{ invoice_id }}", "20é7-01", "A027-01"] {
        assert_eq!(Period::with_name(no_period), None, "{no_period}");
    }
}

proptest! {
    #[test]
    fn later_days_are_in_the_same_period_or_in_one_that_sorts_behind(start in 0..20_000_i32, days in 0..400_i32) {
        let day = |days: i32| date(2020, 1, 1).saturating_add(jiff::Span::new().days(days));
        let (first, second): (Date, Date) = (day(start), day(start + days));
        for (period, longest) in [(Period::Day, 1), (Period::Week, 7), (Period::Month, 31)] {
            let names = [period.name_of(first), period.name_of(second)];
            prop_assert!(names[0] <= names[1]);
            prop_assert_eq!(Period::with_name(&names[0]), Some(period));
            if days >= longest {
                prop_assert!(names[0] != names[1]);
            }
        }
    }
}
