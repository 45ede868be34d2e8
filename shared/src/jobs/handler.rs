//! What a handler provides, and what it is given.

use std::{
    fmt::{Debug, Display},
    future::ready,
};

use sqlx::PgConnection;
use tokio_util::task::TaskTracker;

use super::{
    error::JobError,
    metrics::Outcome,
    model::{JobKind, Lease},
};
use crate::ids::{JobId, MediaId};

/// Does the work of one kind of jobs for a [`Runner`](super::Runner).
pub trait Handler: Send + Sync + 'static {
    /// The code of a failure, as `jobs.error_code` has it.
    type Code: Copy + Debug + Display + Send + Sync;

    /// The kind of jobs that it handles.
    const KIND: JobKind;
    /// The code of a job whose last attempt ended without a result, as when its process was killed.
    const EXHAUSTED: Self::Code;

    /// Makes one attempt. The runner drops the future when the lease is lost or the process stops.
    fn attempt(
        &self,
        attempt: &Attempt,
    ) -> impl Future<Output = Result<Completion, JobError<Self::Code>>> + Send;

    /// Records the failure of a job where its users see it, in the transaction that fails the job.
    fn record_failure(
        &self,
        _tx: &mut PgConnection,
        _media: Option<MediaId>,
        _code: Self::Code,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send {
        ready(Ok(()))
    }

    /// Called after the end of an attempt was written to the database, and for each job that was
    /// failed because its attempts were used up.
    fn after_attempt(
        &self,
        _job: JobId,
        _media: Option<MediaId>,
        _outcome: Outcome,
    ) -> impl Future<Output = ()> + Send {
        ready(())
    }
}

/// One attempt at a job.
#[derive(Debug)]
pub struct Attempt {
    /// The job, and the right to work on it.
    pub lease: Lease,
    /// Tasks that may go on after the attempt was dropped, such as writes on a blocking thread. The
    /// runner waits for them before it writes the attempt's end.
    pub tasks: TaskTracker,
}

/// What a successful attempt leaves to the runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// The work is done; the runner completes the job.
    Done,
    /// The handler completed the job itself, with [`complete`](super::complete) in the transaction
    /// that publishes the result.
    Committed,
}
