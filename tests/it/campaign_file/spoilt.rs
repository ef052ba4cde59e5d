//! Small campaign files with a fault each, and everything that is said about them.

use std::path::Path;

use tidings::campaign;

/// A small file without problems, which tests spoil.
const GOOD: &str = r#"campaign: spring
sender: { phone_number_id: "1065" }
recipients: spring.csv
templates:
  - { name: spring, languages: [en_US] }
"#;

/// Everything that is said about a file of that content.
pub(super) fn problems(text: impl AsRef<[u8]>) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("spring.yaml");
    std::fs::write(&file, text).expect("a file");
    said(&file, directory.path())
}

pub(super) fn said(file: &Path, directory: &Path) -> String {
    let (campaign, problems) = campaign::read(file);
    let said: Vec<String> = problems.iter().map(|problem| format!("[{}] {problem}", problem.code)).collect();
    assert!(!said.is_empty(), "nothing was found: {campaign:?}");
    said.join("\n").replace(&format!("{}/", directory.display()), "")
}

/// What is said when the small file's line that starts with a key is replaced.
pub(super) fn with(key: &str, line: &str) -> String {
    let lines = GOOD.lines().map(|old| if old.starts_with(key) { line } else { old });
    problems(lines.collect::<Vec<_>>().join("\n"))
}

/// What is said about a campaign with these lines at its end.
pub(super) fn and(lines: &str) -> String {
    problems(format!("{GOOD}{lines}\n"))
}

/// What is said about a campaign with this in its template.
pub(super) fn template(part: &str) -> String {
    problems(GOOD.replace("[en_US] }", &format!("[en_US],\n      {part} }}")))
}
