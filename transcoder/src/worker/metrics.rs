//! What the transcoder counts beside the runner's numbers.

use std::time::Duration;

use prometheus_client::metrics::{
    counter::Counter,
    histogram::{Histogram, exponential_buckets},
};
use shared::{jobs::Outcome, telemetry::Metrics};

/// The numbers of encoding. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EncodeMetrics {
    lease_losses: Counter,
    encode_seconds: Histogram,
}

impl EncodeMetrics {
    /// Numbers that start at 0 and are part of `metrics`.
    pub fn register(metrics: &Metrics) -> Self {
        let own = Self {
            lease_losses: Counter::default(),
            encode_seconds: Histogram::new(exponential_buckets(0.25, 2.0, 16)),
        };
        let lease_losses = own.lease_losses.clone();
        metrics.register("transcode_lease_losses", "Leases lost", lease_losses);
        let help = "Seconds that ffmpeg took for a ladder";
        metrics.register("transcode_encode_seconds", help, own.encode_seconds.clone());
        own
    }

    pub fn count(&self, outcome: Outcome) {
        if outcome == Outcome::LeaseLost {
            self.lease_losses.inc();
        }
    }

    pub fn observe_encode(&self, time: Duration) {
        self.encode_seconds.observe(time.as_secs_f64());
    }
}
