//! Counts refused requests, by the limit that refused them.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use shared::ephemeral::Redis;
use shared::telemetry::Metrics;

use crate::config::LimitArgs;
use crate::http::Limiter;

/// Refused requests by limit. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub struct RefusalCounter(Family<Labels, Counter>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    limit: &'static str,
}

/// Every limit.
const LIMITS: [&str; 5] = ["anonymous", "signed-in", "writes", "sign-ups", "sign-ins"];

impl RefusalCounter {
    pub fn count(&self, limit: &'static str) {
        self.0.get_or_create(&Labels { limit }).inc();
    }

    /// A rate limiter that counts its refusals here.
    pub fn limiter(&self, limits: &LimitArgs, redis: Redis) -> Limiter {
        let refusals = self.clone();
        Limiter::new(limits.quotas(), redis, move |limit| refusals.count(limit))
    }

    /// Registers the metric.
    pub fn register(&self, metrics: &Metrics) {
        for limit in LIMITS {
            let _ = self.0.get_or_create(&Labels { limit });
        }
        metrics.register("limit_refusals", "Requests above a limit", self.0.clone());
    }
}
