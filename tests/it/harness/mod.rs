//! What the tests share.

pub mod ledger;
pub mod world;
