//! What this server counts. Labels come from fixed tables, never from requests.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
};
use shared::{telemetry, uploads::Swept};

/// The numbers of upload-server. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Uploads created.
    pub creations: Counter,
    /// Uploads finished by a request.
    pub finishes: Counter,
    /// Uploads ended by their owners.
    pub terminations: Counter,
    /// Bodies being received right now.
    pub open_appends: Gauge,
    bytes: Counter,
    appends: Counter,
    empty_appends: Counter,
    rejected: Family<Reason, Counter>,
    swept_finishes: Counter,
    expired: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

impl Metrics {
    /// Registers them all.
    pub fn new(registry: &telemetry::Metrics) -> Self {
        let new = Self::default();
        let counters = [
            ("upload_creations", "Uploads created", &new.creations),
            (
                "upload_finishes",
                "Uploads finished by a request",
                &new.finishes,
            ),
            (
                "upload_terminations",
                "Uploads ended by their owners",
                &new.terminations,
            ),
            ("upload_received_bytes", "Bytes received", &new.bytes),
            ("upload_appends", "Bodies received", &new.appends),
            (
                "upload_empty_appends",
                "Bodies received that brought nothing",
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

    /// A body came to its end, whichever.
    pub fn note_append(&self, bytes: u64) {
        self.appends.inc();
        self.bytes.inc_by(bytes);
        if bytes == 0 {
            // A client that sends nothing for ever shows here.
            self.empty_appends.inc();
        }
    }

    /// A request was refused with this code.
    pub fn note_refusal(&self, code: &'static str) {
        self.rejected.get_or_create(&Reason { reason: code }).inc();
    }

    /// A sweep is over.
    pub fn note_sweep(&self, swept: &Swept) {
        self.swept_finishes.inc_by(swept.finished);
        self.expired.inc_by(swept.expired);
    }
}
