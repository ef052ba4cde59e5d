//! `tidings.yaml` on the command line: what campaigns share, where each value comes from, and what is told of it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;

const DEFAULTS: &str = "\
sender:
  phone_number_id: \"106540352242922\"
  token: { command: [op, read, \"op://ops/invented\"] }
send: { rate: 1000/s }
stop_when: { refused: { above: 5%, of_last: 200 }, in_doubt: { above: 1%, of_last: 500 } }
report: { show_phones: full }
";

const CAMPAIGN: &str = "\
campaign: spring
recipients: people.csv
templates:
  - name: hello_world
    languages: [en_US]
";

/// A campaign that leaves all it can to its defaults.
fn sharing() -> Project {
    Project::new().campaign(CAMPAIGN).file("tidings.yaml", DEFAULTS)
}

/// The same with its token in a variable.
fn sending() -> Project {
    sharing().file("tidings.yaml", DEFAULTS.replace("{ command: [op, read, \"op://ops/invented\"] }", "env:OURS"))
}

/// What `check --verbose` says on stdout.
fn shown(project: &Project) -> String {
    project.tidings(["check", "campaign.yaml", "--verbose"]).code(0).stdout.clone()
}

#[test]
fn a_campaign_can_leave_its_sender_to_the_defaults() {
    insta::assert_snapshot!(shown(&sharing()), @"
    spring: 3 rows, 3 messages, 0 turned away; no problems
      sender.phone_number_id      106540352242922       tidings.yaml:2
      sender.business_account_id  none                  built in
      sender.token                { command: [op, …] }  tidings.yaml:3
      sender.api_version          v25.0                 built in
      send.rate                   1000/s                tidings.yaml:4
      stop_when.refused.above     5%                    tidings.yaml:5
      stop_when.refused.of_last   200                   tidings.yaml:5
      stop_when.in_doubt.above    1%                    tidings.yaml:5
      stop_when.in_doubt.of_last  500                   tidings.yaml:5
      budget                      none                  built in
      report.directory            reports               built in
      report.formats              [csv, jsonl]          built in
      report.show_phones          full                  tidings.yaml:6
    ");
}

#[test]
fn a_campaigns_own_keys_win_one_by_one_and_lists_and_texts_as_a_whole() {
    let own = "sender: { token: \"env:OURS\", business_account_id: 7 }\nstop_when: { refused: { above: 2% }, in_doubt: ~ }\n\
               report: { formats: [csv], directory: \"out/of the way/where nobody looks for a report of a campaign\" }\n";
    insta::assert_snapshot!(shown(&sharing().campaign(&format!("{CAMPAIGN}{own}"))), @"
    spring: 3 rows, 3 messages, 0 turned away; no problems
      sender.phone_number_id      106540352242922                    tidings.yaml:2
      sender.business_account_id  7                                  campaign.yaml:6
      sender.token                env:OURS                           campaign.yaml:6
      sender.api_version          v25.0                              built in
      send.rate                   1000/s                             tidings.yaml:4
      stop_when.refused.above     2%                                 campaign.yaml:7
      stop_when.refused.of_last   200                                tidings.yaml:5
      stop_when.in_doubt          none                               campaign.yaml:7
      budget                      none                               built in
      report.directory            out/of the way/where nobody looks  campaign.yaml:8
                                  for a report of a campaign
      report.formats              [csv]                              campaign.yaml:8
      report.show_phones          full                               tidings.yaml:6
    ");
}

#[test]
fn programs_get_the_same_as_a_list() {
    let told = sharing().tidings(["check", "campaign.yaml", "--verbose", "--json"]).code(0).stdout.clone();
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let settings = &told["campaigns"][0]["settings"];
    insta::assert_snapshot!(settings[1], @r#"{"key":"sender.business_account_id","value":null,"origin":"built-in","file":null,"line":null}"#);
    insta::assert_snapshot!(settings[4], @r#"{"key":"send.rate","value":"1000/s","origin":"defaults","file":"tidings.yaml","line":4}"#);
    assert_eq!(settings.as_array().expect("a list").len(), 13);
    let without = sharing().tidings(["check", "campaign.yaml", "--json"]).code(0).stdout.clone();
    assert!(!without.contains("settings"), "{without}");
}

#[test]
fn what_is_wrong_in_the_defaults_is_told_once_for_all_campaigns_and_with_their_own_problems() {
    let project = sharing().file("tidings.yaml", DEFAULTS.replace("1000/s", "fast"));
    let project = project.file("other.yaml", CAMPAIGN.replace("spring", "Summer"));
    let ran = project.tidings(["check", "campaign.yaml", "other.yaml", "tidings.yaml"]);
    ran.code(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: `fast` is no rate
     --> tidings.yaml:4:15
      |
    4 | send: { rate: fast }
      |               ^^^^
      |
      = write messages a second or a minute: `60/s` or `600/min`

    error: `Summer` cannot be a campaign key
     --> other.yaml:1:11
      |
    1 | campaign: Summer
      |           ^^^^^^
      |
      = use 1 to 64 lower-case letters, digits, `_` and `-`, starting with a letter
        or a digit: `spring_sale_2026`

    2 problems in 2 files; nothing was sent
    ");
    let told = project.tidings(["check", "campaign.yaml", "other.yaml", "--json"]).code(2).stdout.clone();
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["problems_total"], 2);
    // Neither campaign is fit to be sent.
    assert_eq!([&told["campaigns"][0]["problems"], &told["campaigns"][1]["problems"]], [1, 2]);
}

#[test]
fn a_default_that_no_campaign_uses_is_wrong_all_the_same() {
    let project = sharing().file("tidings.yaml", DEFAULTS.replace("1000/s", "fast"));
    let project = project.campaign(&format!("{CAMPAIGN}send: {{ rate: 20/s }}\n"));
    project.tidings(["check", "campaign.yaml"]).code(2).stderr_has("--> tidings.yaml:4:15");
}

#[test]
fn a_file_of_defaults_is_checked_by_itself_and_is_no_campaign() {
    let project = sharing();
    let ran = project.tidings(["check", "campaign.yaml", "tidings.yaml", "--quiet"]);
    ran.code(0).silent();
    let ran = project.tidings(["check", "tidings.yaml"]);
    ran.code(0);
    insta::assert_snapshot!(ran.stdout, @"tidings.yaml: defaults for the campaigns beside it; no problems");
    let ran = project.tidings(["run", "tidings.yaml", "--yes"]);
    ran.code(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: tidings.yaml holds defaults, and no campaign
    --> tidings.yaml
     = name a campaign file beside it; `tidings check` looks through this one too

    1 problem; nothing was sent
    ");
    let ran = project.tidings(["run", "campaign.yaml", "tidings.yaml", "--sandbox", "--yes"]);
    ran.code(0).stdout_has("3 rows: 3 accepted").stderr_has("tidings.yaml: defaults for the campaigns beside it");
}

#[test]
fn defaults_that_cannot_be_read_are_never_passed_over() {
    let broken = || Project::new();
    let unread = broken().file("tidings.yaml", DEFAULTS);
    fs::set_permissions(unread.path("tidings.yaml"), fs::Permissions::from_mode(0o000)).expect("a mode");
    let directory = broken();
    fs::create_dir(directory.path("tidings.yaml")).expect("a directory");
    let link = broken();
    symlink("nowhere.yaml", link.path("tidings.yaml")).expect("a link");
    let large = broken().file("tidings.yaml", "# \n".repeat(400_000));
    let mut cases = vec![
        (directory, "this is a directory"),
        (link, "a link of this name leads to nothing"),
        (large, "this file is larger than 1 MB"),
        (broken().file("tidings.yaml", [b's', 0xff]), "this is not UTF-8 text"),
        (broken().file("tidings.yaml", format!("a: {}", "{a: ".repeat(100))), "more than 64 deep"),
        (broken().file("tidings.yaml", bomb()), "more than 50000 values"),
    ];
    // Root reads whatever it wants.
    if fs::File::open(unread.path("tidings.yaml")).is_err() {
        cases.push((unread, "this file cannot be read"));
    }
    for (project, words) in cases {
        for command in ["check", "preview", "run", "resume", "resolve"] {
            let ran = project.tidings([command, "campaign.yaml"]);
            ran.code(2).stderr_has(words).stderr_has("--> tidings.yaml").stderr_has("1 problem");
        }
        project.tidings(["templates", "pull", "campaign.yaml", "--sandbox"]).code(2).stderr_has(words);
        project.tidings(["seed", "campaign.yaml", "--to", "+12025550190", "--sandbox"]).code(2).stderr_has(words);
        // The kill switch needs none of it.
        project.tidings(["stop", "campaign.yaml"]).code(0).stdout_has("spring is stopped");
    }
}

/// Aliases of aliases.
fn bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..8 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    text
}

#[test]
fn a_campaign_that_leaves_its_sender_to_the_defaults_can_be_stopped() {
    sharing().tidings(["stop", "campaign.yaml"]).code(0).stdout_has("spring is stopped");
}

#[test]
fn defaults_that_say_nothing_change_nothing_and_only_those_beside_the_file_count() {
    let project = Project::new().file("tidings.yaml", "# send: { rate: 20/s }\n");
    project.tidings(["check", "campaign.yaml"]).code(0);
    // There is nothing that `~` could take away here.
    let project = project.file("tidings.yaml", "stop_when: { refused: ~ }\n");
    project.tidings(["check", "campaign.yaml"]).code(2).stderr_has("`refused` has no value");
    let project = Project::new().file("tidings.yaml", "nonsense: [\n");
    fs::create_dir(project.path("below")).expect("a directory");
    fs::copy(project.path("people.csv"), project.path("below/people.csv")).expect("a copy");
    fs::rename(project.path("campaign.yaml"), project.path("below/campaign.yaml")).expect("moved");
    project.tidings(["check", "below/campaign.yaml"]).code(0);
    // A link to a campaign starts its paths where the link is, and finds its defaults there too.
    symlink("below/campaign.yaml", project.path("linked.yaml")).expect("a link");
    project.tidings(["check", "linked.yaml"]).code(2).stderr_has("--> tidings.yaml");
}

#[test]
fn paths_in_the_defaults_start_at_them() {
    let defaults = DEFAULTS.replace("{ command: [op, read, \"op://ops/invented\"] }", "file:ours.txt");
    let project = sharing().file("tidings.yaml", defaults.replace("report: {", "report: { directory: told,"));
    let (project, server) =
        (project.secret("ours.txt", "invented-token\n"), Server::start(&["--token", "invented-token"]));
    let campaign = project.path("campaign.yaml").display().to_string();
    let ledger = project.path("ledger.sqlite").display().to_string();
    let mut command = project.command(["run", &campaign, "--yes", "--api-url", &server.url, "--ledger", &ledger]);
    let ran = command.current_dir("/").output().expect("a run");
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    assert!(project.path("told/spring").is_dir());
}

#[test]
fn a_saved_plan_is_stale_when_the_defaults_changed() {
    let project = sending().env("OURS", "invented-token");
    let stale = |project: &Project| {
        let ran = project.tidings(["run", "campaign.yaml", "--yes", "--sandbox", "--plan", "spring.plan"]);
        ran.code(2).stderr.clone()
    };
    project.preview(["--out", "spring.plan"]).code(0);
    let project = project.file("tidings.yaml", format!("{DEFAULTS}# a word\n"));
    insta::assert_snapshot!(stale(&project), @"error: the plan spring.plan is stale: tidings.yaml was edited since; look at a new one: tidings preview campaign.yaml --out spring.plan; nothing was sent");
    fs::remove_file(project.path("tidings.yaml")).expect("removed");
    let project = project.campaign(&format!("{CAMPAIGN}sender: {{ phone_number_id: 106540352242922 }}\n"));
    project.preview(["--out", "spring.plan"]).code(0);
    let project = project.file("tidings.yaml", "send: { rate: 20/s }\n");
    assert!(stale(&project).contains("is stale: tidings.yaml was not there when it was made"));
    project.preview(["--out", "spring.plan"]).code(0);
    fs::remove_file(project.path("tidings.yaml")).expect("removed");
    assert!(stale(&project).contains("is stale: tidings.yaml is gone"));
}

/// `run` with these arguments, with a ledger that lasts.
fn send(project: &Project, server: &Server, more: &[&str]) -> Ran {
    let arguments = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    project.tidings(arguments.into_iter().chain(more.iter().copied()))
}

#[test]
fn another_sender_in_the_defaults_needs_a_word_as_one_in_the_campaign_does() {
    let project = sending().env("OURS", "invented-token");
    send(&project, &Server::with_faults(&["132001=100"]), &[]).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let defaults = fs::read_to_string(project.path("tidings.yaml")).expect("defaults");
    let project = project.file("tidings.yaml", defaults.replace("106540352242922", "106540352242923"));
    let server = Server::start(&[]);
    send(&project, &server, &[]).code(2).stderr_has("--accept-changes").stderr_has("106540352242923");
    assert_eq!(server.book().requests, 0);
    let ran = send(&project, &server, &["--accept-changes"]);
    ran.code(0).stdout_has("3 accepted");
    let digests = &ran.summary()["digests"];
    assert!(digests["defaults"].is_string() && digests["defaults"] != digests["campaign"], "{digests}");
}

#[test]
fn an_edit_of_the_defaults_needs_another_look_on_a_phone() {
    let campaign = format!("{CAMPAIGN}require_seed: true\n");
    let (project, server) = (sending().campaign(&campaign).env("OURS", "invented-token"), Server::start(&[]));
    let seed = ["seed", "campaign.yaml", "--ledger", "ledger.sqlite", "--api-url", &server.url, "--to", "+12025550190"];
    project.tidings(seed).code(0);
    let defaults = fs::read_to_string(project.path("tidings.yaml")).expect("defaults");
    let edited = project.file("tidings.yaml", format!("{defaults}# a word\n"));
    send(&edited, &server, &[]).code(2).stderr_has("or was edited since");
    send(&edited.file("tidings.yaml", defaults), &server, &[]).code(0).stdout_has("3 accepted");
}

#[test]
fn campaigns_share_prices_and_each_has_its_own_limit() {
    let rates = "effective_from,currency,market,category,rate\n2026-01-01,EUR,North America,marketing,0.10\n";
    let lock = r#"{ "account": "1", "lock_version": 1, "templates": [{ "name": "hello_world", "language": "en_US",
        "status": "APPROVED", "category": "MARKETING", "components": [{ "type": "BODY", "text": "Hello" }] }] }"#;
    let project = sharing()
        .file("tidings.yaml", format!("{DEFAULTS}budget: {{ rates: rates.csv }}\n"))
        .file("rates.csv", rates)
        .file("templates.lock.json", lock)
        .campaign(&format!("{CAMPAIGN}budget: {{ max_cost: 0.20 EUR }}\n"));
    insta::assert_snapshot!(project.tidings(["check", "campaign.yaml"]).code(2).stderr, @"
    error: the plan may cost 0.30 EUR, which is 0.10 EUR more than this
     --> campaign.yaml:6:21
      |
    6 | budget: { max_cost: 0.20 EUR }
      |                     ^^^^^^^^
      |
      = send it to fewer people, or raise `max_cost`

    1 problem; nothing was sent
    ");
    let project = project.campaign(CAMPAIGN).file("tidings.yaml", format!("{DEFAULTS}budget: {{ rates: none.csv }}\n"));
    insta::assert_snapshot!(project.tidings(["check", "campaign.yaml"]).code(2).stderr, @"
    error: the rates file `none.csv`: there is no such file
     --> tidings.yaml:7:18
      |
    7 | budget: { rates: none.csv }
      |                  ^^^^^^^^
      |
      = its path starts at the campaign file; the README says what stands in it

    1 problem; nothing was sent
    ");
}
