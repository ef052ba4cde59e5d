//! What other programs of the same user can see of a running tidings: no core dump, no memory.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rustix::process::{Resource, geteuid, getrlimit};
use tempfile::TempDir;

use crate::harness::process::{Running, clean, until};
use crate::harness::project::{Project, TIDINGS};

/// Nobody in particular.
const SOMEBODY: u32 = 65_534;

/// A place where somebody else may run the program.
struct Stage {
    home: Arc<TempDir>,
    program: PathBuf,
}

impl Stage {
    fn new() -> Self {
        let home = Arc::new(tempfile::tempdir().expect("a directory"));
        let program = home.path().join("tidings");
        fs::copy(TIDINGS, &program).expect("a copy");
        for path in [home.path(), &program] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        Self { home, program }
    }

    /// As somebody who is not root: whose files under `/proc` tell whether others may look.
    fn start(&self, command: &mut Command) -> Running {
        if geteuid().is_root() {
            command.uid(SOMEBODY).gid(SOMEBODY);
        }
        Running::start(command.current_dir("/"), Arc::clone(&self.home))
    }

    fn sandbox(&self) -> Running {
        let mut command = clean(self.program.to_str().expect("a path in UTF-8"));
        let running = self.start(command.args(["sandbox", "--port", "0"]));
        until("the sandbox's address", || running.stdout_so_far().contains("http://").then_some(()));
        running
    }
}

fn proc(running: &Running, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{}/{name}", running.id()))
}

#[test]
fn a_running_tidings_dumps_no_core() {
    let running = Stage::new().sandbox();
    let limits = fs::read_to_string(proc(&running, "limits")).expect("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    let words: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(words, ["0", "0"], "{core}");
    assert_ne!(getrlimit(Resource::Core).maximum, Some(0), "here nobody could tell");
}

/// The kernel gives what is under `/proc` to root where a process is not to be looked into, which is also when it refuses
/// to be traced by its own user.
#[test]
fn nobody_of_the_same_user_looks_into_its_memory() {
    let stage = Stage::new();
    let user = if geteuid().is_root() { SOMEBODY } else { geteuid().as_raw() };
    let owner = |running: &Running| fs::metadata(proc(running, "mem")).expect("a process").uid();
    let other = stage.start(clean("sleep").arg("60"));
    until("a program without such care", || (owner(&other) == user).then_some(()));
    assert_eq!(owner(&stage.sandbox()), 0);
}

/// Files that are named by way of `/proc/self`, as shells do, are still open to the program itself.
#[test]
fn what_a_shell_redirects_is_still_read() {
    let stage = Stage::new();
    let project = Project::new().campaign_with("people.csv", "/dev/stdin");
    let campaign = fs::read(project.path("campaign.yaml")).expect("a campaign");
    fs::write(stage.home.path().join("campaign.yaml"), campaign).expect("a campaign");
    fs::write(stage.home.path().join("people.csv"), "phone\n+12025550101\n").expect("recipients");
    let script = "cd \"$1\" && exec \"$0\" check campaign.yaml < people.csv";
    let mut command = clean("sh");
    command.args(["-c", script]).arg(&stage.program).arg(stage.home.path());
    stage.start(&mut command).end().code(0);
}
