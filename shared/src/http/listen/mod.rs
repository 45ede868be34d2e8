//! The accept loop of every server: HTTP/1.1 and HTTP/2 (with prior knowledge) by hyper, plus the
//! limits that hyper leaves to its caller.
//!
//! A client must show which protocol it speaks, and then send its request header, within the header
//! timeout. A connection without a request is kept for the keep-alive timeout. A network gets a
//! part of all connections, of which few may have many HTTP/2 requests at a time. A response that leaves a part of the
//! request body unread announces the close of the connection, unless the rest can be read and
//! dropped. hyper handles 100-continue and the framing of bodies. It also refuses a malformed or
//! oversized header by itself, with a bare 400, 414 or 431.

mod accept;
mod client_io;
mod connection;
mod exchanges;
mod http2_slots;
mod listener;
mod read_deadline;
mod request_body;
mod service;
mod sniff;
#[cfg(test)]
mod tests;

pub use listener::{Drained, Listener};
pub use request_body::RequestBody;
pub use service::{HttpService, Peer};
