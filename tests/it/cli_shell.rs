//! Completions and manual pages, tried in the programs that read them.

use std::fs;
use std::process::{Command, Output, Stdio};

use crate::cli_help::COMMANDS;
use crate::harness::process::clean;
use crate::harness::project::Project;

/// What a program makes of a file; none where the machine does not have it.
fn read_by(program: &str, arguments: &[&str], file: &std::path::Path) -> Option<Output> {
    let mut command: Command = clean(program);
    let ran = command.args(arguments).arg(file).stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    match ran {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => skipped(program),
        Err(error) => panic!("{program}: {error}"),
    }
}

#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn skipped<T>(program: &str) -> Option<T> {
    eprintln!("skipped: there is no {program} here");
    None
}

/// What bash offers for the last of these words.
fn completed(words: &[&str]) -> Option<Vec<String>> {
    let project = Project::empty();
    let script = project.tidings(["completions", "bash"]).code(0).stdout.clone();
    let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
    let ask = format!(
        "{script}\nCOMP_WORDS=({})\nCOMP_CWORD={}\n_tidings tidings '{last}' '{before}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        words.join(" "),
        words.len() - 1,
    );
    fs::write(project.path("ask.bash"), ask).expect("a script");
    let ran = read_by("bash", &["--noprofile", "--norc"], &project.path("ask.bash"))?;
    assert!(ran.status.success() && ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(String::from_utf8_lossy(&ran.stdout).lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_commands_options_and_values() {
    let Some(commands) = completed(&["tidings", "pre"]) else { return };
    assert_eq!(commands, ["preview"]);
    assert_eq!(completed(&["tidings", "run", "--sand"]).expect("bash"), ["--sandbox"]);
    assert_eq!(completed(&["tidings", "completions", "f"]).expect("bash"), ["fish"]);
    assert_eq!(completed(&["tidings", "run", "--color", "al"]).expect("bash"), ["always"]);
}

#[test]
fn every_shell_gets_a_script_of_its_own() {
    let project = Project::empty();
    let scripts = ["bash", "elvish", "fish", "powershell", "zsh"].map(|shell| {
        let ran = project.tidings(["completions", shell]);
        ran.code(0).stdout_has("preview").stdout_has("acknowledge");
        ran.stdout
    });
    assert!(scripts.iter().enumerate().all(|(index, script)| !scripts[..index].contains(script)));
    project.tidings(["completions", "sh"]).code(2).stderr_has("bash");
}

#[test]
fn manual_pages_are_read_without_a_complaint() {
    let project = Project::empty();
    for command in COMMANDS.into_iter().filter(|command| *command != "help") {
        let page = project.tidings(["man", command].into_iter().filter(|word| !word.is_empty()));
        fs::write(project.path("page.1"), &page.code(0).stdout).expect("a page");
        let Some(ran) = read_by("groff", &["-man", "-Tascii", "-P-cbou", "-ww"], &project.path("page.1")) else {
            return;
        };
        let (text, complaints) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success() && complaints.is_empty(), "{command}: {complaints}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "GLOBAL OPTIONS", "EXAMPLES", "EXIT CODES"] {
            assert!(text.contains(&format!("\n{section}\n")), "{command} has no {section}: {text}");
        }
        let example = if command.is_empty() { "tidings init spring" } else { command };
        assert!(text.lines().any(|line| line.trim_start().starts_with("tidings ") && line.contains(example)), "{text}");
    }
    project.tidings(["man", "everything"]).code(2).stderr_has("there is no command everything");
}
