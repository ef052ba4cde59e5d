//! The tidings program: parses its arguments, runs a command, ends with its exit code.

use std::process::ExitCode;

use tidings::cli::{self, Exit};

fn main() -> ExitCode {
    tidings::secret::guard_memory();
    // A panic has told its story on stderr already.
    std::panic::catch_unwind(|| cli::main(std::env::args_os())).unwrap_or(Exit::Bug).into()
}
