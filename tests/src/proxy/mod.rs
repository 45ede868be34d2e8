//! A TCP proxy that misbehaves on demand: slow, late, stalled, or cut after a number of bytes. It
//! counts what it passes on, so that a test can say how much was sent twice.
//!
//! Socket buffers are kept small: else loopback swallows a short video at once and nothing is
//! ever in the middle of anything.

mod command;
mod link;
mod listener;
mod rules;

pub use command::{Command, UnknownCommand};
pub use listener::Proxy;
pub use rules::Counts;
