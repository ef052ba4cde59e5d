//! `tidings check`: every problem in one pass, for people and for programs, and nothing touched.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::harness::project::Project;
use crate::hostile_input::limits;

/// A campaign with a problem in each file.
fn bad() -> Project {
    Project::new()
        .campaign_with("report: { show_phones: full }\n", "")
        .campaign_with("languages:", "langauges:")
        .recipients("phone,name\n+1202555O101,Ana\n")
}

#[test]
fn what_is_right_is_told_in_a_line_for_each_campaign_and_touches_nothing() {
    let project = Project::new().campaign_with("people.csv", "{ file: people.csv, on_duplicate: first }");
    let project = project.recipients("phone\n+12025550101\n+12025550101\n");
    let other = std::fs::read_to_string(project.path("campaign.yaml")).expect("a campaign").replace("spring", "summer");
    let project = project.file("other.yaml", other);
    let ran = project.tidings(["check", "campaign.yaml", "other.yaml"]);
    ran.code(0);
    insta::assert_snapshot!(ran.stderr, @"
    not checked: template names, parameters, buttons and lengths, for there is no templates.lock.json; read it with: tidings templates pull campaign.yaml
    not checked: template names, parameters, buttons and lengths, for there is no templates.lock.json; read it with: tidings templates pull other.yaml
    ");
    insta::assert_snapshot!(ran.stdout, @"
    spring: 2 rows, 1 message, 1 turned away; no problems
    summer: 2 rows, 1 message, 1 turned away; no problems
    ");
    project.tidings(["check", "campaign.yaml", "--quiet"]).code(0).silent();
    assert_eq!(project.tree(), ["campaign.yaml", "other.yaml", "people.csv"]);
}

#[test]
fn a_problem_of_one_campaign_does_not_hide_those_of_another() {
    let project = bad().file("other.yaml", "campaign: [\n");
    let ran = project.tidings(["check", "other.yaml", "campaign.yaml", "none.yaml", "--quiet"]);
    ran.code(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: this bracket is never closed, or a comma is missing inside
     --> other.yaml:1:11
      |
    1 | campaign: [
      |           ^
      |
      = close the bracket, or put texts in quotes

    error: unknown key `langauges`
     --> campaign.yaml:7:5
      |
    7 |     langauges: [en_US]
      |     ^^^^^^^^^
      |
      = did you mean `languages`?

    error: `O` is a letter; a phone number has digits only
     --> people.csv:2:1
      |
    2 | +120***5O101,Ana
      | ^^^^^^^^^^^^ row 2
      |
      = was it meant to be the digit 0?

    error: there is no such file
    --> none.yaml
     = check the name and the directory

    4 problems in 4 files; nothing was sent
    ");
    assert_eq!(project.tree(), ["campaign.yaml", "other.yaml", "people.csv"]);
}

#[test]
fn json_lists_problems_with_fields_that_stay() {
    let ran = bad().tidings(["check", "campaign.yaml", "none.yaml", "--json"]);
    ran.code(2);
    assert_eq!(ran.stderr, "");
    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let nothing = Value::Null;
    assert_eq!(
        told,
        json!({
            "campaigns": [
                {
                    "file": "campaign.yaml", "campaign": "spring", "problems": 2,
                    "rows": nothing, "messages": nothing, "turned_away": nothing, "tests": 0, "tests_failed": 0,
                    "templates_checked": false, "advice": []
                },
                {
                    "file": "none.yaml", "campaign": nothing, "problems": 1,
                    "rows": nothing, "messages": nothing, "turned_away": nothing, "tests": 0, "tests_failed": 0,
                    "templates_checked": false, "advice": []
                }
            ],
            "problems": [
                {
                    "file": "campaign.yaml", "line": 7, "column": 5, "row": nothing, "code": "unknown-key",
                    "message": "unknown key `langauges`", "help": "did you mean `languages`?"
                },
                {
                    "file": "people.csv", "line": 2, "column": 1, "row": 2, "code": "phone-letter",
                    "message": "`O` is a letter; a phone number has digits only",
                    "help": "was it meant to be the digit 0?"
                },
                {
                    "file": "none.yaml", "line": nothing, "column": nothing, "row": nothing, "code": "missing-file",
                    "message": "there is no such file", "help": "check the name and the directory"
                }
            ],
            "problems_total": 3
        })
    );
}

#[test]
fn json_says_so_when_all_is_well() {
    let ran = Project::new().tidings(["check", "campaign.yaml", "--json", "--quiet"]);
    ran.code(0);
    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let campaign = json!({
        "file": "campaign.yaml", "campaign": "spring", "problems": 0, "rows": 3, "messages": 3, "turned_away": 0,
        "tests": 0, "tests_failed": 0, "templates_checked": false, "advice": []
    });
    assert_eq!(told, json!({ "campaigns": [campaign], "problems": [], "problems_total": 0 }));
}

#[test]
fn a_file_that_changed_since_is_not_quoted() {
    let project = bad();
    let later = SystemTime::UNIX_EPOCH + Duration::from_secs(32_503_680_000);
    let file = std::fs::File::options().append(true).open(project.path("people.csv")).expect("a file");
    file.set_modified(later).expect("a time");
    let ran = project.tidings(["check", "campaign.yaml"]);
    ran.code(2).stderr_has("--> people.csv:2:1").stderr_has("7 |     langauges");
    assert!(!ran.stderr.contains(",Ana"), "{}", ran.stderr);
}

#[test]
fn colours_are_for_those_who_want_them() {
    let coloured = bad().tidings(["check", "campaign.yaml", "--color", "always"]);
    let plain = bad().tidings(["check", "campaign.yaml"]);
    assert!(coloured.stderr.contains("\u{1b}[") && !plain.stderr.contains('\u{1b}'), "{}", coloured.stderr);
}

#[test]
fn a_preview_and_a_run_show_the_same_problems() {
    let project = Project::new().campaign_with("[en_US]", "[en_US]\n    body: [\"{{ naem }}\"]");
    let project = project.recipients("phone,name\nnobody,Ana\n");
    let checked = project.tidings(["check", "campaign.yaml"]).code(2).stderr.clone();
    assert!(checked.contains("no column `naem`") && checked.contains("no phone number"), "{checked}");
    assert_eq!(project.preview([]).code(2).stderr, checked);
    assert_eq!(project.run(["--sandbox"]).code(2).stderr, checked);
}

#[test]
fn hostile_files_cost_little_and_end_in_problems() {
    let mut bomb = String::from("a: &a0 [x, x]\n");
    for level in 1..40 {
        bomb += &format!("b{level}: &a{level} [{}]\n", format!("*a{},", level - 1).repeat(9));
    }
    let loops = "{% for a in range(9999) %}{% for b in range(9999) %}{{ phone }}{% endfor %}{% endfor %}";
    let nested = format!("{}phone{}", "(".repeat(200_000), ")".repeat(200_000));
    let body = |text: &str| {
        let yaml = std::fs::read_to_string(Project::new().path("campaign.yaml")).expect("a campaign");
        yaml.replace("[en_US]", &format!("[en_US]\n    body: ['{text}']"))
    };
    let campaigns = [
        bomb,
        "[".repeat(1_000_000),
        "{".repeat(1_000_000),
        "- ".repeat(500_000),
        format!("a: {}", "{a: ".repeat(250_000)),
        format!("a: \"{}", "\\u0041".repeat(170_000)),
        format!("campaign: {}", "x".repeat(1_000_000)),
        "\u{e9}\n".repeat(300_000),
        body(loops),
        body(&format!("{{{{ {nested} }}}}")),
        body(&"{{ a }}".repeat(50_000)),
        body(&"{".repeat(900_000)),
        body(&"{% if phone %}".repeat(50_000)),
        body("{{ phone * 999999999 }}"),
        format!("{{ {} }}", (0..900).map(|key| format!("\"{key} \u{65e5}\": a")).collect::<Vec<_>>().join(", ")),
    ];
    for campaign in campaigns {
        let start: String = campaign.chars().take(80).collect();
        let said = limits::check(&start, &Project::new().campaign(&campaign));
        assert!(said.code(2).stderr.starts_with("error: "), "{start}: {said:?}");
    }
    let tables = [
        "\"".repeat(1_000_000),
        ",".repeat(1_000_000),
        format!("phone\n{}", "\"\"\n".repeat(300_000)),
        format!("phone{}\n{}\n", ",".repeat(60_000), ",".repeat(60_000)),
        "\r".repeat(1_000_000),
    ];
    for table in tables {
        let start: String = table.chars().take(80).collect();
        let said = limits::check(&start, &Project::new().recipients(&table));
        assert!(said.code(2).stderr.starts_with("error: "), "{start:?}: {said:?}");
    }
}
