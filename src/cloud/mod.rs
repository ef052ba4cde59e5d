//! WhatsApp's words: what Meta's Cloud API is told and what it answers. Knows no campaigns.

pub mod account;
pub mod client;
mod credential;
pub mod fault;
mod get;
pub mod media;
pub mod outcome;
pub mod pause;
pub mod templates;
pub mod version;
pub mod wire;
mod words;

pub use get::ReadError;

pub use credential::PROOF_PARAMETER;

/// Which endpoint sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `/messages`
    Messages,
    /// `/marketing_messages`: marketing templates only, with Meta's own delivery optimisation.
    MarketingMessages,
}
