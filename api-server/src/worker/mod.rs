//! Works on jobs beside answering requests: claims them by lease, one a slot, and brings each to
//! its end. What a job does is told by its domain; nothing here knows more than its kind.
//!
//! No hint wakes it. A purge is due at a time to come, which only a look finds; the jobs that one
//! leaves behind are claimed by the same slot next.

mod metrics;
mod prune;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use shared::config::JobArgs;
use shared::jobs::{self, JobKind, Lease, LeaseLost, Terms};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use metrics::Outcome;
pub use metrics::WorkerMetrics;

use crate::app::App;
use crate::purge;
use crate::purge::actions::PurgeError;

const KINDS: &[JobKind] = &[JobKind::Purge];
/// The pause after the database refused a claim.
const RETRY: Duration = Duration::from_secs(1);
/// The longest pause between two attempts. There is no last one: a purge that was given up would leave
/// what somebody deleted for good, and nothing else would come back to it.
const LONGEST_BACKOFF: Duration = Duration::from_hours(1);

/// What every slot works with.
#[derive(Clone)]
pub struct Worker {
    app: Arc<App>,
    times: JobArgs,
    metrics: WorkerMetrics,
    /// In `jobs.worker`, for operators.
    name: String,
}

impl Worker {
    pub fn new(app: Arc<App>, times: JobArgs, metrics: WorkerMetrics) -> Self {
        Self {
            app,
            times,
            metrics,
            name: format!("api-server {}", std::process::id()),
        }
    }

    /// Works with so many slots until `stop`, and forgets what is old; what is under way then is
    /// given back. 0 is no work of either kind.
    pub async fn run(self, slots: u32, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        for _ in 0..slots {
            let (worker, stop) = (self.clone(), stop.clone());
            tasks.spawn(async move { worker.run_slot(&stop).await });
        }
        if slots > 0 {
            let app = Arc::clone(&self.app);
            tasks.spawn(async move { prune::prune(&app, &stop).await });
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a task that works has ended");
            }
        }
    }

    async fn run_slot(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.work_on_one(stop).await {
                Ok(true) => continue,
                Ok(false) => self.times.poll,
                Err(error) => {
                    tracing::warn!(%error, "no job can be claimed");
                    RETRY
                }
            };
            stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    /// Whether there was one.
    async fn work_on_one(&self, stop: &CancellationToken) -> Result<bool, sqlx::Error> {
        let mut connection = self.app.pool.acquire().await?;
        let terms = Terms {
            max_attempts: i32::MAX,
            ..self.times.terms()
        };
        let claimed = jobs::claim(&mut connection, KINDS, &self.name, terms).await?;
        drop(connection);
        let Some(lease) = claimed else {
            return Ok(false);
        };
        // Dropped in the middle, a purge goes on at its next attempt.
        let outcome = tokio::select! {
            done = purge::actions::purge(&self.app, &lease.payload) => match done {
                Ok(()) => Outcome::Done,
                Err(error) => failed(&lease, &error),
            },
            () = self.hold(&lease) => Outcome::LeaseLost,
            () = stop.cancelled() => Outcome::Stopped,
        };
        self.metrics.count(outcome);
        if let Err(error) = self.end(&lease, outcome).await {
            tracing::warn!(job.id = %lease.job_id, %error, "the lease will run out by itself");
        }
        Ok(true)
    }

    async fn end(&self, lease: &Lease, outcome: Outcome) -> Result<(), sqlx::Error> {
        let mut connection = self.app.pool.acquire().await?;
        let held = match outcome {
            Outcome::Done => jobs::complete(&mut connection, lease).await?,
            Outcome::Failed => jobs::fail(&mut connection, lease, "failed", "see the log").await?,
            Outcome::Retried => {
                let wait = self.times.backoff().after(lease.attempt);
                let wait = wait.min(LONGEST_BACKOFF);
                jobs::retry_later(&mut connection, lease, wait, "see the log").await?
            }
            Outcome::Stopped => jobs::release(&mut connection, lease).await?,
            Outcome::LeaseLost => Err(LeaseLost),
        };
        if held.is_err() {
            tracing::warn!(job.id = %lease.job_id, "the lease was lost");
        }
        Ok(())
    }

    /// Extends the lease until it is lost.
    async fn hold(&self, lease: &Lease) {
        loop {
            tokio::time::sleep(self.times.heartbeat).await;
            match self.extend(lease).await {
                Ok(Ok(())) => {}
                Ok(Err(LeaseLost)) => return,
                Err(error) => tracing::warn!(job.id = %lease.job_id, %error, "no heartbeat"),
            }
        }
    }

    async fn extend(&self, lease: &Lease) -> Result<Result<(), LeaseLost>, sqlx::Error> {
        let mut connection = self.app.pool.acquire().await?;
        jobs::extend(&mut connection, lease, self.times.lease).await
    }
}

/// Logs the failure of an attempt. Only a job that says nothing that can be done is given up.
fn failed(lease: &Lease, error: &PurgeError) -> Outcome {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::warn!(job.id = %lease.job_id, attempt = lease.attempt, %error, cause, "a job failed");
    match error {
        PurgeError::Payload => Outcome::Failed,
        _ => Outcome::Retried,
    }
}
