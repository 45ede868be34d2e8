//! The length and age of the queue as metrics. The servers measure them, so that they continue
//! when no worker runs.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
};
use tokio_util::sync::CancellationToken;

use super::{backlog::find_backlog, model::JobKind};
use crate::{db::Pool, telemetry::Metrics};

const EVERY: Duration = Duration::from_secs(10);

/// The jobs that wait, by kind.
#[derive(Debug)]
pub struct BacklogMetrics {
    pending: Family<Kind, Gauge>,
    oldest_seconds: Family<Kind, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

impl From<JobKind> for Kind {
    fn from(kind: JobKind) -> Self {
        Self {
            kind: kind.as_str(),
        }
    }
}

impl BacklogMetrics {
    /// Gauges of all kinds of jobs.
    #[must_use]
    pub fn register(metrics: &Metrics) -> Self {
        let own = Self {
            pending: Family::default(),
            oldest_seconds: Family::default(),
        };
        for kind in JobKind::ALL {
            let _ = own.pending.get_or_create(&kind.into());
            let _ = own.oldest_seconds.get_or_create(&kind.into());
        }
        metrics.register(
            "jobs_pending",
            "Jobs that are due and that no worker has; above ten an estimate",
            own.pending.clone(),
        );
        metrics.register(
            "jobs_oldest_pending_seconds",
            "For how long the oldest pending job has been due",
            own.oldest_seconds.clone(),
        );
        own
    }

    /// Measures now and then every 10 s, until `stop`.
    pub async fn watch(self, pool: &Pool, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.measure(pool).await {
                tracing::debug!(%error, "cannot measure the queue");
            }
            stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
        }
    }

    /// Measures all kinds.
    pub async fn measure(&self, pool: &Pool) -> Result<(), sqlx::Error> {
        for kind in JobKind::ALL {
            let backlog = find_backlog(pool, kind).await?;
            let seconds = i64::try_from(backlog.oldest.as_secs()).unwrap_or(i64::MAX);
            self.pending
                .get_or_create(&kind.into())
                .set(backlog.pending);
            self.oldest_seconds.get_or_create(&kind.into()).set(seconds);
        }
        Ok(())
    }
}
