//! Log lines, metrics, and the version of the build.
//!
//! Logs go to standard error. This module does not decide what to log.

mod build;
mod fatal;
mod log;
mod metrics;
mod panics;
mod plain;
mod process;
mod sweeps;

pub use build::Build;
pub use fatal::fatal;
pub use log::{InitError, init};
pub use metrics::{Metrics, latency_buckets};
pub use sweeps::SweepMetrics;
