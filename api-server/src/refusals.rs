//! Counts refused requests, by the limit that refused them.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use shared::telemetry::Metrics;

/// Refused requests by limit. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub struct RefusalCounter(Family<Labels, Counter>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    limit: &'static str,
}

impl RefusalCounter {
    pub fn count(&self, limit: &'static str) {
        self.0.get_or_create(&Labels { limit }).inc();
    }

    /// Registers the metric.
    pub fn register(&self, metrics: &Metrics) {
        metrics.register("limit_refusals", "Requests above a limit", self.0.clone());
    }
}
