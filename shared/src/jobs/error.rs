//! What can go wrong with a lease and with an attempt.

use std::fmt::{Debug, Display};

/// Why a statement about a leased job changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The token no longer holds the job: another worker has it, or the job has ended. The results
    /// of this attempt must not be published.
    #[error("the lease is lost")]
    Lost,
    /// Postgres failed. After a commit it is not known whether it took effect.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// Why an attempt did not complete its job. `Code` goes into `jobs.error_code`, the detail into
/// `jobs.error_detail`, for operators.
#[derive(Debug, thiserror::Error)]
pub enum JobError<Code: Debug + Display> {
    /// No attempt can succeed: the job fails.
    #[error("{code}: {detail}")]
    Permanent {
        /// What kind of failure it is.
        code: Code,
        /// What happened.
        detail: String,
    },
    /// Another attempt may succeed. After the last attempt the job fails.
    #[error("{code}: {detail}")]
    Retryable {
        /// What kind of failure it is.
        code: Code,
        /// What happened.
        detail: String,
    },
    /// Another worker has the job, or its result is no longer wanted.
    #[error("the lease is lost")]
    LeaseLost,
    /// The job was enqueued as a short one and is not. It goes back to the queue with the lowest
    /// priority, and the attempt is not counted.
    #[error("the job is not a short one")]
    NotShort,
    /// This process stops; the job goes back to the queue and the attempt is not counted.
    #[error("the worker stops")]
    Stopped,
}
