//! Keeps others out of this process's memory.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Switches core dumps off and, on Linux, keeps other programs of the same user from tracing this one and from reading its
/// memory and environment under `/proc`. Root still can.
///
/// Programs that this one starts inherit the limit on core dumps only. What the system does not grant is left as it was: no
/// work depends on it.
pub fn guard_memory() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // The limit does not hold where dumps go to a program, as with systemd; this does.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
