//! The whole server over real sockets and a real Postgres.

mod appends;
mod client;
mod creations;
mod failures;
mod posts;
mod stage;

use client::{BYTES, Reply, text};
use stage::Stage;
