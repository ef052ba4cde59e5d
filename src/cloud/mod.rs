//! WhatsApp's words: what Meta's Cloud API is told and what it answers. Knows no campaigns.

pub mod wire;
