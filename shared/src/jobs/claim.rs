//! The statements that look for jobs: the claim, and what it needs to cost the same at any length
//! of the queue.

use std::time::Duration;

use sqlx::PgConnection;

use super::model::{ClaimSettings, JobKind, Lease};
use crate::{
    db::{Pool, interval},
    ids::{JobId, MediaId},
};

/// `jobs.max_attempts` of a job that has no limit. An attempt every hour reaches it after 245,000
/// years.
const UNLIMITED: i32 = i32::MAX;

/// Claims the next job of `kind`, of any priority. See [`claim_from`].
pub async fn claim(
    pool: &Pool,
    kind: JobKind,
    worker: &str,
    settings: ClaimSettings,
) -> Result<Option<Lease>, sqlx::Error> {
    let wanted = Wanted {
        kind,
        least_priority: i16::MIN,
    };
    claim_from(pool, wanted, worker, settings).await
}

/// Which jobs a claim looks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub kind: JobKind,
    pub least_priority: i16,
}

/// Claims the next job of a kind with at least some priority: a running job whose lease expired, or
/// the queued job that is due, of the highest priority, and then the oldest. Counts the attempt and
/// sets a new token.
///
/// The cost does not depend on the length of the queue. `jobs_claimable` has the priority before
/// the time, so jobs that are not due yet would have to be read up to the first that is due;
/// therefore `lines` finds the priorities that occur, from the highest on and only until a job is
/// found, and `queued` reads the first job of each.
pub(super) async fn claim_from(
    pool: &Pool,
    wanted: Wanted,
    worker: &str,
    settings: ClaimSettings,
) -> Result<Option<Lease>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    read_in_order(&mut tx).await?;
    let claimed = sqlx::query!(
        r#"
        with recursive lines as (
            (
                select priority
                from jobs
                where state = 'queued' and kind = $1 and priority >= $5
                order by priority desc
                limit 1
            )
            union all
            select lower.priority
            from lines
            cross join lateral (
                select priority
                from jobs
                where state = 'queued' and kind = $1
                    and priority < lines.priority and priority >= $5
                order by priority desc
                limit 1
            ) as lower
        ),
        abandoned as (
            select id
            from jobs
            where state = 'running' and leased_until < now()
                and attempts < $4 and kind = $1 and priority >= $5
            order by leased_until
            limit 1
            for update skip locked
        ),
        queued as (
            select oldest.id
            from lines
            cross join lateral (
                select id
                from jobs
                where state = 'queued' and kind = $1 and priority = lines.priority
                    and run_after <= now()
                order by run_after, id
                limit 1
                for update skip locked
            ) as oldest
            where not exists (select from abandoned)
            limit 1
        )
        update jobs
        set state = 'running',
            attempts = attempts + 1,
            lease_token = gen_random_uuid(),
            leased_until = now() + $3,
            worker = $2,
            max_attempts = $4
        where id = coalesce((select id from abandoned), (select id from queued))
        returning id, lease_token as "token!", media_id, payload, priority, attempts,
            traceparent,
            extract(epoch from now() - run_after)::float8 as "queue_wait_seconds!"
        "#,
        wanted.kind.as_str(),
        worker,
        interval(settings.lease),
        settings.max_attempts.unwrap_or(UNLIMITED),
        wanted.least_priority,
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(claimed.map(|row| Lease {
        job_id: JobId(row.id),
        token: row.token,
        media_id: row.media_id.map(MediaId),
        payload: row.payload,
        priority: row.priority,
        attempt: row.attempts,
        max_attempts: settings.max_attempts,
        trace: row.traceparent.and_then(|text| text.parse().ok()),
        queue_wait: Duration::try_from_secs_f64(row.queue_wait_seconds).unwrap_or_default(),
    }))
}

/// Excludes plans that read the whole table, or all live jobs to sort them. Such a plan is right
/// for the few live jobs of most days, but a connection keeps it when the queue grows. The indexes
/// have the order of the statements, so only `jobs_unique_key`, which has all live jobs, needs a
/// sort.
pub(crate) const IN_ORDER: &str = "set local enable_seqscan = off;
    set local enable_bitmapscan = off;
    set local enable_sort = off";

/// Applies [`IN_ORDER`] until the end of the transaction.
pub(super) async fn read_in_order(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(IN_ORDER).execute(tx).await?;
    Ok(())
}
