//! The table for people, and the JSON for programs.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::runner::Outcome;
use crate::sample::Sample;

/// The target of a row: a ratio between our figure and that of the baseline.
pub struct Target {
    /// The description.
    pub what: &'static str,
    /// Computes the value from our medians and those of the baseline.
    pub figure: fn(&Sample, &Sample) -> f64,
    /// The maximum.
    pub at_most: f64,
    /// Why it is not met, if known.
    pub limit: Option<&'static str>,
}

/// All measured rows.
#[derive(Default, Serialize)]
pub struct Report {
    rows: Vec<RowReport>,
}

/// One row: the first contestant is ours, the second the baseline.
#[derive(Serialize)]
pub struct RowReport {
    name: &'static str,
    outcomes: Vec<Outcome>,
    verdicts: Vec<Verdict>,
}

#[derive(Serialize)]
struct Verdict {
    target: &'static str,
    figure: f64,
    is_met: bool,
    limit: Option<&'static str>,
}

impl Verdict {
    fn print(&self) {
        let word = if self.is_met { "met" } else { "NOT MET" };
        println!("    {}: {:.2}, {word}", self.target, self.figure);
        if let (false, Some(limit)) = (self.is_met, self.limit) {
            println!("        {limit}");
        }
    }
}

impl RowReport {
    /// Checks the row `name` against `targets`.
    pub fn new(name: &'static str, targets: &[Target], outcomes: Vec<Outcome>) -> Self {
        let verdicts = match outcomes.as_slice() {
            [ours, yardstick, ..] => targets
                .iter()
                .map(|target| target.judge(&ours.median, &yardstick.median))
                .collect(),
            _ => Vec::new(),
        };
        Self {
            name,
            outcomes,
            verdicts,
        }
    }

    /// The CPU of the process and of Postgres together, divided by that of the baseline.
    fn sum_ratio(&self, sample: &Sample) -> f64 {
        let sum = |sample: &Sample| sample.cpu_us + sample.postgres_cpu_us;
        let yardstick = self.outcomes.get(1).map(|outcome| sum(&outcome.median));
        yardstick.map_or(f64::NAN, |yardstick| sum(sample) / yardstick)
    }
}

impl Target {
    fn judge(&self, ours: &Sample, yardstick: &Sample) -> Verdict {
        let figure = (self.figure)(ours, yardstick);
        Verdict {
            target: self.what,
            figure,
            is_met: figure <= self.at_most,
            limit: self.limit,
        }
    }
}

impl Report {
    /// Adds a row.
    pub fn add(&mut self, row: RowReport) {
        self.rows.push(row);
    }

    /// Prints the medians as a table, with the result of each target.
    pub fn print(&self) {
        println!(
            "{:<26} {:<12} {:>8} {:>8} {:>9} {:>6} {:>6} {:>8} {:>8} {:>8} {:>6}",
            "row",
            "who",
            "req/s",
            "CPU µs",
            "PG CPU µs",
            "× sum",
            "stmts",
            "buffers",
            "p50 ms",
            "p99 ms",
            "MiB"
        );
        for row in &self.rows {
            for outcome in &row.outcomes {
                let Sample {
                    per_second,
                    cpu_us,
                    postgres_cpu_us,
                    statements,
                    buffers,
                    p50_ms,
                    p99_ms,
                    peak_mib,
                } = outcome.median;
                let ratio = row.sum_ratio(&outcome.median);
                println!(
                    "{:<26} {:<12} {per_second:>8.0} {cpu_us:>8.0} {postgres_cpu_us:>9.0} \
                     {ratio:>6.2} {statements:>6.1} {buffers:>8.0} {p50_ms:>8.2} {p99_ms:>8.2} {peak_mib:>6.0}",
                    row.name, outcome.name
                );
            }
            for verdict in &row.verdicts {
                verdict.print();
            }
        }
    }

    /// Writes every figure of every round to a file, if requested.
    pub fn write(&self, file: Option<&Path>) -> Result<()> {
        let Some(file) = file else { return Ok(()) };
        Ok(std::fs::write(file, serde_json::to_vec_pretty(self)?)?)
    }
}
