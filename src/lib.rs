//! tidings: a declarative campaign runner for the WhatsApp Business Platform.

pub mod audience;
pub mod campaign;
pub mod clock;
pub mod cloud;
pub mod ledger;
pub mod message;
pub mod policy;
pub mod problem;
pub mod run;
pub mod sandbox;
pub mod secret;
