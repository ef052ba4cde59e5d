//! A folder in which the program runs with secrets, and the search of everything that came of it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::forms::Needles;
use super::server::{Answer, Server, Trap};
use super::source::{API_KEY, JWT, PASS, SECRET_ID, SESSION, STANDING, Source};
use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::store::StoreServer;

/// As long as a real one, and as much like it as an invented one may be.
pub const TOKEN: &str = "EAAcanary0123456789abcdefghijKLMNOPqrstuvwxyzABCDEFGHIJ9876543210zyxwvutsrq";

/// Of no use for anything here, and in the environment all the same.
const APP_SECRET: &str = "5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0";

/// All that is looked for, everywhere.
const SECRETS: [(&str, &str); 8] = [
    ("token", TOKEN),
    ("app secret", APP_SECRET),
    ("secret id of a role", SECRET_ID),
    ("Vault token", STANDING),
    ("Vault token of a login", SESSION),
    ("API key", API_KEY),
    ("token of a pod", JWT),
    ("Conjur token", PASS),
];

pub struct Stage {
    pub project: Project,
    /// Where secrets are kept on purpose: not searched.
    vault: TempDir,
    trap: Trap,
    store: Option<StoreServer>,
    needles: Vec<Needles>,
}

impl Stage {
    pub fn new(source: Source) -> Self {
        let (vault, trap) = (tempfile::tempdir().expect("a directory"), Trap::set());
        let project = Project::new();
        for directory in ["tmp", "seen"] {
            fs::create_dir(project.path(directory)).expect("a directory");
        }
        let written = source.written(vault.path(), &project.path("seen"));
        let mut project = project
            .sender(&format!("business_account_id: \"102290129340398\"\ntoken: {written}"))
            .env("WHATSAPP_APP_SECRET", APP_SECRET)
            .env("TMPDIR", "tmp")
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full");
        for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            project = project.env(variable, &trap.url);
        }
        let store = source.store(&trap.url);
        for (name, value) in source.environment(vault.path(), store.as_ref()) {
            project = project.env(name, value);
        }
        let needles = SECRETS.iter().map(|(name, secret)| Needles::new(name, secret)).collect();
        Self { project, vault, trap, store, needles }
    }

    /// With something changed in the folder.
    pub fn with(mut self, change: impl FnOnce(Project) -> Project) -> Self {
        self.project = change(self.project);
        self
    }

    /// With another token than the right one where a source keeps it.
    pub fn keeping(self, text: &[u8]) -> Self {
        fs::write(self.vault.path().join("token"), text).expect("a file");
        self
    }

    pub fn server(&self, answer: Answer) -> Server {
        Server::start(answer)
    }

    pub fn tidings(&self, arguments: &[&str]) -> Ran {
        self.project.tidings(arguments.iter().copied())
    }

    /// Searches all that a run left, said and sent, and tells what should not be there.
    pub fn search(&self, path: &str, ran: &Ran, server: &Server) -> Vec<String> {
        let mut places = vec![
            ("stdout".to_owned(), ran.stdout.clone().into_bytes()),
            ("stderr".to_owned(), ran.stderr.clone().into_bytes()),
            ("traffic".to_owned(), server.traffic()),
        ];
        let lines = self.store.as_ref().map(StoreServer::lines).unwrap_or_default();
        places.push(("the addresses of a store".to_owned(), lines.join("\n").into_bytes()));
        for file in self.project.tree().into_iter().filter(|file| !written_by_hand(file)) {
            places.push(("a file's name".to_owned(), file.clone().into_bytes()));
            // A folder has a name only.
            places.extend(fs::read(self.project.path(&file)).ok().map(|content| (file, content)));
        }
        let found = |(place, text): &(String, Vec<u8>)| {
            let place = format!("{path}: {place}");
            self.needles.iter().filter_map(|needles| needles.search(&place, text)).collect::<Vec<_>>()
        };
        let mut found: Vec<_> = places.iter().flat_map(found).collect();
        let caught = self.trap.caught() + server.strayed();
        found.extend((caught > 0).then(|| format!("{path}: {caught} connections to another host")));
        found
    }
}

/// What a path put there itself, secrets that do not belong there included.
fn written_by_hand(file: &str) -> bool {
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ["campaign.yaml", "people.csv", "tidings.yaml", "rates.csv"].contains(&name)
}
