//! The loop of every worker.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    claim::claim,
    handler::Handler,
    metrics::{JobMetrics, Outcome},
    model::{JobSettings, Lease},
    queue,
};
use crate::db::Pool;

/// The pause after the database refused a claim.
const RETRY: Duration = Duration::from_secs(1);

/// Claims jobs and has `H` work on them.
#[derive(Debug)]
pub struct Runner<H> {
    /// Does the work.
    pub handler: H,
    /// Where the queue is.
    pub pool: Pool,
    /// Leases, attempts and pauses.
    pub settings: JobSettings,
    /// This worker in `jobs.worker`, for operators.
    pub name: String,
    /// Notified when there may be jobs. A lost hint costs one poll interval.
    pub hint: Arc<Notify>,
    /// What is counted.
    pub metrics: JobMetrics,
}

impl<H: Handler> Runner<H> {
    /// Adds `slots` workers, and the check for exhausted jobs, to `tasks`. They end after `stop`,
    /// when the jobs that they had are back in the queue.
    pub fn spawn(self: Arc<Self>, slots: u32, stop: &CancellationToken, tasks: &mut JoinSet<()>) {
        for _ in 0..slots {
            let (runner, stop) = (Arc::clone(&self), stop.clone());
            tasks.spawn(async move { runner.run_slot(&stop).await });
        }
        let stop = stop.clone();
        tasks.spawn(async move { self.check_exhausted(&stop).await });
    }

    /// Works on one job after the other until `stop`.
    pub async fn run_slot(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.run_one(stop).await {
                Ok(true) => {}
                Ok(false) => {
                    let hinted = timeout(self.settings.poll, self.hint.notified());
                    stop.run_until_cancelled(hinted).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot claim a job");
                    stop.run_until_cancelled(sleep(RETRY)).await;
                }
            }
        }
    }

    /// Claims the next job and works on it to its end; `false` when no job is due.
    pub async fn run_one(&self, stop: &CancellationToken) -> Result<bool, sqlx::Error> {
        let Some(lease) = self.claim().await? else {
            return Ok(false);
        };
        // One hint may stand for many jobs: pass it on to an idle slot.
        self.hint.notify_one();
        self.work_on(lease, stop).await;
        Ok(true)
    }

    async fn claim(&self) -> Result<Option<Lease>, sqlx::Error> {
        claim(&self.pool, H::KIND, &self.name, self.settings.claim).await
    }

    /// Fails jobs whose last attempt ended without a result, until `stop`.
    async fn check_exhausted(&self, stop: &CancellationToken) {
        let period = self.settings.claim.lease.max(RETRY);
        while stop.run_until_cancelled(sleep(period)).await.is_some() {
            if let Err(error) = self.fail_exhausted().await {
                tracing::warn!(%error, "cannot look for exhausted jobs");
            }
        }
    }

    /// Fails the jobs whose last attempt's lease ran out; returns how many.
    pub async fn fail_exhausted(&self) -> Result<usize, sqlx::Error> {
        let max_attempts = self.settings.claim.max_attempts;
        let mut tx = self.pool.begin().await?;
        let exhausted = queue::take_exhausted(&mut tx, H::KIND, max_attempts).await?;
        for job in &exhausted {
            let recorded = self
                .handler
                .record_failure(&mut tx, job.media_id, H::EXHAUSTED);
            recorded.await?;
        }
        tx.commit().await?;
        for job in &exhausted {
            tracing::warn!(job.id = %job.job_id, "no attempt had a result; the job failed");
            self.metrics.count(Outcome::Exhausted);
            let after = self
                .handler
                .after_attempt(job.job_id, job.media_id, Outcome::Exhausted);
            after.await;
        }
        Ok(exhausted.len())
    }
}
