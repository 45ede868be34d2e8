//! Runs batches, one after the other for each key.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout, timeout_at},
};

use super::{
    model::{Batch, BatchError, BatchLimits},
    queue::{Answer, Queues, Waiter},
};
use crate::{db::is_unavailable, fail};

/// Collects the callers of a [`Batch`]. Clones share it.
pub struct Batcher<B: Batch>(Arc<Shared<B>>);

struct Shared<B: Batch> {
    batch: B,
    limits: BatchLimits,
    queues: Queues<B>,
}

impl<B: Batch> Clone for Batcher<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B: Batch> Batcher<B> {
    /// A batcher that has no callers yet.
    pub fn new(batch: B, limits: BatchLimits) -> Self {
        Self(Arc::new(Shared {
            batch,
            limits,
            queues: Queues::default(),
        }))
    }

    /// The number of callers whose batch has not begun.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.queues.waiting()
    }

    /// The output of `member` after the commit of its batch. A caller that is dropped while it
    /// waits takes its member back; a batch that has begun runs to its end.
    pub async fn submit(&self, key: B::Key, member: B::Member) -> Answer<B> {
        let (answer, answered) = oneshot::channel();
        let waiter = Waiter { member, answer };
        let Shared { queues, limits, .. } = &*self.0;
        if queues.join(&key, waiter, *limits)? {
            // The batch must not end with the request of its first member. The task ends when no
            // caller waits for the key.
            tokio::spawn(Arc::clone(&self.0).run_batches(key));
        }
        match timeout(limits.within, answered).await {
            Ok(answer) => answer.unwrap_or(Err(BatchError::Lost)),
            Err(_) => Err(BatchError::Late),
        }
    }
}

impl<B: Batch> Shared<B> {
    async fn run_batches(self: Arc<Self>, key: B::Key) {
        while let Some(waiters) = self.queues.next(&key, self.limits) {
            // The panic hook logs and counts a panic. The callers of this batch get `Lost`.
            let _ = AssertUnwindSafe(self.run(&key, waiters))
                .catch_unwind()
                .await;
        }
    }

    async fn run(&self, key: &B::Key, waiters: Vec<Waiter<B>>) {
        let waiters = waiters
            .into_iter()
            .map(|waiter| (waiter.member, waiter.answer));
        let (members, answers): (Vec<_>, Vec<_>) = waiters.unzip();
        // All its callers have given up by then.
        let deadline = Instant::now() + self.limits.within;
        match self.commit(key, &members, deadline).await {
            Ok(outputs) => {
                fail::point("batch.committed").await;
                for (answer, output) in answers.into_iter().zip(outputs) {
                    let _ = answer.send(Ok(output));
                }
            }
            Err(error) if members.len() > 1 && is_of_one_member(&error) => {
                for (member, answer) in members.iter().zip(answers) {
                    let committed = self
                        .commit(key, std::slice::from_ref(member), deadline)
                        .await;
                    let output = committed
                        .and_then(|outputs| outputs.into_iter().next().ok_or(BatchError::Lost));
                    let _ = answer.send(output);
                }
            }
            Err(error) => {
                for answer in answers {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }

    async fn commit(
        &self,
        key: &B::Key,
        members: &[B::Member],
        deadline: Instant,
    ) -> Result<Vec<B::Output>, BatchError> {
        match timeout_at(deadline, self.batch.commit(key, members)).await {
            Ok(committed) => committed.map_err(|error| BatchError::Database(Arc::new(error))),
            Err(_) => Err(BatchError::Late),
        }
    }
}

/// Whether Postgres refused the transaction for a reason that one member may have: the members then
/// run one by one, so that the others are not refused with it.
fn is_of_one_member(error: &BatchError) -> bool {
    matches!(error, BatchError::Database(error)
        if error.as_database_error().is_some() && !is_unavailable(error))
}
