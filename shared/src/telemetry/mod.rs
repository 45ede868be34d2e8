//! What a binary tells about itself: log lines, numbers, and which build it is.
//!
//! Logs go to standard error. Nothing here decides what is worth telling.

mod build;
mod fatal;
mod log;
mod metrics;
mod panics;
mod process;

pub use build::Build;
pub use fatal::fatal;
pub use log::{InitError, init};
pub use metrics::{Metrics, latency_buckets};
