//! A token in a file: who else may read or write it, what it is, and what stands in it.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, mkfifoat};
use tempfile::TempDir;
use tidings::secret::{TokenError, TokenSource, Variables};

use crate::harness::process::{Running, clean};
use crate::harness::project::{Project, TIDINGS};
use crate::harness::server::Server;

const TOKEN: &str = "invented-token-42";

fn with_source(source: &str) -> Project {
    Project::new().sender(&format!("token: \"{source}\""))
}

/// A file with a mode.
fn file(directory: &Path, content: impl AsRef<[u8]>, mode: u32) -> PathBuf {
    let path = directory.join("token");
    fs::write(&path, content).expect("a file");
    set_mode(&path, mode);
    path
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// Reads a token from a file; what is said is shown without its path.
async fn read(path: &Path) -> Result<(), String> {
    let shown = |error: TokenError| {
        let told = error.to_string();
        assert!(!told.contains(TOKEN), "{told}");
        told.replace(&path.display().to_string(), "FILE")
    };
    TokenSource::File(path.to_owned()).read().await.map(drop).map_err(shown)
}

async fn refusal(path: &Path) -> String {
    read(path).await.expect_err("no token")
}

#[tokio::test]
async fn nobody_else_may_read_or_write_it() {
    let home = directory();
    for mode in [0o600, 0o400, 0o700, 0o500] {
        read(&file(home.path(), TOKEN, mode)).await.expect("a token");
    }
    let refused = async |mode| refusal(&file(home.path(), TOKEN, mode)).await;
    // Root may let a group read its own file, and as root the tests make such ones.
    let is_root = rustix::process::getuid().is_root();
    for mode in [0o640, 0o440] {
        assert_eq!(read(&file(home.path(), TOKEN, mode)).await.is_ok(), is_root, "{mode:o}");
    }
    for mode in [0o604, 0o644, 0o444] {
        let told = format!("the file FILE may be read by other users (mode {mode:04o}): chmod 600 FILE");
        assert_eq!(refused(mode).await, told);
    }
    for mode in [0o660, 0o602, 0o622, 0o666, 0o777] {
        let told = format!("the file FILE may be changed by other users (mode {mode:04o}): chmod 600 FILE");
        assert_eq!(refused(mode).await, told);
    }
}

#[tokio::test]
async fn nobody_else_may_put_another_in_its_place() {
    let home = directory();
    let (open, shut) = (home.path().join("open"), home.path().join("shut"));
    fs::create_dir(&open).expect("a directory");
    fs::create_dir(&shut).expect("a directory");
    let (inside, outside) = (file(&open, TOKEN, 0o600), file(&shut, TOKEN, 0o600));
    symlink(&outside, open.join("link")).expect("a link");
    symlink(&inside, shut.join("link")).expect("a link");
    for mode in [0o755, 0o1777] {
        set_mode(&open, mode);
        read(&inside).await.expect("a token");
    }
    set_mode(&open, 0o777);
    for path in [inside, open.join("link"), shut.join("link")] {
        let told = refusal(&path).await;
        assert!(told.starts_with("the file FILE may be replaced by anybody, who may all write in "), "{told}");
        assert!(told.ends_with(&format!(": chmod o-w {}", open.display())), "{told}");
    }
}

#[tokio::test]
async fn only_a_file_is_one() {
    let home = directory();
    let pipe = home.path().join("pipe");
    mkfifoat(CWD, &pipe, Mode::RUSR | Mode::WUSR).expect("a pipe");
    assert_eq!(refusal(&pipe).await, "the file FILE is a pipe, not a file");
    assert_eq!(refusal(home.path()).await, "the file FILE is a directory, not a file");
    assert_eq!(refusal(Path::new("/dev/zero")).await, "the file FILE is a device, not a file");
    let missing = refusal(&home.path().join("missing")).await;
    assert_eq!(missing, "the file FILE cannot be read: No such file or directory (os error 2)");
}

#[tokio::test]
async fn what_stands_in_it_is_one_token() {
    let home = directory();
    let said = async |content: &[u8]| read(&file(home.path(), content, 0o600)).await.err().unwrap_or_default();
    assert_eq!(said(&[b'a'; 8 * 1024]).await, "");
    let told = [
        said(&[b'a'; 8 * 1024 + 1]).await,
        said(b"").await,
        said(b" \n").await,
        said(b"\xEF\xBB\xBF\r\n").await,
        said(b"\xFF\xFEi\0n\0v\0").await,
        said(b"invented\ntoken").await,
        said("invent\u{e9}".as_bytes()).await,
        said(b"{\"token\":\"invented-token-42\"}").await,
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    the file FILE is longer than 8 KiB, so it does not hold a token alone
    the file FILE does not hold a token: it is empty
    the file FILE does not hold a token: it is empty
    the file FILE does not hold a token: it is empty
    the file FILE is not UTF-8 text; save it as plain text
    the file FILE does not hold a token: expected one line of printable ASCII characters
    the file FILE does not hold a token: expected one line of printable ASCII characters
    the file FILE does not hold a token alone but JSON; keep the token there by itself, or ask for its field
    ");
}

#[test]
fn what_editors_add_is_left_out() {
    let server = Server::start(&["--token", TOKEN]);
    let project = with_source("file:secret.txt").secret("secret.txt", format!("\u{feff}{TOKEN}\r\n"));
    project.send(&server).code(0).stdout_has("3 accepted");
}

#[test]
fn kubernetes_links_lead_to_the_token() {
    let server = Server::start(&["--token", TOKEN]);
    let project = with_source("file:mounted/whatsapp");
    let (mounted, version) = (project.path("mounted"), project.path("mounted/..2026_03_01"));
    fs::create_dir_all(&version).expect("a directory");
    set_mode(&mounted, 0o1777);
    symlink("..2026_03_01", mounted.join("..data")).expect("a link");
    symlink("..data/whatsapp", mounted.join("whatsapp")).expect("a link");
    project.secret("mounted/..2026_03_01/whatsapp", TOKEN).send(&server).code(0).stdout_has("3 accepted");
}

/// Sends with a token in `mounted/whatsapp`, where a shell has put it, in a mount namespace of its own. None, and said so,
/// where that cannot be done.
#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn mounted(script: &str) -> Option<(Running, Server)> {
    let apart = |script: &str, project: &Project| {
        let mut command = clean("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-ec", script, TIDINGS]).current_dir(project.home());
        command
    };
    let (server, project) = (Server::start(&["--token", TOKEN]), with_source("file:mounted/whatsapp"));
    fs::create_dir(project.path("mounted")).expect("a directory");
    if !apart("mount -t tmpfs none mounted", &project).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: nothing can be mounted here");
        return None;
    }
    let run = format!("{script}; \"$0\" run campaign.yaml --yes --ledger ledger.sqlite --api-url {}", server.url);
    Some((Running::start(&mut apart(&run, &project), project.share()), server))
}

#[test]
fn what_docker_and_kubernetes_mount_may_be_read_by_all_who_are_inside() {
    let memory = "mount -t tmpfs none mounted; printf invented-token-42 > mounted/whatsapp";
    let bound = "printf invented-token-42 > mounted/whatsapp; mount --bind mounted mounted";
    let accepted = [
        format!("{memory}; chmod 0444 mounted/whatsapp"),
        format!("{memory}; chmod 0440 mounted/whatsapp; mount -o remount,ro mounted"),
        format!("{bound}; chmod 0444 mounted/whatsapp; mount -o remount,bind,ro mounted"),
    ];
    for script in accepted {
        let Some((running, _server)) = mounted(&script) else { return };
        running.end().code(0).stdout_has("3 accepted");
    }
    let refused = [format!("{memory}; chmod 0666 mounted/whatsapp"), format!("{bound}; chmod 0444 mounted/whatsapp")];
    for script in refused {
        let Some((running, _server)) = mounted(&script) else { return };
        running.end().code(77).stderr_has("by other users").stderr_has("chmod 600");
    }
}

#[test]
fn a_credential_of_systemd_is_found_where_systemd_says() {
    let server = Server::start(&["--token", TOKEN]);
    let project = with_source("file:$CREDENTIALS_DIRECTORY/whatsapp");
    fs::create_dir(project.path("credentials")).expect("a directory");
    let project = project.secret("credentials/whatsapp", TOKEN);
    let told = project.send(&server).code(77).stderr.clone();
    insta::assert_snapshot!(told.trim_end(), @"error: systemd gave no credentials: the variable CREDENTIALS_DIRECTORY is not set; start tidings as a service that has `LoadCredential=whatsapp:…`, or name another source under `sender.token`; nothing was sent");
    let credentials = project.path("credentials");
    project.env("CREDENTIALS_DIRECTORY", credentials).send(&server).code(0).stdout_has("3 accepted");
}

#[tokio::test]
async fn no_other_variable_is_filled_in() {
    let home = directory();
    for written in ["$HOME/token", "${CREDENTIALS_DIRECTORY}/token", "$CREDENTIALS_DIRECTORY", "$CREDENTIALS/token"] {
        let refusal = TokenSource::file(written, home.path()).expect_err("a refusal");
        assert!(refusal.contains("only `$CREDENTIALS_DIRECTORY/` is filled in"), "{refusal}");
    }
    for name in ["", "..", "../token", "a/b", "/etc/token", "."] {
        let refusal = TokenSource::file(&format!("$CREDENTIALS_DIRECTORY/{name}"), home.path()).expect_err("a refusal");
        assert!(refusal.contains("a credential's name"), "{refusal}");
    }
    let named = TokenSource::file("$CREDENTIALS_DIRECTORY/token", home.path()).expect("a source");
    file(home.path(), TOKEN, 0o600);
    let home = home.path().display().to_string();
    let variables = Variables::Given(BTreeMap::from([("CREDENTIALS_DIRECTORY".to_owned(), home)]));
    named.read_by(&variables).await.expect("a token");
    let inside = TokenSource::file("a/$CREDENTIALS_DIRECTORY/x", Path::new("/srv")).expect("a source");
    assert_eq!(inside, TokenSource::File(PathBuf::from("/srv/a/$CREDENTIALS_DIRECTORY/x")));
}
