//! A WhatsApp Cloud API to rehearse against.
//!
//! It takes the same requests as Meta's, checks them as Meta would, answers in Meta's words and goes wrong on purpose.
//! [`world`] is the whole of it without a socket: a request in, an answer out. [`server`] puts it on a listener and
//! [`embedded`] on a thread of this process. What was accepted stands in the [`book`], which is how a rehearsal proves
//! that nobody was messaged twice.
//!
//! It knows nothing of plans or ledgers, so it cannot cheat. Nothing in it is a promise about Meta: opt-outs and deliveries
//! do not exist here, only the shape of requests and the ways in which an answer can be missing. It lists templates, and
//! takes messages of any other too; it tells of its number, account and token what Meta would, well or [ill](illness).

mod account;
pub mod book;
mod catalogue;
mod component;
mod credential;
mod draw;
pub mod embedded;
pub mod faults;
pub mod illness;
pub mod latency;
mod parameter;
mod refusal;
mod request;
pub mod server;
mod throttle;
pub mod world;
