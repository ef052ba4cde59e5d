//! A token that a command prints: how long it may take, how much it may say, what it gets, and what is left of it.

use std::path::Path;

use tidings::secret::TokenSource;

use rustix::process::Signal;

use crate::harness::process::{Running, until};
use crate::harness::project::Project;
use crate::harness::server::Server;

fn shell(script: &str) -> TokenSource {
    TokenSource::Command(["sh", "-c", script].map(str::to_owned).to_vec())
}

/// A campaign whose token a shell prints.
fn asking(script: &str) -> Project {
    Project::new().sender(&format!("token: {{ command: [sh, -c, \"{script}\"] }}"))
}

async fn refusal(script: &str) -> String {
    let error = shell(script).read().await.expect_err("no token");
    assert!(!error.to_string().contains(script) && !format!("{error:?}").contains(script), "its arguments: {error}");
    error.to_string()
}

/// Whether a process, whose number stands in a file, does anything. A dead one may wait to be buried.
fn lives(pid: &Path) -> bool {
    let pid = std::fs::read_to_string(pid).expect("a process");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|state| !state.is_empty() && !state.starts_with(['Z', 'X']))
}

#[tokio::test(start_paused = true)]
async fn a_command_that_hangs_is_ended_after_ten_seconds_with_all_it_started() {
    let home = tempfile::tempdir().expect("a directory");
    let (child, itself) = (home.path().join("child"), home.path().join("itself"));
    let (written, path) = (itself.clone(), home.path().display());
    let script = format!("sleep 600 & echo $! > {path}/child; echo $$ > {path}/itself; sleep 600");
    // The clock stands while somebody waits for the command.
    let started = tokio::task::spawn_blocking(move || {
        until("the command", || std::fs::read_to_string(&written).is_ok_and(|pid| pid.ends_with('\n')).then_some(()));
    });
    let source = shell(&script);
    let (token, started) = tokio::join!(source.read(), started);
    started.expect("a command");
    assert_eq!(token.expect_err("no token").to_string(), "the token command `sh` did not answer within 10 s");
    for pid in [child, itself] {
        until("the end of it", || (!lives(&pid)).then_some(()));
    }
}

#[tokio::test]
async fn what_a_command_leaves_behind_is_ended_with_it() {
    let home = tempfile::tempdir().expect("a directory");
    let child = home.path().join("child");
    for (script, is_ok) in [("printf invented", true), ("exit 3", false)] {
        let script = format!("sleep 600 & echo $! > {}; {script}", child.display());
        assert_eq!(shell(&script).read().await.is_ok(), is_ok);
        until("the end of the child", || (!lives(&child)).then_some(()));
    }
}

#[tokio::test]
async fn more_than_a_token_is_refused_and_not_cut() {
    let printed = "head -c 8192 /dev/zero | tr '\\0' a";
    shell(printed).read().await.expect("a token");
    for script in [format!("{printed}; printf b"), "yes EAA".to_owned()] {
        assert_eq!(refusal(&script).await, "the token command `sh` printed more than 8 KiB, so not a token alone");
    }
}

#[tokio::test]
async fn what_a_command_says_of_its_failure_is_shown_without_secrets() {
    let token = "EAAGm0PX4ZcBAKinventedinventedinvented01";
    let long = "aB3".repeat(40);
    let told = [
        refusal("echo 'An error occurred (AccessDenied)' >&2; exit 254").await,
        refusal("exit 1").await,
        refusal("kill -9 $$").await,
        refusal(&format!("echo token={token} EAAshort {long}x >&2; exit 1")).await,
        refusal("echo printed-token; echo 'value=printed-token;' >&2; exit 1").await,
        refusal("printf 'a\\033[31mred\\r\\n\\tb' >&2; exit 1").await,
        refusal("exit 0").await,
        refusal("cat").await,
        refusal("printf '\\377\\376'").await,
        refusal("echo '{\"SecretString\": \"invented\"}'").await,
        refusal("echo two words").await,
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    the token command `sh` failed: exit status: 254; it says: An error occurred (AccessDenied)
    the token command `sh` failed: exit status: 1
    the token command `sh` failed: signal: 9 (SIGKILL)
    the token command `sh` failed: exit status: 1; it says: [hidden] [hidden] [hidden]
    the token command `sh` failed: exit status: 1; it says: [hidden]
    the token command `sh` failed: exit status: 1; it says: a [31mred b
    the output of `sh` does not hold a token: it is empty
    the output of `sh` does not hold a token: it is empty
    the token command `sh` printed what is not text
    the output of `sh` does not hold a token alone but JSON; keep the token there by itself, or ask for its field
    the output of `sh` does not hold a token: expected one line of printable ASCII characters
    ");
    let noise =
        refusal("i=0; while [ $i -lt 5000 ]; do echo \"line $i\" >&2; i=$((i+1)); done; echo the cause >&2; exit 1")
            .await;
    assert!(noise.len() < 1200 && noise.ends_with("line 4999 the cause"), "{noise}");
}

#[tokio::test]
async fn no_piece_of_a_secret_is_repeated() {
    let token = "EAAGm0PX4ZcBAKinventedinventedinvented01xyzXYZ98zyxZYX76";
    let told = [
        refusal(&format!("echo {token}; echo {token} | fold -w 12 >&2; exit 1")).await,
        refusal(&format!("echo {token}; echo {token} | base64 -w 40 >&2; exit 1")).await,
        refusal("echo 'login hvs.CAESIinvented0123456789 failed: secret_id=c4b0f7d1-0000-4b7c-9e1d-invented0001' >&2; exit 2").await,
        refusal(&format!("head -c 2000 /dev/zero | tr '\\0' x >&2; echo {token}{token} the cause >&2; exit 1")).await,
        refusal("echo 'no entry whatsapp-token in /etc/secrets (ResourceNotFoundException)' >&2; exit 1").await,
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    the token command `sh` failed: exit status: 1; it says: [hidden] [hidden] [hidden] [hidden] [hidden]
    the token command `sh` failed: exit status: 1; it says: [hidden] [hidden]
    the token command `sh` failed: exit status: 2; it says: login [hidden] failed: [hidden]
    the token command `sh` failed: exit status: 1; it says: [hidden] the cause
    the token command `sh` failed: exit status: 1; it says: no entry whatsapp-token in /etc/secrets (ResourceNotFoundException)
    ");
}

#[tokio::test]
async fn what_leaves_the_group_is_not_waited_for() {
    let home = tempfile::tempdir().expect("a directory");
    let daemon = home.path().join("daemon");
    let script = format!(
        "setsid sh -c 'echo $$ > {0}; exec sleep 600' & until test -s {0}; do :; done; printf invented",
        daemon.display()
    );
    shell(&script).read().await.expect("a token");
    let pid = std::fs::read_to_string(&daemon).expect("a process").trim().parse().expect("a number");
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).expect("a process"),
        rustix::process::Signal::KILL,
    )
    .expect("a daemon to end");
}

#[test]
fn a_program_with_a_relative_path_is_looked_for_beside_the_campaign() {
    let project = Project::new().sender("token: { command: [bin/ask] }");
    std::fs::create_dir(project.path("bin")).expect("a directory");
    let project = project.file("bin/ask", "#!/bin/sh\nprintf invented-token-47");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(project.path("bin/ask"), executable).expect("a mode");
    let server = Server::start(&["--token", "invented-token-47"]);
    let campaign = project.path("campaign.yaml").display().to_string();
    let ledger = project.path("ledger").display().to_string();
    let mut command = project.command(["run", &campaign, "--yes", "--ledger", &ledger, "--api-url", &server.url]);
    let ran = Running::start(command.current_dir("/"), project.share()).end();
    ran.code(0).stdout_has("3 accepted");
}

#[test]
fn a_wish_to_stop_ends_the_command_too() {
    let script = "echo $$ > itself; exec sleep 600";
    let project = asking(script);
    let server = Server::start(&[]);
    let running = project.start_sending(&server);
    let itself = project.path("itself");
    until("the command", || std::fs::read_to_string(&itself).is_ok_and(|pid| pid.ends_with('\n')).then_some(()));
    running.signal(Signal::TERM).end().code(5).stderr_has("nothing was sent");
    until("the end of it", || (!lives(&itself)).then_some(()));
}

#[test]
fn a_wish_to_stop_while_one_token_is_asked_for_begins_no_other_campaign() {
    let project = asking("echo $$ > first; exec sleep 600");
    let yaml = std::fs::read_to_string(project.path("campaign.yaml")).expect("a campaign");
    let project = project.file("next.yaml", yaml.replace("spring", "summer").replace("first", "second"));
    let server = Server::start(&[]);
    let run = ["run", "campaign.yaml", "next.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    let running = project.start(run);
    let first = project.path("first");
    until("the command", || std::fs::read_to_string(&first).is_ok_and(|pid| pid.ends_with('\n')).then_some(()));
    running.signal(Signal::TERM).end().code(5).stderr_has("asked to stop: 1 more were not begun");
    assert!(!project.path("second").exists());
}

#[test]
fn our_own_secrets_are_not_handed_on_and_all_else_is() {
    let script = "printf '%s' \\\"$BW_SESSION$WHATSAPP_APP_SECRET$WHATSAPP_ACCESS_TOKEN$TIDINGS_LEDGER\\\"";
    let project = asking(script);
    let project = project.env("WHATSAPP_APP_SECRET", "invented").env("WHATSAPP_ACCESS_TOKEN", "invented");
    let server = Server::start(&["--token", "invented-session"]);
    let project = project.env("TIDINGS_LEDGER", "other.sqlite").env("BW_SESSION", "invented-session");
    project.send(&server).code(0).stdout_has("3 accepted");
}
