//! One attempt, from the claim to its recorded end.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    end::End,
    error::{JobError, LeaseError},
    handler::{Attempt, Completion, Handler},
    model::Lease,
    queue,
    runner::Runner,
    span::job_span,
};
use crate::{fail, telemetry::in_trace};

/// How long the end of an attempt waits for its tasks, and again as long for the database.
const TIMEOUT: Duration = Duration::from_secs(8);
/// The pause before the end of an attempt is written again.
const RETRY: Duration = Duration::from_millis(500);

impl<H: Handler> Runner<H> {
    pub(super) async fn work_on(&self, lease: Lease, stop: &CancellationToken) {
        let span = job_span(lease.job_id, lease.media_id);
        in_trace(lease.trace, span, self.attempt(lease, stop)).await;
    }

    async fn attempt(&self, lease: Lease, stop: &CancellationToken) {
        tracing::info!(attempt = lease.attempt, "claimed a job");
        self.metrics.observe_queue_wait(lease.queue_wait);
        fail::point("job.claimed").await;
        let attempt = Attempt {
            lease,
            tasks: TaskTracker::new(),
        };
        let ended = tokio::select! {
            ended = self.handler.attempt(&attempt) => ended,
            () = self.keep_lease(&attempt.lease) => Err(JobError::LeaseLost),
            () = stop.cancelled() => Err(JobError::Stopped),
        };
        // The handler may clean up after the end is written: nothing may be written after that. The
        // wait is bounded because a disk may hang.
        attempt.tasks.close();
        if timeout(TIMEOUT, attempt.tasks.wait()).await.is_err() {
            tracing::warn!("tasks of the attempt do not end");
        }
        self.end(&attempt.lease, ended).await;
    }

    /// Extends the lease until it is lost. While Postgres is away the work goes on: the transaction
    /// that completes the job decides whether the lease still holds.
    async fn keep_lease(&self, lease: &Lease) {
        loop {
            sleep(self.settings.heartbeat).await;
            match self.extend(lease).await {
                Ok(()) => {}
                Err(LeaseError::Lost) => return,
                Err(error) => {
                    tracing::warn!(%error, "cannot extend the lease");
                }
            }
        }
    }

    async fn extend(&self, lease: &Lease) -> Result<(), LeaseError> {
        let mut connection = self.pool.acquire().await?;
        queue::extend(&mut connection, lease, self.settings.claim.lease).await
    }

    async fn end(&self, lease: &Lease, ended: Result<Completion, JobError<H::Code>>) {
        match &ended {
            Ok(_) => tracing::info!("completed a job"),
            Err(error) => {
                tracing::warn!(attempt = lease.attempt, %error, "an attempt failed");
            }
        }
        let end = End::of(lease, self.settings.backoff, ended);
        self.metrics.count(end.outcome());
        if timeout(TIMEOUT, self.write_end(lease, &end)).await.is_err() {
            tracing::warn!("the end is not written; the lease will run out");
        }
        let after = self
            .handler
            .after_attempt(lease.job_id, lease.media_id, end.outcome());
        after.await;
    }

    /// Tries until the database has answered.
    async fn write_end(&self, lease: &Lease, end: &End<H::Code>) {
        loop {
            match self.write_end_once(lease, end).await {
                Ok(()) => return,
                Err(LeaseError::Lost) => {
                    tracing::warn!("the lease was lost before the end");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot write the end yet");
                    sleep(RETRY).await;
                }
            }
        }
    }

    async fn write_end_once(&self, lease: &Lease, end: &End<H::Code>) -> Result<(), LeaseError> {
        match end {
            End::Committed | End::LeaseLost => Ok(()),
            End::Complete => queue::complete(&mut *self.pool.acquire().await?, lease).await,
            End::Fail { code, detail } => self.fail(lease, *code, detail).await,
            End::RetryLater { wait, error } => {
                queue::retry_later(&mut *self.pool.acquire().await?, lease, *wait, error).await
            }
            End::Demote => queue::demote(&mut *self.pool.acquire().await?, lease).await,
            End::Release => queue::release(&mut *self.pool.acquire().await?, lease).await,
        }
    }

    async fn fail(&self, lease: &Lease, code: H::Code, detail: &str) -> Result<(), LeaseError> {
        let mut tx = self.pool.begin().await?;
        queue::fail(&mut tx, lease, &code.to_string(), detail).await?;
        let recorded = self.handler.record_failure(&mut tx, lease.media_id, code);
        recorded.await?;
        tx.commit().await?;
        Ok(())
    }
}
