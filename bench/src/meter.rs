//! The cost of a round: differences of counters in `/proc` and `pg_stat_statements`.

use std::time::Duration;

use anyhow::{Context as _, Result};
use sqlx::{Connection as _, PgConnection};

use crate::processes::{cpu_of_tree, parent_of, peak_kib};
use crate::sample::{Load, Sample};

/// Reads the counters of a database server and of a process.
pub struct Meter {
    connection: PgConnection,
    postmaster: u32,
}

/// The values of the counters.
pub struct Mark {
    process: Duration,
    postgres: Duration,
    statements: i64,
    buffers: i64,
}

impl Meter {
    /// A meter for the server of `database_url`, which must have loaded `pg_stat_statements` and
    /// run on this machine.
    pub async fn new(database_url: &str) -> Result<Self> {
        let mut connection = PgConnection::connect(database_url).await?;
        sqlx::query("create extension if not exists pg_stat_statements")
            .execute(&mut connection)
            .await
            .context("pg_stat_statements is not to be had: start Postgres by scripts/bench")?;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&mut connection)
            .await?;
        let postmaster = parent_of(u32::try_from(backend)?)?;
        Ok(Self {
            connection,
            postmaster,
        })
    }

    /// The current counters of the process `pid` and of Postgres.
    pub async fn mark(&mut self, pid: u32) -> Result<Mark> {
        let (statements, buffers) = self.statements().await?;
        Ok(Mark {
            process: cpu_of_tree(pid)?,
            postgres: cpu_of_tree(self.postmaster)?,
            statements,
            buffers,
        })
    }

    /// The cost of `load` on the process `pid` since `before`.
    pub async fn sample(&mut self, pid: u32, before: &Mark, load: &Load) -> Result<Sample> {
        let after = self.mark(pid).await?;
        let requests = as_f64(load.latencies.len());
        let per_request = |total: f64| total / requests;
        let micros = |spent: Duration| per_request(spent.as_secs_f64() * 1e6);
        Ok(Sample {
            per_second: requests / load.elapsed.as_secs_f64(),
            cpu_us: micros(after.process.saturating_sub(before.process)),
            postgres_cpu_us: micros(after.postgres.saturating_sub(before.postgres)),
            statements: per_request(as_f64(after.statements - before.statements)),
            buffers: per_request(as_f64(after.buffers - before.buffers)),
            p50_ms: load.quantile_ms(0.5),
            p99_ms: load.quantile_ms(0.99),
            peak_mib: as_f64(peak_kib(pid)?) / 1024.0,
        })
    }

    /// The number of statements on this server and of the buffers that they touched, without those
    /// of the meter.
    async fn statements(&mut self) -> Result<(i64, i64)> {
        let row: (i64, i64) = sqlx::query_as(
            r"
            select
                coalesce(sum(calls), 0)::bigint,
                coalesce(sum(shared_blks_hit + shared_blks_read), 0)::bigint
            from pg_stat_statements
            where query not like '%pg_stat_statements%'
            ",
        )
        .fetch_one(&mut self.connection)
        .await?;
        Ok(row)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts far below 2^52, and ratios of them"
)]
fn as_f64(count: impl TryInto<i64>) -> f64 {
    count.try_into().unwrap_or(i64::MAX) as f64
}
