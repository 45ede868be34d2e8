//! The job queue and its workers.
//!
//! A worker claims a job with a lease in one statement and works outside any transaction. Each
//! claim makes a new lease token, and only the newest token can complete the job: a worker that was
//! paused beyond its lease can no longer change anything. Leases are compared with the database's
//! clock only.
//!
//! [`Runner`] is the one loop (claim, heartbeat, completion, retry, release); a [`Handler`] does
//! the work of its kind of jobs. The statements are public for callers that enqueue jobs, and for
//! handlers that complete a job in their own transaction.

mod attempt;
mod backlog;
mod claim;
mod end;
mod error;
mod gauges;
mod handler;
mod metrics;
mod model;
mod queue;
mod runner;
mod span;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

pub use backlog::{Backlog, find_backlog};
#[cfg(all(test, feature = "testing"))]
pub(crate) use claim::IN_ORDER;
pub use claim::claim;
pub use error::{JobError, LeaseError};
pub use gauges::BacklogMetrics;
pub use handler::{Attempt, Completion, Handler};
pub use metrics::{JobMetrics, MetricNames, Outcome};
pub use model::{
    Backoff, ClaimSettings, JobKind, JobSettings, LONG, Lease, NewJob, PurgeTarget, SHORT,
};
pub use queue::{
    CHANNEL, Exhausted, complete, enqueue, extend, fail, notify, release, retry_later,
    take_exhausted,
};
pub use runner::{Runner, Slots};
