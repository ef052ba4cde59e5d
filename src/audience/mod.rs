//! Who: the rows of a recipients file, and the people in them.
//!
//! A file goes through twice: once to see that it can be trusted as a whole, once row by row. What a row says of a
//! person's phone becomes a [`phone::Recipient`], whose identity tells whether the same person stood in the file before.

pub mod batch;
mod cells;
pub mod csv;
mod encoding;
mod grammar;
mod header;
pub mod invisible;
mod lines;
mod numbering;
pub mod phone;
mod phone_error;
pub mod screen;
pub mod sought;
