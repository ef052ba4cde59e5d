//! The README's line for AWS, with Amazon's own command line client, against a Secrets Manager on this machine (moto).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::harness::process::{Running, clean, until};
use crate::harness::server::Server;
use crate::token_clients::{lines, project};

const TOKEN: &str = "invented-token-44";

/// Where it is set, a machine without the client or the server fails this test.
const REQUIRED: &str = "TIDINGS_AWS_REQUIRED";

/// The programs that `.ci/run` installs beside the build; none where they are not there, which is said.
#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn programs() -> Option<PathBuf> {
    let programs = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a directory").join("aws/bin");
    if programs.join("aws").exists() && programs.join("moto_server").exists() {
        return Some(programs);
    }
    assert!(std::env::var_os(REQUIRED).is_none(), "no AWS client and no moto in {}", programs.display());
    eprintln!("skipped: no AWS client and no moto in {}: .ci/run installs them", programs.display());
    None
}

/// What the client is set up by.
fn settings(programs: &Path, url: &str) -> Vec<(&'static str, String)> {
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").expect("a path"));
    vec![
        ("PATH", path),
        ("AWS_ENDPOINT_URL", url.to_owned()),
        ("AWS_ACCESS_KEY_ID", "invented".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "invented".to_owned()),
        ("AWS_DEFAULT_REGION", "eu-central-1".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}

#[test]
fn the_aws_client_gets_the_token_out_of_secrets_manager() {
    let Some(programs) = programs() else { return };
    let (manager, line) = lines().remove(0);
    assert_eq!(manager, "AWS Secrets Manager");
    let mut project = project(&line);
    let mut moto = clean(programs.join("moto_server").to_str().expect("a path in UTF-8"));
    moto.args(["-H", "127.0.0.1", "-p", "0"]).env("PYTHONUNBUFFERED", "1");
    let moto = Running::start(&mut moto, project.share());
    let url = until("moto's address", || {
        let said = moto.stderr_so_far();
        said.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")).map(str::to_owned)
    });
    let settings = settings(&programs, &url);
    for (name, value) in &settings {
        project = project.env(name, value);
    }
    let server = Server::start(&["--token", TOKEN]);
    project.send(&server).code(77).stderr_has("ResourceNotFoundException");
    project = project.secret("value", TOKEN);
    let created = Command::new(programs.join("aws"))
        .args(["secretsmanager", "create-secret", "--name", "whatsapp-token", "--secret-string", "file://value"])
        .current_dir(project.home())
        .env_clear()
        .envs(settings)
        .stdin(Stdio::null())
        .output()
        .expect("the client");
    assert!(created.status.success(), "{created:?}");
    project.send(&server).code(0).stdout_has("3 accepted");
}
