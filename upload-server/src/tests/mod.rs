//! Tests the whole server over real sockets and a real Postgres.

mod appends;
mod client;
mod connections;
mod creations;
mod failures;
mod posts;
mod stage;

use std::time::Duration;

use client::{BYTES, Reply, text};
use stage::Stage;

/// Long enough for a busy machine; a test that waits this long has failed.
const DEADLINE: Duration = Duration::from_mins(1);
