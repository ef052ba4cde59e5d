//! A marketing person's folder: a campaign, its recipients, and the program that is run there.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use super::process::{Ran, Running, clean};
use super::server::Server;

pub const TIDINGS: &str = env!("CARGO_BIN_EXE_tidings");

/// One template, one language, nothing to fill.
const CAMPAIGN: &str = "\
campaign: spring
sender:
  phone_number_id: \"106540352242922\"
recipients: people.csv
templates:
  - name: hello_world
    languages: [en_US]
send: { rate: 1000/s }
report: { show_phones: full }
";

/// One template that greets each person by name, from `people.csv` with the columns `phone` and `first_name`.
pub const GREETING: &str = "\
campaign: spring
sender: { phone_number_id: \"106540352242922\" }
recipients: people.csv
templates:
  - name: hello
    languages: [en_US]
    body: { first_name: \"{{ first_name }}\" }
send: { rate: 1000/s }
report: { show_phones: full }
";

/// Three people.
const PEOPLE: &str = "phone\n+12025550101\n+12025550102\n+12025550103\n";

pub struct Project {
    directory: Arc<TempDir>,
    environment: Vec<(String, OsString)>,
}

impl Project {
    /// A small campaign to three people.
    pub fn new() -> Self {
        Self::empty().campaign(CAMPAIGN).recipients(PEOPLE)
    }

    pub fn empty() -> Self {
        Self { directory: Arc::new(tempfile::tempdir().expect("a directory")), environment: Vec::new() }
    }

    pub fn campaign(self, yaml: &str) -> Self {
        self.file("campaign.yaml", yaml)
    }

    /// The campaign with something in it replaced.
    pub fn campaign_with(self, what: &str, with: &str) -> Self {
        let yaml = fs::read_to_string(self.path("campaign.yaml")).expect("a campaign");
        assert!(yaml.contains(what), "`{what}` is not in the campaign");
        self.campaign(&yaml.replace(what, with))
    }

    /// With more lines under `sender`, each without its indent, such as `token: env:OTHER`.
    pub fn sender(self, lines: &str) -> Self {
        let number = "  phone_number_id: \"106540352242922\"\n";
        let lines: String = lines.lines().map(|line| format!("  {line}\n")).collect();
        self.campaign_with(number, &format!("{number}{lines}"))
    }

    pub fn recipients(self, csv: impl AsRef<[u8]>) -> Self {
        self.file("people.csv", csv)
    }

    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).expect("a file");
        self
    }

    /// A file that nobody else may read.
    pub fn secret(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let project = self.file(name, content);
        fs::set_permissions(project.path(name), fs::Permissions::from_mode(0o600)).expect("a mode");
        project
    }

    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// With a token in the variable that is read by default.
    pub fn with_token(self) -> Self {
        self.env("WHATSAPP_ACCESS_TOKEN", "invented-token")
    }

    pub fn home(&self) -> &Path {
        self.directory.path()
    }

    /// Keeps the folder while a process runs in it.
    pub fn share(&self) -> Arc<TempDir> {
        Arc::clone(&self.directory)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home().join(name)
    }

    /// The program with these arguments, in the folder.
    pub fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = clean(TIDINGS);
        command.current_dir(self.home()).envs(self.environment.clone()).args(arguments);
        command
    }

    /// Runs the program with these arguments, to its end.
    pub fn tidings<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Ran {
        self.start(arguments).end()
    }

    /// Starts the program with these arguments.
    pub fn start<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Running {
        Running::start(&mut self.command(arguments), self.share())
    }

    /// `tidings run campaign.yaml` with these arguments.
    pub fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        self.tidings(["run", "campaign.yaml"].into_iter().chain(arguments))
    }

    /// Runs the campaign against a sandbox, with a ledger that lasts.
    pub fn send(&self, server: &Server) -> Ran {
        self.start_sending(server).end()
    }

    /// Starts to send against a sandbox, without a look before: what is refused is found out by sending.
    pub fn start_sending(&self, server: &Server) -> Running {
        let run = ["run", "campaign.yaml", "--yes", "--no-preflight", "--ledger", "ledger.sqlite", "--api-url"];
        self.start(run.into_iter().chain([server.url.as_str()]))
    }

    /// `tidings preview campaign.yaml` with these arguments.
    pub fn preview<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        self.tidings(["preview", "campaign.yaml"].into_iter().chain(arguments))
    }

    /// Every file and directory in the folder, sorted.
    pub fn tree(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.home().to_owned()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                found.push(path.strip_prefix(self.home()).expect("a path inside").display().to_string());
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found.sort();
        found
    }
}
