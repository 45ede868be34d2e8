//! The worker: claims jobs by lease, one a slot, and brings each to an end.

mod attempt;
mod ending;
mod metrics;
mod tell;

use std::{convert::Infallible, future::pending, sync::Arc, time::Duration};

use shared::{
    db::Pool,
    jobs::{self, Backoff, JobKind, Lease, Terms},
    media::ProgressBoard,
    storage::Store,
    wake::WakeUp,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use metrics::WorkerMetrics;

use crate::{failure::Failure, limits::Limits, publish::fail_exhausted, sandbox::Sandbox};
use attempt::Attempt;

const KINDS: &[JobKind] = &[JobKind::Transcode];
/// The pause after the database refused a claim.
const RETRY: Duration = Duration::from_secs(1);
/// How long the end of an attempt waits for the store, and as long for the database.
const PATIENCE: Duration = Duration::from_secs(8);

/// How jobs are held.
#[derive(Clone, Copy, Debug)]
pub struct LeaseTimes {
    /// How long a lease is good for, and how many attempts there are.
    pub terms: Terms,
    /// How often it is extended.
    pub heartbeat: Duration,
    /// Between attempts.
    pub backoff: Backoff,
    /// Between looks when no hint comes.
    pub poll: Duration,
}

/// What every slot works with.
pub struct Worker {
    /// Postgres.
    pub pool: Pool,
    /// Sources and published media.
    pub store: Store,
    /// ffmpeg and ffprobe.
    pub sandbox: Sandbox,
    /// The limits on a source.
    pub limits: Limits,
    /// How jobs are held.
    pub times: LeaseTimes,
    /// This worker's name in `jobs.worker`, for operators.
    pub name: String,
    /// Where hints arrive.
    pub hint: Arc<Notify>,
    /// Tells of events that were committed.
    pub events: WakeUp,
    /// Where owners read how far the work is.
    pub progress: ProgressBoard,
    /// What is counted.
    pub metrics: WorkerMetrics,
}

impl Worker {
    /// Works on one job after the other until `stop`. Run it once for each slot, on a task of its
    /// own.
    pub async fn run_slot(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.claim().await {
                Ok(Some(lease)) => {
                    // One hint may stand for many jobs: pass it on to an idle slot.
                    self.hint.notify_one();
                    self.work(&lease, stop).await;
                }
                Ok(None) => {
                    let hinted = tokio::time::timeout(self.times.poll, self.hint.notified());
                    stop.run_until_cancelled(hinted).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "no job can be claimed");
                    stop.run_until_cancelled(tokio::time::sleep(RETRY)).await;
                }
            }
        }
    }

    /// Gives up jobs whose last attempt died, until `stop`: a media is never stuck.
    pub async fn give_up_exhausted(&self, stop: &CancellationToken) {
        let period = self.times.terms.lease.max(RETRY);
        while stop
            .run_until_cancelled(tokio::time::sleep(period))
            .await
            .is_some()
        {
            match fail_exhausted(&self.pool, self.times.terms.max_attempts).await {
                Ok(0) => {}
                Ok(count) => {
                    self.metrics.count_exhausted(count);
                    self.events.wake();
                }
                Err(error) => tracing::warn!(%error, "exhausted jobs cannot be looked for"),
            }
        }
    }

    async fn claim(&self) -> Result<Option<Lease>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        jobs::claim(&mut connection, KINDS, &self.name, self.times.terms).await
    }

    async fn work(&self, lease: &Lease, stop: &CancellationToken) {
        tracing::info!(job.id = %lease.job_id, attempt = lease.attempt, "claimed");
        self.metrics.observe_queue_wait(&self.pool, lease).await;
        shared::fail::point("transcode.claimed").await;
        let attempt = Attempt::new(self, lease);
        // Dropping the attempt kills its ffmpeg.
        let outcome = tokio::select! {
            outcome = attempt.run() => outcome,
            () = self.hold(lease) => Err(Failure::LeaseLost),
            never = self.tell(lease, &attempt) => match never {},
            () = stop.cancelled() => Err(Failure::Stopped),
        };
        // An object under way would come after the tidying; a disk that hangs must not hold us.
        if tokio::time::timeout(PATIENCE, attempt.wait_for_writes())
            .await
            .is_err()
        {
            tracing::warn!(job.id = %lease.job_id, "the store does not finish writing");
        }
        self.end(lease, outcome).await;
    }

    /// Extends the lease until it is lost. While Postgres is away the work goes on: whether the
    /// lease still holds is decided there, by the transaction that publishes.
    async fn hold(&self, lease: &Lease) {
        loop {
            tokio::time::sleep(self.times.heartbeat).await;
            match self.extend(lease).await {
                Ok(Ok(())) => {}
                Ok(Err(jobs::LeaseLost)) => return,
                Err(error) => tracing::warn!(job.id = %lease.job_id, %error, "no heartbeat"),
            }
        }
    }

    /// Beside the attempt, for as long as it lives.
    async fn tell(&self, lease: &Lease, attempt: &Attempt<'_>) -> Infallible {
        match lease.media_id {
            Some(media) => tell::tell(&self.progress, media, attempt.progress()).await,
            None => pending().await,
        }
    }

    async fn extend(&self, lease: &Lease) -> Result<Result<(), jobs::LeaseLost>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        jobs::extend(&mut connection, lease, self.times.terms.lease).await
    }
}
