//! Process metrics of Linux, under the names that every Prometheus client uses. Values that `/proc`
//! does not provide are left out.

use std::fs;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

/// `/proc` counts CPU time and start times in hundredths of a second on every Linux (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Reads `/proc` when the metrics are served.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let counts = [
            (
                "resident_memory_bytes",
                "Memory held",
                bytes(&status, "VmRSS:"),
            ),
            (
                "virtual_memory_bytes",
                "Address space used",
                bytes(&status, "VmSize:"),
            ),
            ("threads", "Threads", number(&status, "Threads:")),
            ("open_fds", "Open file descriptors", open_fds()),
            (
                "max_fds",
                "Maximum number of open file descriptors",
                number(&limits, "Max open files"),
            ),
        ];
        for (name, help, value) in counts {
            if let Some(value) = value {
                write(&mut encoder, name, help, &ConstGauge::new(value))?;
            }
        }
        let Some(times) = Times::read() else {
            return Ok(());
        };
        let cpu = ConstCounter::new(times.cpu_seconds);
        write(&mut encoder, "cpu_seconds", "CPU time used", &cpu)?;
        let start = ConstGauge::new(times.start_seconds);
        let help = "Start of the process, in seconds since 1970";
        write(&mut encoder, "start_time_seconds", help, &start)
    }
}

fn write(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    metric: &impl EncodeMetric,
) -> std::fmt::Result {
    let metric_encoder = encoder.encode_descriptor(name, help, None, metric.metric_type())?;
    metric.encode(metric_encoder)
}

/// The first number in the line that begins with `name`.
fn number(text: &str, name: &str) -> Option<i64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn bytes(status: &str, name: &str) -> Option<i64> {
    Some(number(status, name)? * 1024)
}

fn open_fds() -> Option<i64> {
    // Listing the descriptors opens one itself.
    i64::try_from(fs::read_dir("/proc/self/fd").ok()?.count().checked_sub(1)?).ok()
}

struct Times {
    cpu_seconds: f64,
    start_seconds: f64,
}

impl Times {
    fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The name before the last parenthesis may contain spaces; utime, stime and starttime are
        // fields 14, 15 and 22.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_whitespace().skip(11);
        let user: f64 = fields.next()?.parse().ok()?;
        let system: f64 = fields.next()?.parse().ok()?;
        let began: f64 = fields.nth(6)?.parse().ok()?;
        let boot = fs::read_to_string("/proc/stat").ok()?;
        let boot = boot.lines().find_map(|line| line.strip_prefix("btime "))?;
        Some(Self {
            cpu_seconds: (user + system) / TICKS_PER_SECOND,
            start_seconds: boot.trim().parse::<f64>().ok()? + began / TICKS_PER_SECOND,
        })
    }
}
