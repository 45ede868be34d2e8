//! How much work waits in the queue, for operators.

use std::time::Duration;

use serde_json::Value;
use sqlx::PgConnection;

use super::{claim::read_in_order, model::JobKind};
use crate::db::Pool;

/// Up to this number jobs are counted. To count 10⁵ of them would read a thousand pages.
const COUNTED: i64 = 10;

/// The jobs of a kind that wait for a worker: queued ones that are due, and running ones whose
/// lease expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// The number of jobs: counted up to 10, above that the estimate of Postgres's statistics.
    pub pending: i64,
    /// How long the oldest of them has been due; zero when there is none.
    pub oldest: Duration,
}

/// What waits. Its cost does not depend on the length of the queue; `claim` explains `lines`.
pub async fn find_backlog(pool: &Pool, kind: JobKind) -> Result<Backlog, sqlx::Error> {
    let mut tx = pool.begin_to_read().await?;
    read_in_order(&mut tx).await?;
    let found = sqlx::query!(
        r#"
        with recursive lines as (
            (
                select priority
                from jobs
                where state = 'queued' and kind = $1
                order by priority desc
                limit 1
            )
            union all
            select lower.priority
            from lines
            cross join lateral (
                select priority
                from jobs
                where state = 'queued' and kind = $1 and priority < lines.priority
                order by priority desc
                limit 1
            ) as lower
        ),
        pending as (
            select oldest.run_after
            from lines
            cross join lateral (
                select run_after
                from jobs
                where state = 'queued' and kind = $1 and priority = lines.priority
                    and run_after <= now()
                order by run_after
                limit $2
            ) as oldest
            union all
            (
                select run_after
                from jobs
                where state = 'running' and leased_until < now() and kind = $1
                order by leased_until
                limit $2
            )
        )
        select count(*) as "counted!",
            coalesce(extract(epoch from now() - min(run_after)), 0)::float8 as "oldest_seconds!"
        from pending
        "#,
        kind.as_str(),
        COUNTED,
    )
    .fetch_one(&mut *tx)
    .await?;
    let mut pending = found.counted;
    if pending >= COUNTED {
        pending = pending.max(estimate_pending(&mut tx, kind).await?);
    }
    tx.commit().await?;
    Ok(Backlog {
        pending,
        oldest: Duration::try_from_secs_f64(found.oldest_seconds).unwrap_or_default(),
    })
}

/// The number of rows that Postgres expects, from the size of the table and its last `analyze`.
async fn estimate_pending(
    connection: &mut PgConnection,
    kind: JobKind,
) -> Result<i64, sqlx::Error> {
    let plan = sqlx::query_scalar!(
        r#"
        explain (format json)
        select
        from jobs
        where state = 'queued' and kind = $1 and run_after <= now()
        "#,
        kind.as_str(),
    )
    .fetch_one(connection)
    .await?;
    let rows = plan
        .as_ref()
        .and_then(|plan| plan.pointer("/0/Plan/Plan Rows"));
    Ok(rows.and_then(Value::as_i64).unwrap_or(0))
}
