//! The numbers of a runner: attempts by outcome, and how long jobs wait.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
};

use crate::telemetry::Metrics;

/// How an attempt at a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The job is done.
    Completed,
    /// The job failed: no attempt could succeed, or this was the last one.
    Failed,
    /// The attempt failed; another one follows.
    Retried,
    /// Another worker has the job, or its result is no longer wanted.
    LeaseLost,
    /// The job is back in the queue with the lowest priority.
    Demoted,
    /// The process stopped; the job is back in the queue.
    Stopped,
    /// The job failed because the last attempt ended without a result.
    Exhausted,
}

/// What the numbers of a runner are called.
#[derive(Debug, Clone, Copy)]
pub struct MetricNames {
    /// The counter of attempts, with the label `outcome`.
    pub attempts: &'static str,
    /// The histogram of the time from when a job was due to its claim.
    pub queue_wait_seconds: &'static str,
    /// The label of [`Outcome::Completed`].
    pub completed: &'static str,
    /// The label of [`Outcome::Failed`].
    pub failed: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

/// Counts what a runner does. Cheap to clone.
#[derive(Debug, Clone)]
pub struct JobMetrics {
    names: MetricNames,
    attempts: Family<Labels, Counter>,
    queue_wait_seconds: Histogram,
}

impl Outcome {
    const ALL: [Self; 7] = [
        Self::Completed,
        Self::Failed,
        Self::Retried,
        Self::LeaseLost,
        Self::Demoted,
        Self::Stopped,
        Self::Exhausted,
    ];
}

impl JobMetrics {
    /// Numbers that start at 0 and are part of `metrics`.
    #[must_use]
    pub fn register(metrics: &Metrics, names: MetricNames) -> Self {
        let own = Self {
            names,
            attempts: Family::default(),
            queue_wait_seconds: Histogram::new(exponential_buckets(0.01, 2.0, 18)),
        };
        for outcome in Outcome::ALL {
            let _ = own.attempts.get_or_create(&own.labels(outcome));
        }
        metrics.register(
            names.attempts,
            "Attempts at jobs by outcome",
            own.attempts.clone(),
        );
        metrics.register(
            names.queue_wait_seconds,
            "Seconds from the time a job was due to its claim",
            own.queue_wait_seconds.clone(),
        );
        own
    }

    pub(super) fn count(&self, outcome: Outcome) {
        self.attempts.get_or_create(&self.labels(outcome)).inc();
    }

    fn labels(&self, outcome: Outcome) -> Labels {
        let outcome = match outcome {
            Outcome::Completed => self.names.completed,
            Outcome::Failed => self.names.failed,
            Outcome::Retried => "retried",
            Outcome::LeaseLost => "lease_lost",
            Outcome::Demoted => "demoted",
            Outcome::Stopped => "stopped",
            Outcome::Exhausted => "exhausted",
        };
        Labels { outcome }
    }

    pub(super) fn observe_queue_wait(&self, wait: Duration) {
        self.queue_wait_seconds.observe(wait.as_secs_f64());
    }
}
