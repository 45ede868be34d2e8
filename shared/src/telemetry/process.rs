//! Process metrics of Linux. Values that `/proc` does not provide are left out.

use std::fs;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

use super::panics;

/// `/proc/self/stat` counts CPU time in hundredths of a second on every Linux (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Reads `/proc/self` when the metrics are served.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let mut write =
            |name: &str, help: &str, metric: &dyn Encode| metric.write(&mut encoder, name, help);
        if let Some(bytes) = resident_bytes() {
            let metric = ConstGauge::new(bytes);
            write("process_resident_memory_bytes", "Memory held", &metric)?;
        }
        if let Some(count) = open_fds() {
            write(
                "process_open_fds",
                "Open file descriptors",
                &ConstGauge::new(count),
            )?;
        }
        if let Some(seconds) = cpu_seconds() {
            write(
                "process_cpu_seconds",
                "CPU time used",
                &ConstCounter::new(seconds),
            )?;
        }
        write(
            "process_panics",
            "Panics; each is a bug",
            &ConstCounter::new(panics::count()),
        )
    }
}

/// Any constant metric, so that one closure encodes them all.
trait Encode {
    fn write(&self, encoder: &mut DescriptorEncoder, name: &str, help: &str) -> std::fmt::Result;
}

impl<M: EncodeMetric> Encode for M {
    fn write(&self, encoder: &mut DescriptorEncoder, name: &str, help: &str) -> std::fmt::Result {
        let metric = encoder.encode_descriptor(name, help, None, self.metric_type())?;
        self.encode(metric)
    }
}

fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

fn open_fds() -> Option<i64> {
    // Listing the descriptors opens one itself.
    i64::try_from(fs::read_dir("/proc/self/fd").ok()?.count().checked_sub(1)?).ok()
}

fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name before the last parenthesis may contain spaces; utime and stime are fields 14 and
    // 15.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: f64 = times.next()?.parse().ok()?;
    let system: f64 = times.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}
