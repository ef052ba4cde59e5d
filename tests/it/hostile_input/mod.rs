//! Input that somebody made to do harm, or an accident did: it never panics, and never takes much time or memory.

mod doors;
mod expressions;
mod found;
pub mod limits;
mod recipients;
mod yaml;
