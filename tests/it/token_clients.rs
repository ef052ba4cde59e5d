//! The lines in the README for the command line clients of secret managers: each is what that client takes, and works.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::harness::project::Project;
use crate::harness::server::Server;

const TOKEN: &str = "invented-token-43";

/// Each client's own documentation says so: `aws secretsmanager get-secret-value`, `gcloud secrets versions access`,
/// `az keyvault secret show`, `op read`, `bw get`.
const CLIENTS: [(&str, &[&str]); 5] = [
    (
        "AWS Secrets Manager",
        &[
            "aws",
            "secretsmanager",
            "get-secret-value",
            "--secret-id",
            "whatsapp-token",
            "--query",
            "SecretString",
            "--output",
            "text",
        ],
    ),
    ("Google Secret Manager", &["gcloud", "secrets", "versions", "access", "latest", "--secret=whatsapp-token"]),
    (
        "Azure Key Vault",
        &[
            "az",
            "keyvault",
            "secret",
            "show",
            "--vault-name",
            "campaigns",
            "--name",
            "whatsapp-token",
            "--query",
            "value",
            "--output",
            "tsv",
        ],
    ),
    ("1Password", &["op", "read", "--no-newline", "op://campaigns/whatsapp/token"]),
    ("Bitwarden", &["bw", "--nointeraction", "get", "password", "whatsapp-token"]),
];

/// The lines of the README that name a command, each with the manager that its comment names.
pub fn lines() -> Vec<(String, String)> {
    let readme = include_str!("../../README.md");
    let lines = readme.lines().filter(|line| line.starts_with("token: { command:"));
    lines
        .map(|line| {
            let (line, manager) = line.rsplit_once(" # ").expect("a comment with the manager's name");
            (manager.trim().to_owned(), line.trim_end().to_owned())
        })
        .collect()
}

/// A campaign with that line.
pub fn project(line: &str) -> Project {
    Project::new().sender(line)
}

fn argv(line: &str) -> Vec<String> {
    let line: serde_yaml::Value = serde_yaml::from_str(line).expect("YAML");
    serde_yaml::from_value(line["token"]["command"].clone()).expect("a list of words")
}

#[test]
fn the_lines_in_the_readme_are_what_each_client_takes() {
    let told: Vec<_> = lines().into_iter().map(|(manager, line)| (manager, argv(&line))).collect();
    let right =
        CLIENTS.map(|(manager, argv)| (manager.to_owned(), argv.iter().map(|word| (*word).to_owned()).collect()));
    assert_eq!(told, right);
}

#[test]
fn the_lines_in_the_readme_work() {
    for ((manager, line), (_, argv)) in lines().into_iter().zip(CLIENTS) {
        let project = project(&line);
        fs::create_dir(project.path("bin")).expect("a directory");
        let program = project.path("bin").join(argv[0]);
        let expected = argv[1..].iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let right = format!("[ $# = {} ] && [ \"$*\" = \"$(echo {expected})\" ]", argv.len() - 1);
        let script = format!("#!/bin/sh\n{right} || {{ echo usage >&2; exit 2; }}\necho {TOKEN}\n");
        fs::write(&program, script).expect("a program");
        fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("a mode");
        let path = format!("{}:/usr/bin:/bin", project.path("bin").display());
        let server = Server::start(&["--token", TOKEN]);
        let ran = project.env("PATH", path).send(&server);
        assert_eq!(ran.status.code(), Some(0), "{manager}: {}", ran.stderr);
    }
}
