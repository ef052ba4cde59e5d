//! What one person gets: a row's cells filled into a template's parameters, checked, and written as Meta's JSON.
//!
//! Everything that can be wrong with a row is found here, before anything is sent; nothing here reads the time, the
//! network or a disk. Cells are data: they are copied or handed to an expression as values, never rendered themselves.

pub mod bubble;
mod bundle;
pub mod chat;
mod compile;
pub mod compose;
mod currency;
pub mod definition;
mod draw;
mod engine;
mod entry;
mod expression;
mod filter;
mod gauge;
pub mod language;
mod letters;
mod locale;
mod markup;
pub mod oddity;
mod part;
mod refusal;
mod row;
mod rule;
mod scan;
mod slot;
mod tree;
mod typed;
mod usage;
mod utm;
mod weight;
pub mod wrap;

pub use slot::TOO_MUCH_WORK;

/// Why a row cannot become a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// A stable short name of the reason, such as `empty`.
    pub code: &'static str,
    /// The column to look at, counted from 0, when it is one.
    pub column: Option<usize>,
    /// What is wrong and what to do, in plain words. Holds no secret codes and no phone numbers.
    pub reason: String,
}
