//! What both servers put around their own requests and answers: one accept loop, its drain,
//! problem+json, and the checks at the door.
//!
//! Everything here is a `tower_service::Service` over hyper's types. No routes, no SQL, no warp.

mod body;
pub mod catalogue;
mod drain;
pub mod files;
pub mod front;
pub mod listen;
pub mod ops;
mod paced;
mod panics;
pub mod problem;
mod signal;

pub use body::{Body, BoxError, boxed, empty, full};
pub use drain::Draining;
pub use front::{
    ClientIp, CorsAccess, CorsRules, Front, HttpMetrics, Operation, PublicPaths, RequestId,
};
pub use listen::{Drained, Listener, Peer};
pub use ops::{Checks, Health, Ops};
pub use paced::{PacedBody, PacedError};
pub use problem::Problem;
pub use signal::shutdown_on_signals;
