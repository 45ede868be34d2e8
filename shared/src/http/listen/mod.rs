//! The accept loop of every server: HTTP/1.1 and HTTP/2 (with prior knowledge) by hyper, plus the
//! limits that hyper leaves to its caller.
//!
//! A client must show which protocol it speaks, and then send its request header, within the
//! header timeout. hyper handles 100-continue and the framing of bodies. It also refuses a
//! malformed or oversized header by itself, with a bare 400, 414 or 431.

mod accept;
mod client_io;
mod connection;
mod listener;
mod service;
mod sniff;
#[cfg(test)]
mod tests;

pub use listener::{Drained, Listener};
pub use service::{HttpService, Peer};
