//! The metrics of this server. Labels come from fixed tables, never from requests.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
};
use shared::{
    telemetry::{self, SweepMetrics},
    uploads::Swept,
};

use crate::refusal;

/// The label of the sweep.
const SWEEP: &str = "uploads";

/// The metrics of upload-server. Clones share their numbers.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Uploads created.
    pub creations: Counter,
    /// Uploads finished by a request.
    pub finishes: Counter,
    /// Uploads terminated by their owners.
    pub terminations: Counter,
    /// Bodies being received.
    pub open_appends: Gauge,
    bytes: Counter,
    appends: Counter,
    empty_appends: Counter,
    rejected: Family<Reason, Counter>,
    swept_finishes: Counter,
    expired: Counter,
    sweeps: SweepMetrics,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

impl Metrics {
    /// Registers all metrics.
    pub fn new(registry: &telemetry::Metrics) -> Self {
        let new = Self {
            sweeps: SweepMetrics::new(&[SWEEP]),
            ..Self::default()
        };
        new.sweeps.register(registry);
        for reason in refusal::CODES {
            let _ = new.rejected.get_or_create(&Reason { reason });
        }
        let counters = [
            ("upload_creations", "Uploads created", &new.creations),
            (
                "upload_finishes",
                "Uploads finished by a request",
                &new.finishes,
            ),
            (
                "upload_terminations",
                "Uploads terminated by their owners",
                &new.terminations,
            ),
            ("upload_received_bytes", "Bytes received", &new.bytes),
            ("upload_appends", "Bodies received", &new.appends),
            (
                "upload_empty_appends",
                "Bodies received without any bytes",
                &new.empty_appends,
            ),
            (
                "upload_swept_finishes",
                "Finishes completed by the sweep",
                &new.swept_finishes,
            ),
            ("upload_expired", "Uploads that expired", &new.expired),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
        let open = new.open_appends.clone();
        registry.register("upload_open_appends", "Bodies being received", open);
        let rejected = new.rejected.clone();
        registry.register("upload_rejected", "Requests refused, by code", rejected);
        new
    }

    /// Counts the end of a body, successful or not.
    pub fn note_append(&self, bytes: u64) {
        self.appends.inc();
        self.bytes.inc_by(bytes);
        if bytes == 0 {
            // A client that keeps sending nothing is visible here.
            self.empty_appends.inc();
        }
    }

    /// Counts a refused request by its code.
    pub fn note_refusal(&self, code: &'static str) {
        self.rejected.get_or_create(&Reason { reason: code }).inc();
    }

    /// Counts a sweep that failed.
    pub fn note_failed_sweep(&self) {
        self.sweeps.note(SWEEP, false);
    }

    /// Counts the results of a sweep.
    pub fn note_sweep(&self, swept: &Swept) {
        self.sweeps.note(SWEEP, true);
        self.swept_finishes.inc_by(swept.finished);
        self.expired.inc_by(swept.expired);
    }
}
