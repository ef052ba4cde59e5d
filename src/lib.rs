//! tidings: a declarative campaign runner for the WhatsApp Business Platform.

pub mod audience;
pub mod campaign;
pub mod cloud;
pub mod message;
pub mod problem;
pub mod secret;
