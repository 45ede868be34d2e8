//! The loop of every worker.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    claim::{Wanted, claim_from},
    handler::Handler,
    metrics::{JobMetrics, Outcome},
    model::{JobSettings, SHORT},
    queue::{self, Exhausted},
    span::job_span,
};
use crate::{db::Pool, telemetry::in_trace};

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

/// How many jobs are worked on at the same time.
#[derive(Debug, Clone, Copy)]
pub struct Slots {
    /// Slots for jobs of any priority.
    pub any: u32,
    /// Slots only for jobs of priority [`SHORT`], which therefore do not wait for long ones.
    pub short: u32,
}

impl<H: Handler> Runner<H> {
    /// Adds the slots, and the check for exhausted jobs, to `tasks`. They end after `stop`, when
    /// the jobs that they had are back in the queue.
    pub fn spawn(self: Arc<Self>, slots: Slots, stop: &CancellationToken, tasks: &mut JoinSet<()>) {
        let hint = Arc::new(Notify::new());
        let long = std::iter::repeat_n(i16::MIN, slots.any as usize);
        let short = std::iter::repeat_n(SHORT, slots.short as usize);
        for from in long.chain(short) {
            let (runner, stop, hint) = (Arc::clone(&self), stop.clone(), Arc::clone(&hint));
            tasks.spawn(async move { runner.run_slot_from(from, &hint, &stop).await });
        }
        let (runner, stopped) = (Arc::clone(&self), stop.clone());
        tasks.spawn(async move {
            // A hint wakes all idle slots, because it does not say which of them the job suits.
            while stopped
                .run_until_cancelled(runner.hint.notified())
                .await
                .is_some()
            {
                hint.notify_waiters();
            }
        });
        let stop = stop.clone();
        tasks.spawn(async move { self.check_exhausted(&stop).await });
    }

    /// Works on one job after the other until `stop`.
    pub async fn run_slot(&self, stop: &CancellationToken) {
        self.run_slot_from(i16::MIN, &self.hint, stop).await;
    }

    async fn run_slot_from(&self, from: i16, hint: &Notify, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            // From here on, so that no hint is lost between the claim and the wait.
            let mut hinted = pin!(hint.notified());
            hinted.as_mut().enable();
            match self.run_one_from(from, stop).await {
                Ok(true) => {}
                Ok(false) => {
                    let hinted = timeout(self.settings.poll, hinted);
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
        self.run_one_from(i16::MIN, stop).await
    }

    async fn run_one_from(&self, from: i16, stop: &CancellationToken) -> Result<bool, sqlx::Error> {
        let wanted = Wanted {
            kind: H::KIND,
            least_priority: from,
        };
        let lease = claim_from(&self.pool, wanted, &self.name, self.settings.claim).await?;
        let Some(lease) = lease else {
            return Ok(false);
        };
        // One hint may stand for many jobs: pass it on to an idle slot.
        self.hint.notify_one();
        self.work_on(lease, stop).await;
        Ok(true)
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
        let Some(max_attempts) = self.settings.claim.max_attempts else {
            return Ok(0);
        };
        let code = H::EXHAUSTED.to_string();
        let mut tx = self.pool.begin().await?;
        let exhausted = queue::take_exhausted(&mut tx, H::KIND, max_attempts, &code).await?;
        for job in &exhausted {
            let recorded = self
                .handler
                .record_failure(&mut tx, job.media_id, H::EXHAUSTED);
            recorded.await?;
        }
        tx.commit().await?;
        for job in &exhausted {
            let span = job_span(job.job_id, job.media_id);
            in_trace(job.trace, span, self.end_exhausted(job)).await;
        }
        Ok(exhausted.len())
    }

    async fn end_exhausted(&self, job: &Exhausted) {
        tracing::warn!("no attempt had a result; the job failed");
        self.metrics.count(Outcome::Exhausted);
        let after = self
            .handler
            .after_attempt(job.job_id, job.media_id, Outcome::Exhausted);
        after.await;
    }
}
