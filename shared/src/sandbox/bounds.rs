//! How much a child process may use.

use std::time::Duration;

/// The limits of one run.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Elapsed time. The parent checks it.
    pub wall_time: Duration,
    /// Processor time of all threads together.
    pub cpu_time: Duration,
    /// Address space, in bytes.
    pub memory_bytes: u64,
}
