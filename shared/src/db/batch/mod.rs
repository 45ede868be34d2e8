//! Group commit: callers that change the same row at the same time share one transaction.
//!
//! Without it each caller waits at the row's lock with a connection of its own, so a popular post
//! can take the whole pool. Here one task per key runs one batch at a time and uses one connection.
//! While it runs, later callers wait in memory and form the next batch, so that a single
//! caller does not wait for others. Several processes take turns at the row's lock, one batch each.

mod batcher;
mod model;
mod queue;
#[cfg(test)]
mod tests;

pub use batcher::Batcher;
pub use model::{Batch, BatchError, BatchLimits};
