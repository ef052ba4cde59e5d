//! The account's templates as a campaign's folder keeps them: the lock file, and what has changed at Meta since.
//!
//! The file is made for git: the same templates give the same bytes, whatever the order in which Meta lists them. It says
//! nothing of when it was written; git does.

mod diff;
mod lock;
mod parts;

pub use diff::{Change, Changed, Changes, Key, compare};
pub use lock::{LOCK_FILE, Lock, SANDBOX, Written};
pub use parts::{Part, gaps, parts};
