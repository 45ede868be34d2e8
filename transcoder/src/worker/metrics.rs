//! What the worker counts.

use std::{fmt, fmt::Write as _, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder},
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
};
use shared::{db::Pool, jobs::Lease, telemetry::Metrics};

use crate::{failure::Failure, store::get_queue_wait_seconds};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Published,
    Rejected,
    Retried,
    LeaseLost,
    Stopped,
    Exhausted,
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> fmt::Result {
        encoder.write_str(match self {
            Self::Published => "published",
            Self::Rejected => "rejected",
            Self::Retried => "retried",
            Self::LeaseLost => "lease_lost",
            Self::Stopped => "stopped",
            Self::Exhausted => "exhausted",
        })
    }
}

impl Outcome {
    pub fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Rejected { .. } => Self::Rejected,
            Failure::Retryable { .. } => Self::Retried,
            Failure::LeaseLost => Self::LeaseLost,
            Failure::Stopped => Self::Stopped,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: Outcome,
}

/// The worker's numbers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct WorkerMetrics {
    attempts: Family<Labels, Counter>,
    lease_losses: Counter,
    encode_seconds: Histogram,
    queue_wait_seconds: Histogram,
}

impl WorkerMetrics {
    /// Numbers that start at 0 and are told by `metrics`.
    pub fn register(metrics: &Metrics) -> Self {
        let own = Self {
            attempts: Family::default(),
            lease_losses: Counter::default(),
            encode_seconds: Histogram::new(exponential_buckets(0.25, 2.0, 16)),
            queue_wait_seconds: Histogram::new(exponential_buckets(0.01, 2.0, 18)),
        };
        metrics.register(
            "transcode_attempts",
            "Attempts by outcome",
            own.attempts.clone(),
        );
        metrics.register(
            "transcode_lease_losses",
            "Leases lost",
            own.lease_losses.clone(),
        );
        let help = "Seconds that ffmpeg took for a ladder";
        metrics.register("transcode_encode_seconds", help, own.encode_seconds.clone());
        let help = "Seconds from the time a job was due to its claim";
        metrics.register(
            "transcode_queue_wait_seconds",
            help,
            own.queue_wait_seconds.clone(),
        );
        own
    }

    pub fn count(&self, outcome: Outcome) {
        self.attempts.get_or_create(&Labels { outcome }).inc();
        if outcome == Outcome::LeaseLost {
            self.lease_losses.inc();
        }
    }

    pub fn count_exhausted(&self, count: usize) {
        self.attempts
            .get_or_create(&Labels {
                outcome: Outcome::Exhausted,
            })
            .inc_by(count as u64);
    }

    pub fn observe_encode(&self, time: Duration) {
        self.encode_seconds.observe(time.as_secs_f64());
    }

    /// A number not worth failing for: without an answer it is left out.
    pub async fn observe_queue_wait(&self, pool: &Pool, lease: &Lease) {
        let Ok(mut connection) = pool.acquire().await else {
            return;
        };
        if let Ok(seconds) = get_queue_wait_seconds(&mut connection, lease.job_id).await {
            self.queue_wait_seconds.observe(seconds.max(0.0));
        }
    }
}
