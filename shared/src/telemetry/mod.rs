//! Log lines, the trace to which they belong, metrics, and the version of the build.
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
mod trace;

pub use build::Build;
pub use fatal::fatal;
pub use log::{InitError, init};
pub use metrics::{Metrics, latency_buckets};
pub use sweeps::SweepMetrics;
pub use trace::{InvalidTraceparent, TraceContext, in_current_trace, in_trace};
