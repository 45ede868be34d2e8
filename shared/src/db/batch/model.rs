//! What a batch is, its bounds, and its errors.

use std::{hash::Hash, sync::Arc, time::Duration};

/// A change that many callers make to the same row.
pub trait Batch: Send + Sync + 'static {
    /// Names the row. Callers with equal keys share transactions.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    /// What one caller asks for.
    type Member: Send + Sync + 'static;
    /// What one caller gets.
    type Output: Send + 'static;

    /// Makes the changes of all members in one transaction and commits it. Returns the outputs in
    /// the order of the members. A refusal of one member is an output, not an error.
    fn commit(
        &self,
        key: &Self::Key,
        members: &[Self::Member],
    ) -> impl Future<Output = Result<Vec<Self::Output>, sqlx::Error>> + Send;
}

/// The bounds of a batcher.
#[derive(Debug, Clone, Copy)]
pub struct BatchLimits {
    /// The maximum number of members of a batch.
    pub members: usize,
    /// The maximum number of callers that wait for the next batches of one key.
    pub waiting: usize,
    /// How long a caller waits for its output, and how long a batch may run.
    pub within: Duration,
}

/// Why a caller has no output.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BatchError {
    /// Too many callers wait for the same key; nothing was done.
    #[error("too many requests wait to change the same row")]
    Full,
    /// The output did not arrive in time. The change may have been made.
    #[error("the batch did not commit in time")]
    Late,
    /// The transaction failed. It is not known whether an interrupted commit took effect.
    #[error(transparent)]
    Database(Arc<sqlx::Error>),
    /// The batch panicked, or the process ends.
    #[error("the batch ended without an output")]
    Lost,
}
