//! What the tests share.

pub mod browser;
pub mod keeper;
pub mod ledger;
pub mod lister;
pub mod mount;
pub mod people;
pub mod process;
pub mod project;
pub mod recorder;
pub mod reports;
pub mod request;
pub mod server;
pub mod store;
pub mod world;
