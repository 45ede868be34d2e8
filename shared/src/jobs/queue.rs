//! The statements of the queue. Each takes a connection, so that it can be part of a caller's
//! transaction.
//!
//! A job is running while `leased_until` is not null. Statements of the lease's holder say it so:
//! with `state = 'running'` Postgres might find the job by the index of all live jobs, and keep
//! that plan when the queue grows.

use std::time::Duration;

use sqlx::PgConnection;

use super::{
    claim::read_in_order,
    error::LeaseError,
    model::{JobKind, LONG, Lease, NewJob},
};
use crate::{
    db::interval,
    ids::{JobId, MediaId},
    telemetry::TraceContext,
};

/// The channel on which hints of new jobs are sent: `NOTIFY pawl_jobs`.
pub const CHANNEL: &str = "pawl_jobs";

/// Enqueues a job in the trace of the current work; `None` when a queued or running job has its key
/// already.
pub async fn enqueue(
    connection: &mut PgConnection,
    job: &NewJob,
) -> Result<Option<JobId>, sqlx::Error> {
    let id = sqlx::query_scalar!(
        r#"
        insert into jobs (id, kind, unique_key, media_id, priority, payload, run_after, traceparent)
        values ($1, $2, $3, $4, $5, $6, now() + $7, $8)
        on conflict (unique_key) where state in ('queued', 'running') do nothing
        returning id
        "#,
        JobId::generate().0,
        job.kind.as_str(),
        job.unique_key,
        job.media_id.map(|media| media.0),
        job.priority,
        job.payload,
        interval(job.delay),
        TraceContext::current().map(|trace| trace.to_string()),
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(JobId))
}

/// Hints to workers that there may be jobs. Never call it in a transaction, because NOTIFY
/// serializes commits. Send it through a [`WakeUp`](crate::wake::WakeUp).
pub async fn notify(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_notify($1, '')", CHANNEL)
        .execute(connection)
        .await?;
    Ok(())
}

/// The heartbeat: the lease lasts until `by` from now. It also renews an expired lease while no
/// other worker has the job.
pub async fn extend(
    connection: &mut PgConnection,
    lease: &Lease,
    by: Duration,
) -> Result<(), LeaseError> {
    let extended = sqlx::query!(
        r#"
        update jobs
        set leased_until = now() + $3
        where id = $1 and lease_token = $2 and leased_until is not null
        "#,
        lease.job_id.0,
        lease.token,
        interval(by),
    )
    .execute(connection)
    .await?;
    require_lease(extended.rows_affected())
}

/// Completes the job. Call it in the transaction that publishes the result, and roll that back when
/// the lease is lost.
pub async fn complete(connection: &mut PgConnection, lease: &Lease) -> Result<(), LeaseError> {
    let completed = sqlx::query!(
        r#"
        update jobs
        set state = 'done', leased_until = null, finished_at = now()
        where id = $1 and lease_token = $2 and leased_until is not null
        "#,
        lease.job_id.0,
        lease.token,
    )
    .execute(connection)
    .await?;
    require_lease(completed.rows_affected())
}

/// Fails the job. Call it in the transaction that tells the user.
pub async fn fail(
    connection: &mut PgConnection,
    lease: &Lease,
    code: &str,
    detail: &str,
) -> Result<(), LeaseError> {
    let failed = sqlx::query!(
        r#"
        update jobs
        set state = 'failed', leased_until = null, finished_at = now(),
            error_code = $3, error_detail = $4
        where id = $1 and lease_token = $2 and leased_until is not null
        "#,
        lease.job_id.0,
        lease.token,
        code,
        detail,
    )
    .execute(connection)
    .await?;
    require_lease(failed.rows_affected())
}

/// Puts the job back into the queue for another attempt after `wait`, with the error of this one.
pub async fn retry_later(
    connection: &mut PgConnection,
    lease: &Lease,
    wait: Duration,
    error: &str,
) -> Result<(), LeaseError> {
    let queued = sqlx::query!(
        r#"
        update jobs
        set state = 'queued', leased_until = null, worker = null,
            run_after = now() + $3, error_detail = $4
        where id = $1 and lease_token = $2 and leased_until is not null
        "#,
        lease.job_id.0,
        lease.token,
        interval(wait),
        error,
    )
    .execute(connection)
    .await?;
    require_lease(queued.rows_affected())
}

/// Puts the job back into the queue because this worker stops. The attempt is not counted, because
/// it did not fail.
pub async fn release(connection: &mut PgConnection, lease: &Lease) -> Result<(), LeaseError> {
    let released = sqlx::query!(
        r#"
        update jobs
        set state = 'queued', leased_until = null, worker = null, run_after = now(),
            attempts = attempts - 1
        where id = $1 and lease_token = $2 and leased_until is not null
        "#,
        lease.job_id.0,
        lease.token,
    )
    .execute(connection)
    .await?;
    require_lease(released.rows_affected())
}

/// Puts the job back into the queue, at its old place among the long jobs, because it turned
/// out not to be short. The attempt is not counted.
pub async fn demote(connection: &mut PgConnection, lease: &Lease) -> Result<(), LeaseError> {
    let demoted = sqlx::query!(
        r#"
        update jobs
        set state = 'queued', leased_until = null, worker = null, priority = $3,
            attempts = attempts - 1
        where id = $1 and lease_token = $2 and leased_until is not null
        "#,
        lease.job_id.0,
        lease.token,
        LONG,
    )
    .execute(connection)
    .await?;
    require_lease(demoted.rows_affected())
}

/// A job whose last attempt's lease expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhausted {
    /// The job, which is failed now.
    pub job_id: JobId,
    /// Its media; fail it in the same transaction.
    pub media_id: Option<MediaId>,
    /// The trace of the request that queued it.
    pub trace: Option<TraceContext>,
}

/// Fails the jobs of `kind` that used up `max_attempts` and whose lease expired, with `code`, in a
/// transaction.
pub async fn take_exhausted(
    connection: &mut PgConnection,
    kind: JobKind,
    max_attempts: i32,
    code: &str,
) -> Result<Vec<Exhausted>, sqlx::Error> {
    read_in_order(connection).await?;
    let failed = sqlx::query!(
        r#"
        update jobs
        set state = 'failed', leased_until = null, finished_at = now(),
            error_code = $3
        where id in (
            select id
            from jobs
            where state = 'running' and leased_until < now()
                and attempts >= $2 and kind = $1
            order by leased_until
            limit 100
            for update skip locked
        )
        returning id, media_id, traceparent
        "#,
        kind.as_str(),
        max_attempts,
        code,
    )
    .fetch_all(connection)
    .await?;
    let exhausted = failed.into_iter().map(|row| Exhausted {
        job_id: JobId(row.id),
        media_id: row.media_id.map(MediaId),
        trace: row.traceparent.and_then(|text| text.parse().ok()),
    });
    Ok(exhausted.collect())
}

fn require_lease(rows: u64) -> Result<(), LeaseError> {
    if rows == 0 {
        Err(LeaseError::Lost)
    } else {
        Ok(())
    }
}
