//! The registry of a process's metrics, in two text formats: OpenMetrics and that of Prometheus.
//!
//! There is no global registry: `main` creates one, the parts register their metrics, and the ops
//! listener serves it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge, info::Info},
    registry::{Metric, Registry},
};

use super::{Build, panics, plain::plain, process::Process};

/// All metrics of this process. Every name begins with `pawl_`, except for the `process_` metrics
/// that all programs have.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Mutex<Registries>>);

#[derive(Debug)]
struct Registries {
    pawl: Registry,
    process: Registry,
}

impl Metrics {
    /// A registry with the metrics of the process itself: build, memory, descriptors, CPU time,
    /// panics.
    pub fn new(build: Build) -> Self {
        let mut pawl = Registry::with_prefix("pawl");
        let labels = [
            ("service", build.service),
            ("version", build.version),
            ("commit", build.commit),
        ];
        pawl.register("build", "The running build", Info::new(labels));
        pawl.register_collector(Box::new(Panics));
        let mut process = Registry::with_prefix("process");
        process.register_collector(Box::new(Process));
        Self(Arc::new(Mutex::new(Registries { pawl, process })))
    }

    /// Adds a metric; pass `name` without `pawl_` and, for counters, without `_total`.
    pub fn register(&self, name: &str, help: &str, metric: impl Metric) {
        self.registries().pawl.register(name, help, metric);
    }

    /// Adds a gauge whose value is read when the metrics are served.
    pub fn register_reading(
        &self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> usize + Send + Sync + 'static,
    ) {
        let reading = Reading { name, help, read };
        self.registries().pawl.register_collector(Box::new(reading));
    }

    /// Adds a gauge for each value of `label`; `read` returns the values and their numbers.
    pub fn register_labelled_reading<const N: usize>(
        &self,
        (name, help): (&'static str, &'static str),
        label: &'static str,
        read: impl Fn() -> [(&'static str, usize); N] + Send + Sync + 'static,
    ) {
        let readings = LabelledReadings {
            name,
            help,
            label,
            read,
        };
        self.registries()
            .pawl
            .register_collector(Box::new(readings));
    }

    /// All metrics as OpenMetrics. It reads `/proc`, so async code must call it on a blocking
    /// thread.
    ///
    /// # Errors
    /// A metric failed to encode itself.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        let registries = self.registries();
        text::encode_registry(&mut text, &registries.pawl)?;
        text::encode_registry(&mut text, &registries.process)?;
        text::encode_eof(&mut text)?;
        Ok(text)
    }

    /// The same in the text format of Prometheus.
    ///
    /// # Errors
    /// A metric failed to encode itself.
    pub fn encode_plain(&self) -> Result<String, fmt::Error> {
        Ok(plain(&self.encode()?))
    }

    /// A panic while registering leaves the registry consistent.
    fn registries(&self) -> MutexGuard<'_, Registries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Panics;

impl Collector for Panics {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let count = ConstCounter::new(panics::count());
        let help = "Panics; each is a bug";
        let metric = encoder.encode_descriptor("panics", help, None, MetricType::Counter)?;
        count.encode(metric)
    }
}

/// A number that is stored elsewhere.
struct Reading<F> {
    name: &'static str,
    help: &'static str,
    read: F,
}

impl<F: Fn() -> usize + Send + Sync + 'static> Collector for Reading<F> {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let metric = encoder.encode_descriptor(self.name, self.help, None, MetricType::Gauge)?;
        gauge((self.read)()).encode(metric)
    }
}

/// Numbers that are stored elsewhere, one for each value of a label.
struct LabelledReadings<F> {
    name: &'static str,
    help: &'static str,
    label: &'static str,
    read: F,
}

impl<const N: usize, F> Collector for LabelledReadings<F>
where
    F: Fn() -> [(&'static str, usize); N] + Send + Sync + 'static,
{
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let kind = MetricType::Gauge;
        let mut family = encoder.encode_descriptor(self.name, self.help, None, kind)?;
        for (value, number) in (self.read)() {
            let labels = [(self.label, value)];
            gauge(number).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

fn gauge(number: usize) -> ConstGauge {
    ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX))
}

impl<F> fmt::Debug for LabelledReadings<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<F> fmt::Debug for Reading<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Buckets for seconds, from 1 ms to 16 s, each twice the one before.
pub fn latency_buckets() -> impl Iterator<Item = f64> {
    prometheus_client::metrics::histogram::exponential_buckets(0.001, 2.0, 15)
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::counter::Counter;

    use super::*;

    #[test]
    fn the_text_tells_of_the_process_and_of_what_was_registered() {
        let metrics = Metrics::new(Build::of("example"));
        let uploads = Counter::<u64>::default();
        metrics.register("uploads", "Uploads begun", uploads.clone());
        uploads.inc_by(3);
        metrics.register_reading("places_used", "Places in use", || 4);
        let places = ("places_free", "Places not in use");
        metrics.register_labelled_reading(places, "floor", || [("first", 1), ("second", 0)]);
        let text = metrics.encode().unwrap();
        assert!(text.contains("pawl_uploads_total 3"), "{text}");
        assert!(text.contains("# TYPE pawl_places_used gauge"), "{text}");
        assert!(text.contains("pawl_places_used 4\n"), "{text}");
        let floors = "pawl_places_free{floor=\"first\"} 1\npawl_places_free{floor=\"second\"} 0\n";
        assert!(text.contains(floors), "{text}");
        assert!(
            text.contains("pawl_build_info{service=\"example\""),
            "{text}"
        );
        for name in [
            "process_resident_memory_bytes",
            "process_virtual_memory_bytes",
            "process_threads",
            "process_open_fds",
            "process_max_fds",
            "process_cpu_seconds_total",
            "process_start_time_seconds",
            "pawl_panics_total",
        ] {
            let name = format!("{name} ");
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(&name))
                .unwrap();
            assert!(line.parse::<f64>().is_ok(), "{name}{line}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
