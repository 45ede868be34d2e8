//! A TCP proxy with faults on demand: slow, delayed, stalled, or cut after a number of bytes. It
//! counts the bytes that it forwards, so that a test can tell how much was sent twice.
//!
//! Socket buffers are small: otherwise loopback would buffer a whole short video, and no test could
//! interrupt an upload.

mod command;
mod link;
mod listener;
mod rules;

pub use command::{Command, UnknownCommand};
pub use listener::Proxy;
pub use rules::Counts;
