//! Calls that fail: a shim between the program and its C library, made by the compiler that SQLite is built with.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::harness::process::{Ran, Running};
use crate::harness::project::Project;

/// Which calls fail, and how.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// `write`, `sync` or `truncate`.
    pub calls: &'static str,
    pub error: Error,
    pub lasts: Lasts,
    /// The first one writes a half of what it should.
    pub short: bool,
    /// Only in the database itself, not in its log and what else lies beside it.
    pub only_database: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    Io,
    NoSpace,
    ReadOnly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    Once,
    Ever,
    /// As long as the ballast takes its room.
    WithBallast,
}

impl Error {
    fn number(self) -> i32 {
        match self {
            Self::Io => rustix::io::Errno::IO,
            Self::NoSpace => rustix::io::Errno::NOSPC,
            Self::ReadOnly => rustix::io::Errno::ROFS,
        }
        .raw_os_error()
    }
}

/// A run on a disk that fails.
pub struct Failed {
    pub ran: Ran,
    /// How many calls there were of the kind that fails.
    pub calls: u64,
    /// How many of them failed.
    pub failures: u64,
}

impl Fault {
    pub const fn new(calls: &'static str, error: Error, lasts: Lasts) -> Self {
        Self { calls, error, lasts, short: false, only_database: false }
    }

    /// Runs the project; the `at`-th call fails, from 1. With 0 none does.
    pub fn meets(self, project: &Project, api: &str, at: u64) -> Failed {
        let run = ["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", api];
        self.meets_command(project, project.command(run), at)
    }

    /// The same with any command.
    pub fn meets_command(self, project: &Project, mut command: Command, at: u64) -> Failed {
        let book = project.path("book");
        let lasts = match self.lasts {
            Lasts::Once => OsString::from("once"),
            Lasts::Ever => OsString::from("ever"),
            Lasts::WithBallast => project.path("ledger.sqlite.ballast").into(),
        };
        command
            .env("LD_PRELOAD", shim())
            .env("DISK_CALLS", self.calls)
            .env("DISK_AT", at.to_string())
            .env("DISK_ERROR", self.error.number().to_string())
            .env("DISK_LASTS", lasts)
            .env("DISK_BOOK", &book);
        if self.only_database {
            let home = fs::canonicalize(project.home()).expect("a directory");
            command.env("DISK_FILE", home.join("ledger.sqlite"));
        }
        if self.short {
            command.env("DISK_SHORT", "yes");
        }
        let ran = Running::start(&mut command, project.share()).end();
        let told = fs::read_to_string(book).expect("calls that went through the shim");
        let (calls, failures) = told.trim().split_once(' ').expect("two numbers");
        let number = |text: &str| text.parse().expect("a number");
        Failed { ran, calls: number(calls), failures: number(failures) }
    }
}

/// The shim, compiled once.
fn shim() -> PathBuf {
    static SHIM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, shim) = SHIM.get_or_init(|| {
        let home = tempfile::tempdir().expect("a directory");
        let (source, shim) = (home.path().join("shim.c"), home.path().join("shim.so"));
        fs::write(&source, include_str!("shim.c")).expect("a file");
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let compiled = Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&shim, &source])
            .args(["-ldl", "-lpthread"])
            .output()
            .expect("a C compiler");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        (home, shim)
    });
    shim.clone()
}
