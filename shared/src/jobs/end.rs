//! How an attempt ends: decided once, so that the statement and the metric say the same.

use std::{
    fmt::{Debug, Display},
    time::Duration,
};

use super::{
    error::JobError,
    handler::Completion,
    metrics::Outcome,
    model::{Backoff, Lease},
};

/// What is written about a job when an attempt at it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End<Code> {
    /// Nothing: the handler's own transaction completed the job.
    Committed,
    /// The job is done.
    Complete,
    /// The job fails: no attempt can succeed, or this was the last one.
    Fail { code: Code, detail: String },
    /// Another attempt follows after `wait`.
    RetryLater { wait: Duration, error: String },
    /// Back to the queue with the lowest priority.
    Demote,
    /// Back to the queue.
    Release,
    /// Nothing: another worker has the job, or its result is no longer wanted.
    LeaseLost,
}

impl<Code: Debug + Display> End<Code> {
    /// The end of an attempt under `lease` with the result `ended`.
    pub fn of(lease: &Lease, backoff: Backoff, ended: Result<Completion, JobError<Code>>) -> Self {
        match ended {
            Ok(Completion::Committed) => Self::Committed,
            Ok(Completion::Done) => Self::Complete,
            Err(JobError::Retryable { code, detail }) if !lease.is_last_attempt() => {
                Self::RetryLater {
                    wait: backoff.after(lease.attempt),
                    error: format!("{code}: {detail}"),
                }
            }
            Err(JobError::Permanent { code, detail } | JobError::Retryable { code, detail }) => {
                Self::Fail { code, detail }
            }
            Err(JobError::NotShort) => Self::Demote,
            Err(JobError::Stopped) => Self::Release,
            Err(JobError::LeaseLost) => Self::LeaseLost,
        }
    }

    /// What is counted.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Committed | Self::Complete => Outcome::Completed,
            Self::Fail { .. } => Outcome::Failed,
            Self::RetryLater { .. } => Outcome::Retried,
            Self::Demote => Outcome::Demoted,
            Self::Release => Outcome::Stopped,
            Self::LeaseLost => Outcome::LeaseLost,
        }
    }
}
