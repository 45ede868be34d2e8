//! How attempts at jobs ended, counted.

use std::fmt::{self, Write as _};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use shared::telemetry::Metrics;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Done,
    Failed,
    Retried,
    LeaseLost,
    Stopped,
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> fmt::Result {
        encoder.write_str(match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Retried => "retried",
            Self::LeaseLost => "lease_lost",
            Self::Stopped => "stopped",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: Outcome,
}

/// The worker's numbers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct WorkerMetrics(Family<Labels, Counter>);

impl WorkerMetrics {
    /// Numbers that start at 0 and are told by `metrics`.
    pub fn register(metrics: &Metrics) -> Self {
        let own = Self::default();
        metrics.register("jobs", "Attempts at jobs by how they ended", own.0.clone());
        own
    }

    pub fn count(&self, outcome: Outcome) {
        self.0.get_or_create(&Labels { outcome }).inc();
    }
}
