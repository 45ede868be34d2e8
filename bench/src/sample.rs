//! The figures of one round of one contestant, and their medians.

use std::time::Duration;

use serde::Serialize;

/// The observations of the clients in one round.
#[derive(Debug, Default)]
pub struct Load {
    /// One latency per correct answer.
    pub latencies: Vec<Duration>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

/// The figures of one round, or their medians.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Sample {
    /// Requests per second.
    pub per_second: f64,
    /// CPU of the answering process, in microseconds per request.
    pub cpu_us: f64,
    /// CPU of Postgres, in microseconds per request.
    pub postgres_cpu_us: f64,
    /// Statements per request that Postgres ran, including those that begin and end transactions.
    pub statements: f64,
    /// 8 KiB buffers per request that those statements touched.
    pub buffers: f64,
    /// The median latency in milliseconds.
    pub p50_ms: f64,
    /// The 99th percentile of the latency in milliseconds.
    pub p99_ms: f64,
    /// The maximum resident memory of the process, in MiB.
    pub peak_mib: f64,
}

impl Load {
    /// The latency in milliseconds within which `share` (0 to 1) of the requests were answered.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index into a list of some thousands"
        )]
        let index = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
        sorted
            .get(index)
            .map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
    }
}

impl Sample {
    /// The median of each figure over the rounds.
    pub fn median_of(rounds: &[Self]) -> Self {
        let median_by = |figure: fn(&Self) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            per_second: median_by(|round| round.per_second),
            cpu_us: median_by(|round| round.cpu_us),
            postgres_cpu_us: median_by(|round| round.postgres_cpu_us),
            statements: median_by(|round| round.statements),
            buffers: median_by(|round| round.buffers),
            p50_ms: median_by(|round| round.p50_ms),
            p99_ms: median_by(|round| round.p99_ms),
            peak_mib: median_by(|round| round.peak_mib),
        }
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match (
        figures.len() % 2,
        figures.get(middle.wrapping_sub(1)),
        figures.get(middle),
    ) {
        (0, Some(below), Some(above)) => f64::midpoint(*below, *above),
        (_, _, Some(middle)) => *middle,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn quantiles_are_latencies_that_were_seen() {
        let latencies = (1..=101).map(Duration::from_millis).collect();
        let load = Load {
            latencies,
            elapsed: Duration::from_secs(1),
        };
        assert!((load.quantile_ms(0.5) - 51.0).abs() < 1e-9);
        assert!((load.quantile_ms(0.99) - 100.0).abs() < 1e-9);
    }
}
