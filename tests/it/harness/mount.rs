//! Disks made for a test: in a mount namespace of its own, where that can be done.

use std::path::Path;

use super::process::{Running, clean};
use super::project::{Project, TIDINGS};
use super::server::Server;

/// A disk without a free block.
pub const FULL: &str = "mount -t tmpfs -o size=64k none \"$1\"; head -c 65536 /dev/zero > \"$1/full\";";

/// A disk on which a ledger can be made, and that has no room for a run.
pub const NEARLY_FULL: &str = "mount -t tmpfs -o size=1m none \"$1\";";

/// A disk with a ledger and more, on which nothing can be changed.
pub const READ_ONLY: &str = "mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro \"$1\";";

/// Starts the project in a namespace where a shell has made such a disk of `directory`, with the ledger `ledgers/l`. None,
/// and said so, where that cannot be done.
#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
pub fn on_a_disk(disk: &str, project: &Project, directory: &Path, server: &Server) -> Option<Running> {
    let apart = |script: &str| {
        let mut command = clean("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-ec", script, TIDINGS]);
        command.arg(directory).current_dir(project.home()).env("WHATSAPP_ACCESS_TOKEN", "invented-token");
        command
    };
    if !apart("mount -t tmpfs none \"$1\"").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: a disk cannot be mounted here");
        return None;
    }
    let run = format!("{disk} exec \"$0\" run campaign.yaml --yes --ledger ledgers/l --api-url {}", server.url);
    Some(Running::start(&mut apart(&run), project.share()))
}
