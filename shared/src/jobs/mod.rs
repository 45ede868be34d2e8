//! The queue: jobs claimed by lease. A claim is one statement, work happens outside any
//! transaction, and only the holder of the newest lease token can complete a job: whoever was
//! paused beyond its lease finds that its token no longer counts. Database time alone decides.

mod model;
mod queue;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

pub use model::{Backoff, JobKind, Lease, LeaseLost, NewJob, Terms};
pub use queue::{
    Exhausted, claim, complete, enqueue, extend, fail, holds, notify, release, retry_later,
    take_exhausted,
};

/// The channel on which hints of new jobs are sent: `NOTIFY pawl_jobs`.
pub const CHANNEL: &str = "pawl_jobs";
