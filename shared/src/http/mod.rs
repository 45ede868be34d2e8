//! The HTTP layer that all servers share: the accept loop and its drain, the front, problem+json,
//! files, and the listener for operators.
//!
//! Services are `tower::Service`s over hyper's types. Nothing here knows routes, SQL or warp.

mod body;
pub mod catalogue;
mod drain;
pub mod files;
mod front;
pub mod listen;
mod network;
mod ops;
mod paced;
mod panics;
pub mod problem;
mod signal;

pub use body::{Body, BoxError, boxed, empty, full};
pub use drain::Draining;
pub use front::{
    ClientIp, CorsAccess, CorsRules, Front, HttpMetrics, Operation, PublicPaths, RequestId,
    X_REQUEST_ID,
};
pub use listen::{Drained, Listener, Peer, RequestBody};
pub use network::Network;
pub use ops::{Checks, Health, Ops};
pub use paced::{PacedBody, PacedError};
pub use problem::Problem;
pub use signal::shutdown_on_signals;
