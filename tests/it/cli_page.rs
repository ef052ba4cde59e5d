//! `tidings preview --html`: a page, looked at in a browser.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::project::Project;

/// Where it is set, a machine without a browser fails the tests that need one.
const REQUIRED: &str = "TIDINGS_BROWSER_REQUIRED";

const LOCK: &str = r#"{
  "account": "1", "lock_version": 1,
  "templates": [
    { "name": "hello_world", "language": "en_US", "status": "APPROVED", "category": "MARKETING", "parameter_format": "POSITIONAL",
      "components": [
        { "type": "HEADER", "format": "TEXT", "text": "For {{1}}" },
        { "type": "BODY", "text": "Hello {{1}}, *welcome*.\n\nSee <you> soon & {{1}}" },
        { "type": "FOOTER", "text": "<i>Bye</i>" },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Shop", "url": "https://shop.example.com/{{1}}" }] } ] },
    { "name": "hello_world", "language": "ar", "status": "APPROVED", "category": "MARKETING", "parameter_format": "POSITIONAL",
      "components": [
        { "type": "HEADER", "format": "TEXT", "text": "{{1}}" },
        { "type": "BODY", "text": "مرحبا {{1}}، الربيع هنا." },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "تسوق", "url": "https://shop.example.com/{{1}}" }] } ] },
    { "name": "hello_world", "language": "it", "status": "APPROVED", "category": "MARKETING", "parameter_format": "POSITIONAL",
      "components": [
        { "type": "HEADER", "format": "TEXT", "text": "{{1}}" },
        { "type": "BODY", "text": "Ciao {{1}}" },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Compra", "url": "https://shop.example.com/{{1}}" }] } ] }
  ]
}"#;

/// Names that would do harm if a page took them for anything but text.
fn hostile(number: usize) -> String {
    let names = [
        "<script>document.title='ran'</script>",
        "<img src=x onerror=document.title='ran'>",
        "\"><svg onload=document.title='ran'>",
        "' onmouseover='document.title=1' x='",
        "</style><script>1</script><style>",
        "&lt;b&gt; &amp;#60;script&amp;#62;",
        "--> <!-- ]]> <iframe src=//example.com>",
        "javascript:document.title='ran'",
        "\u{202e}txet desrever\u{202c}",
        "<base href=//example.com><link rel=stylesheet href=//example.com/a.css>",
        "{% include 'x' %} {# #}",
        "*<b>bold</b>* ```<pre>```",
    ];
    format!("{} {number}", names[number % names.len()])
}

fn project(rows: usize) -> Project {
    let rows: String = (0..rows)
        .map(|at| {
            let (language, name) = (["en_US", "ar", "it"][at % 3], hostile(at).replace('"', "\"\""));
            format!("+1202555{:04},{language},\"{name}\"\n", 100 + at)
        })
        .collect();
    Project::new()
        .campaign_with("show_phones: full", "show_phones: masked")
        .campaign_with("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }")
        .campaign_with(
            "[en_US]",
            "[en_US, ar, it]\n    header: { text: \"{{ name }}\" }\n    body: [\"{{ name }}\"]\n    buttons: { 0: { url: \"{{ name | urlencode }}\" } }",
        )
        .campaign_with("send:", "description: \"<script>document.title='ran'</script>\"\nsend:")
        .recipients(format!("phone,language,name\n{rows}+12025550199,en_US,\n"))
        .file("templates.lock.json", LOCK)
}

fn page(project: &Project) -> PathBuf {
    let ran = project.preview(["--html", "page.html"]);
    assert!(ran.code(0).stderr.ends_with("page: page.html\n"), "{}", ran.stderr);
    project.path("page.html")
}

/// A browser with a profile of its own and nothing that goes out by itself.
fn browser(profile: &Path) -> Option<Command> {
    let program = std::env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into());
    if Command::new(&program).arg("--version").output().is_err() {
        assert!(std::env::var_os(REQUIRED).is_none(), "there is no Chromium on this machine");
        skipped("there is no Chromium here; name one in the variable CHROMIUM");
        return None;
    }
    let mut command = Command::new(program);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--hide-scrollbars",
    ]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    Some(command)
}

#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// The page as a browser understands it.
fn understood(page: &Path) -> Option<String> {
    let profile = tempfile::tempdir().expect("a directory");
    let output = browser(profile.path())?.arg("--dump-dom").arg(page).output().expect("a browser");
    Some(String::from_utf8(output.stdout).expect("text"))
}

/// As a browser writes text out again.
fn as_written_out(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[test]
fn five_hundred_hostile_names_are_text_and_nothing_else() {
    let project = project(500);
    let page = page(&project);
    let Some(dom) = understood(&page) else { return };
    assert!(dom.contains("<title>spring: preview</title>"), "{}", &dom[..dom.len().min(2000)]);
    let shown = fs::read_to_string(&page).expect("a page").matches("<article").count();
    assert!((150..=200).contains(&shown), "{shown}");
    // What is text lost its brackets; what is left are the page's own elements.
    let mut elements: Vec<&str> = dom.split('<').skip(1).filter(|tag| !tag.starts_with(['/', '!'])).collect();
    elements.iter_mut().for_each(|tag| *tag = tag.split('>').next().unwrap_or_default());
    for tag in &elements {
        let name = tag.split(' ').next().unwrap_or_default();
        let is_own = "html head meta title style body header h1 h2 h3 bdi p dl div dt dd a section table thead tbody tr th td main \
                      fieldset legend label input article b span strong em s code footer";
        assert!(is_own.split_whitespace().any(|own| own == name), "<{tag}>");
        let attributes = tag.split('"').step_by(2).flat_map(str::split_whitespace).skip(1);
        for attribute in attributes {
            let known = [
                "class=",
                "dir=",
                "id=",
                "name=",
                "type=",
                "lang=",
                "charset=",
                "content=",
                "http-equiv=",
                "href=",
                "checked=",
            ];
            assert!(known.contains(&attribute), "`{attribute}` in <{tag}>");
        }
        assert!(!tag.contains("href=") || tag.contains("href=\"#"), "<{tag}>");
    }
    let shown_whole = (0..500).filter(|at| at % 3 == 2 && dom.contains(&as_written_out(&hostile(*at)))).count();
    assert!(shown_whole > 40, "{shown_whole}");
}

#[test]
fn a_page_loads_nothing_runs_nothing_and_is_for_its_owner_alone() {
    let project = project(6);
    let path = page(&project);
    let html = fs::read_to_string(&path).expect("a page");
    assert!(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    assert!(
        !html.contains("<script") && !html.contains("src=\"") && !html.contains("url(") && !html.contains("@import")
    );
    assert!(html.contains("<meta name=\"viewport\""));
    assert_eq!(fs::metadata(&path).expect("a page").permissions().mode() & 0o777, 0o600);
    assert!(!html.contains("2025550100") && html.contains("+1202****0100"), "a phone is not masked");
    let left = project.tree().into_iter().filter(|name| name.contains("tidings.preview")).count();
    assert_eq!(left, 0);
    for digest in ["campaign.yaml</bdi>, SHA-256", "people.csv</bdi>, SHA-256"] {
        assert!(html.contains(digest), "{digest}");
    }
    assert!(html.contains("Ciao "), "the wording is that of the lock file");
    // Without one the parameters are listed, and the page says why.
    fs::remove_file(project.path("templates.lock.json")).expect("a lock file");
    let html = fs::read_to_string(page(&project)).expect("a page");
    assert!(html.contains("not known here") && !html.contains("Ciao "), "no wording");
}

#[test]
fn a_page_replaces_a_page_and_nothing_else() {
    let project = project(3);
    page(&project);
    page(&project);
    for name in ["campaign.yaml", "people.csv", "."] {
        let before = fs::read(project.path(name)).ok();
        let ran = project.preview(["--html", name]);
        assert!(ran.code(2).stderr.contains("is there already and is no page of a preview"), "{}", ran.stderr);
        assert_eq!(fs::read(project.path(name)).ok(), before);
    }
    project.preview(["--html", "missing/page.html"]).code(74);
}

#[test]
fn a_page_is_readable_on_a_phone_and_a_desk_by_day_and_by_night() {
    let project = project(30);
    let page = page(&project);
    let mut seen = Vec::new();
    for (width, is_light) in [(360, true), (360, false), (1280, true), (1280, false)] {
        let profile = tempfile::tempdir().expect("a directory");
        let Some(mut command) = browser(profile.path()) else { return };
        let shot = project.path(&format!("{width}-{is_light}.png"));
        command.arg(format!("--blink-settings=preferredColorScheme={}", u8::from(is_light)));
        command.arg(format!("--window-size={width},1200")).arg(format!("--screenshot={}", shot.display())).arg(&page);
        let output = command.output().expect("a browser");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("CONSOLE"), "{said}");
        let png = fs::read(&shot).unwrap_or_else(|_| panic!("no screenshot: {said}"));
        assert!(png.starts_with(b"\x89PNG") && png.len() > 10_000, "an empty page");
        seen.push(png);
    }
    assert!(seen[0] != seen[1] && seen[2] != seen[3], "night looks like day");
}
