//! Numbers about requests. The labels are few and fixed, whatever clients send.

use std::time::Duration;

use http::{Method, StatusCode};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

use crate::telemetry::{Metrics, latency_buckets};

/// Requests by method and status, the time to the head of their answers, and how many run.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    requests: Family<Labels, Counter>,
    durations: Histogram,
    running: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    status: u16,
}

/// A request under way; gone without an answer, it no longer counts as running.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    metrics: &'a HttpMetrics,
    method: &'static str,
}

impl HttpMetrics {
    /// Registers `pawl_http_requests_total`, `pawl_http_request_duration_seconds` and
    /// `pawl_http_requests_running`.
    pub fn new(metrics: &Metrics) -> Self {
        let new = Self {
            requests: Family::default(),
            durations: Histogram::new(latency_buckets()),
            running: Gauge::default(),
        };
        metrics.register("http_requests", "Requests answered", new.requests.clone());
        metrics.register(
            "http_request_duration_seconds",
            "Time to the head of an answer",
            new.durations.clone(),
        );
        metrics.register(
            "http_requests_running",
            "Requests not answered yet",
            new.running.clone(),
        );
        new
    }

    pub(super) fn begin(&self, method: &Method) -> Counted<'_> {
        self.running.inc();
        Counted {
            metrics: self,
            method: label(method),
        }
    }
}

impl Counted<'_> {
    pub(super) fn end(self, status: StatusCode, duration: Duration) {
        let labels = Labels {
            method: self.method,
            status: status.as_u16(),
        };
        self.metrics.requests.get_or_create(&labels).inc();
        self.metrics.durations.observe(duration.as_secs_f64());
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.metrics.running.dec();
    }
}

/// Any other method is a stranger's invention, of which there may be endlessly many.
fn label(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}
