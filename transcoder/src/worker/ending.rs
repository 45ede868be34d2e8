//! How an attempt ends: in the database first, then in the store.

use std::time::Duration;

use shared::{
    ids::SetId,
    jobs::{self, Lease},
    media::FailureCode,
};

use super::{PATIENCE, Worker, metrics::Outcome};
use crate::{
    failure::Failure,
    publish::{EndingError, fail},
    sweep::sweep_set,
};

const RETRY: Duration = Duration::from_millis(500);

impl Worker {
    /// Writes down what became of an attempt, removes what it leaves behind, and tells of it.
    pub(super) async fn end(&self, lease: &Lease, outcome: Result<(), Failure>) {
        tokio::join!(
            self.clear_progress(lease, &outcome),
            self.settle(lease, &outcome)
        );
        self.events.wake();
    }

    /// Of a lost lease another attempt may be telling already.
    async fn clear_progress(&self, lease: &Lease, outcome: &Result<(), Failure>) {
        if let Some(media) = lease.media_id
            && !matches!(outcome, Err(Failure::LeaseLost))
        {
            self.progress.clear(media).await;
        }
    }

    async fn settle(&self, lease: &Lease, outcome: &Result<(), Failure>) {
        let Err(failure) = outcome else {
            tracing::info!(job.id = %lease.job_id, "published");
            self.metrics.count(Outcome::Published);
            return;
        };
        tracing::warn!(job.id = %lease.job_id, attempt = lease.attempt, %failure, "not published");
        self.metrics.count(Outcome::of(failure));
        // After that the lease runs out by itself.
        let writing = async {
            while let Err(EndingError::Database(error)) = self.write_ending(lease, failure).await {
                tracing::warn!(job.id = %lease.job_id, %error, "the ending is not written yet");
                tokio::time::sleep(RETRY).await;
            }
        };
        if tokio::time::timeout(PATIENCE, writing).await.is_err() {
            tracing::warn!(job.id = %lease.job_id, "the ending is left to the lease's end");
        }
        self.tidy(lease).await;
    }

    async fn write_ending(&self, lease: &Lease, failure: &Failure) -> Result<(), EndingError> {
        match failure {
            Failure::Rejected { code, detail } => fail(&self.pool, lease, *code, detail).await,
            Failure::Retryable { code, detail } if lease.is_last_attempt() => {
                fail(&self.pool, lease, *code, detail).await
            }
            Failure::Retryable { code, detail } => self.retry_later(lease, *code, detail).await,
            Failure::LeaseLost => Ok(()),
            Failure::Stopped => self.release(lease).await,
        }
    }

    async fn retry_later(
        &self,
        lease: &Lease,
        code: FailureCode,
        detail: &str,
    ) -> Result<(), EndingError> {
        let wait = self.times.backoff.after(lease.attempt);
        let error = format!("{code}: {detail}");
        let mut connection = self.pool.acquire().await?;
        let retried = jobs::retry_later(&mut connection, lease, wait, &error).await?;
        retried.map_err(|_| EndingError::LeaseLost)
    }

    async fn release(&self, lease: &Lease) -> Result<(), EndingError> {
        let mut connection = self.pool.acquire().await?;
        let released = jobs::release(&mut connection, lease).await?;
        released.map_err(|_| EndingError::LeaseLost)
    }

    /// Takes away what this attempt stored. It goes by the sweep's rule: if a commit was under way
    /// whose answer was lost, the rows say so, and nothing that they name is touched.
    async fn tidy(&self, lease: &Lease) {
        let Some(media) = lease.media_id else { return };
        let set = SetId::from(lease.job_id);
        if let Err(error) = sweep_set(&self.pool, &self.store, media, set).await {
            tracing::warn!(job.id = %lease.job_id, %error, "leftovers stay for the next sweep");
        }
    }
}
