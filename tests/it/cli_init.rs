//! `tidings init`: a project that works as it is, and nothing that is overwritten.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::harness::process::clean;
use crate::harness::project::Project;
use crate::schema;

const FILES: [&str; 5] = [".gitignore", "campaign.schema.json", "campaign.yaml", "crontab.example", "recipients.csv"];

fn started() -> Project {
    let project = Project::empty();
    project.tidings(["init"]).code(0);
    project
}

#[test]
fn a_starter_project_says_what_it_is_and_what_to_do_next() {
    let project = Project::empty();
    insta::assert_snapshot!(project.tidings(["init", "spring sale/first"]).code(0).stdout, @"
    a starter project in spring sale/first:
      campaign.yaml         the campaign; read it first, it explains itself
      recipients.csv        three people, invented
      campaign.schema.json  tells editors what may stand in a campaign
      .gitignore            keeps what is private out of git
      crontab.example       a line for cron
    next:
      tidings preview 'spring sale/first/campaign.yaml'
        shows what would be sent, and sends nothing
      tidings run 'spring sale/first/campaign.yaml' --sandbox --yes
        rehearses it with a simulator; nobody gets a message
      tidings run 'spring sale/first/campaign.yaml'
        sends, once your own number, template and people are in it
    ");
    assert_eq!(started().tree(), FILES);
    assert_eq!(started().tidings(["init", "--quiet", "b"]).code(0).stdout, "");
}

#[test]
fn a_starter_project_can_be_previewed_and_rehearsed() {
    let project = started();
    insta::assert_snapshot!(project.preview([]).code(0).stdout, @"
    my_first_campaign: 3 rows, 3 messages, 0 turned away
    What it is about, for you and your colleagues
    from number 106540352242922, at most 20 a second: about 1 s

    messages
              2  spring_sale  en_US
              1  spring_sale  es

    languages not written as listed
              1  `fr` sent in en_US, the fallback

    worth a look
              1  column `first_name` is empty, so something else is said (row 4)

    all messages
    the wording of spring_sale is not known here, so parameters are shown; to read
    it: tidings templates pull campaign.yaml
    row 2 to +1202****0101: spring_sale (en_US), the first, the shortest
    ╭─ spring_sale · en_US ─╮
    │ body first_name  Ada  │
    │ body discount    20%  │
    ╰───────────────────────╯
    row 3 to +1202****0102: spring_sale (es)
    ╭─ spring_sale · es ─────╮
    │ body first_name  Bruno │
    │ body discount    20%   │
    ╰────────────────────────╯
    row 4 to +1202****0103: spring_sale (en_US), the longest
    worth a look: column `first_name` is empty, so something else is said
    ╭─ spring_sale · en_US ───╮
    │ body first_name  Friend │
    │ body discount    15%    │
    ╰─────────────────────────╯
    ");
    project.run(["--sandbox", "--yes"]).code(0).stdout_has("3 rows: 3 accepted");
    // What was sent to nobody needs no ledger, and what git is told to leave out is all that is new.
    let new: Vec<String> = project.tree().into_iter().filter(|path| !FILES.contains(&path.as_str())).collect();
    assert!(new.iter().all(|path| path.starts_with("reports")), "{new:?}");
}

#[test]
fn what_a_starter_project_has_in_comments_works_too() {
    let project = started();
    let yaml = fs::read_to_string(project.path("campaign.yaml")).expect("a campaign");
    schema::accepts(&yaml);
    let buttons = yaml.replace("    # buttons:\n    #   0:", "    buttons:\n      0:");
    assert_ne!(buttons, yaml);
    schema::accepts(&buttons);
    project.campaign(&buttons).preview([]).code(0).stdout_has("button 0 url     SPRING-A101");
    let (before, rest) = yaml.split_once("    # The template's variables.").expect("a body");
    let (_, after) = rest.split_once("\nsend:").expect("what follows");
    let hello =
        format!("{before}\nsend:{after}").replace("spring_sale", "hello_world").replace("[en_US, es]", "[en_US]");
    let ran = started().campaign(&hello).preview([]);
    assert!(ran.code(0).stdout.contains("3  hello_world  en_US"), "{}", ran.stdout);
}

#[test]
fn an_editor_finds_the_schema_without_a_network() {
    let project = started();
    let yaml = fs::read_to_string(project.path("campaign.yaml")).expect("a campaign");
    let schema = yaml.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
    let written = fs::read_to_string(project.path(schema.expect("a schema"))).expect("the schema");
    assert_eq!(written, project.tidings(["schema"]).code(0).stdout);
}

#[test]
fn nothing_is_overwritten_and_nothing_is_begun_by_halves() {
    let project = Project::empty().file("recipients.csv", "phone\n").file(".gitignore", "/target\n");
    // A link to nowhere is somebody's, too.
    symlink("nowhere", project.path("campaign.yaml")).expect("a link");
    let before = project.tree();
    insta::assert_snapshot!(project.tidings(["init"]).code(2).stderr, @"error: already there: campaign.yaml, recipients.csv, .gitignore; nothing was written. Name a new directory: tidings init my_campaign");
    assert_eq!(project.tree(), before);
    assert_eq!(fs::read_to_string(project.path("recipients.csv")).expect("a file"), "phone\n");
    let again = started();
    again.tidings(["init"]).code(2).stderr_has("already there: campaign.yaml, recipients.csv, campaign.schema.json");
}

#[test]
fn a_directory_that_cannot_be_is_named() {
    let project = Project::empty().file("spring", "a file");
    let ran = project.tidings(["init", "spring/first"]);
    ran.code(2).stderr_has("spring/first cannot be written: ").stderr_has("; nothing was written");
    assert_eq!(project.tree(), ["spring"]);
}

#[test]
fn the_line_for_cron_runs_as_it_stands() {
    let project = Project::empty();
    project.tidings(["init", "it's 100% ours"]).code(0);
    let crontab = fs::read_to_string(project.path("it's 100% ours/crontab.example")).expect("a crontab");
    let line = crontab.lines().rfind(|line| !line.is_empty()).expect("a line");
    let command = line.splitn(6, char::is_whitespace).nth(5).expect("a command").trim();
    // cron ends a command at a bare %, and takes the backslash away from another.
    assert!(command.contains(r"\%") && !command.replace(r"\%", "").contains('%'), "{command}");
    let mut shell: Command = clean("sh");
    let rehearsal = format!("{} --sandbox", command.replace(r"\%", "%"));
    let ran = shell.current_dir("/").args(["-c", &rehearsal]).output().expect("a shell");
    assert!(ran.status.success() && ran.stdout.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(project.path("it's 100% ours/reports/my_first_campaign").exists());
}
