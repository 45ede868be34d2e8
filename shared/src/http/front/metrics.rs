//! Metrics of requests. The label values are few and fixed, whatever clients send.

use std::time::Duration;

use http::{Method, StatusCode};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

use crate::telemetry::{Metrics, latency_buckets};

/// Responses by operation, method and status class; the time until the response header, by
/// operation; and the number of running requests.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    requests: Family<Labels, Counter>,
    durations: Family<OperationLabel, Histogram, fn() -> Histogram>,
    running: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    operation: &'static str,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabel {
    operation: &'static str,
}

/// A running request. Dropped without a response, it no longer counts as running.
#[derive(Debug)]
pub(super) struct RunningRequest<'a> {
    metrics: &'a HttpMetrics,
    method: &'static str,
}

impl HttpMetrics {
    /// Registers `pawl_http_requests_total`, `pawl_http_request_duration_seconds` and
    /// `pawl_http_requests_running`.
    pub fn new(metrics: &Metrics) -> Self {
        let new = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(latency_buckets())),
            running: Gauge::default(),
        };
        metrics.register("http_requests", "Responses sent", new.requests.clone());
        metrics.register(
            "http_request_duration_seconds",
            "Time until the response header was ready",
            new.durations.clone(),
        );
        metrics.register(
            "http_requests_running",
            "Requests in progress",
            new.running.clone(),
        );
        new
    }

    /// Lets the counts of these operations begin at 0, before the first request.
    pub fn expect(&self, operations: impl IntoIterator<Item = (&'static str, Method)>) {
        for (operation, method) in operations {
            // What answers GET answers HEAD.
            let head = (method == Method::GET).then_some(Method::HEAD);
            for method in [Some(method), head].into_iter().flatten() {
                for status in ["2xx", "3xx", "4xx", "5xx"] {
                    let _ = self.requests.get_or_create(&Labels {
                        operation,
                        method: label(&method),
                        status,
                    });
                }
            }
            let times = OperationLabel { operation };
            let _ = self.durations.get_or_create_owned(&times);
        }
    }

    pub(super) fn begin(&self, method: &Method) -> RunningRequest<'_> {
        self.running.inc();
        RunningRequest {
            metrics: self,
            method: label(method),
        }
    }
}

impl RunningRequest<'_> {
    pub(super) fn end(self, operation: &'static str, status: StatusCode, duration: Duration) {
        let labels = Labels {
            operation,
            method: self.method,
            status: class(status),
        };
        self.metrics.requests.get_or_create(&labels).inc();
        let times = self
            .metrics
            .durations
            .get_or_create_owned(&OperationLabel { operation });
        times.observe(duration.as_secs_f64());
    }
}

impl Drop for RunningRequest<'_> {
    fn drop(&mut self) {
        self.metrics.running.dec();
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

/// Clients can invent any number of methods, so unknown ones share a label.
fn label(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}
