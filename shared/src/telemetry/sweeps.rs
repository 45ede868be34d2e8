//! Periodic work: how its runs end, and when one last succeeded.

use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
};

use super::Metrics;

/// The runs of some periodic work. Clones share their numbers.
#[derive(Debug, Clone, Default)]
pub struct SweepMetrics {
    runs: Family<RunLabels, Counter>,
    last_success: Family<SweepLabel, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunLabels {
    sweep: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SweepLabel {
    sweep: &'static str,
}

impl SweepMetrics {
    /// Numbers of `sweeps` that start at 0.
    #[must_use]
    pub fn new(sweeps: &[&'static str]) -> Self {
        let own = Self::default();
        for &sweep in sweeps {
            for outcome in ["done", "failed"] {
                let _ = own.runs.get_or_create(&RunLabels { sweep, outcome });
            }
            let _ = own.last_success.get_or_create(&SweepLabel { sweep });
        }
        own
    }

    /// Makes them part of `metrics`.
    pub fn register(&self, metrics: &Metrics) {
        metrics.register("sweeps", "Runs of periodic work", self.runs.clone());
        metrics.register(
            "sweep_last_success_timestamp_seconds",
            "When periodic work last succeeded, in seconds since 1970",
            self.last_success.clone(),
        );
    }

    /// Counts the end of a run.
    pub fn note(&self, sweep: &'static str, is_done: bool) {
        let outcome = if is_done { "done" } else { "failed" };
        self.runs.get_or_create(&RunLabels { sweep, outcome }).inc();
        if is_done {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
            self.last_success
                .get_or_create(&SweepLabel { sweep })
                .set(now);
        }
    }
}
