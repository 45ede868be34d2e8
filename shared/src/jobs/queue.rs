//! The statements of the queue. Each takes a connection, so that it can be part of a caller's
//! transaction.

use std::time::Duration;

use sqlx::PgConnection;

use super::{
    error::LeaseError,
    model::{ClaimSettings, JobKind, Lease, NewJob},
};
use crate::{
    db::interval,
    ids::{JobId, MediaId},
};

/// The channel on which hints of new jobs are sent: `NOTIFY pawl_jobs`.
pub const CHANNEL: &str = "pawl_jobs";

/// Enqueues a job; `None` when a queued or running job has its key already.
pub async fn enqueue(
    connection: &mut PgConnection,
    job: &NewJob,
) -> Result<Option<JobId>, sqlx::Error> {
    let id = sqlx::query_scalar!(
        r#"
        insert into jobs (id, kind, unique_key, media_id, priority, payload, run_after)
        values ($1, $2, $3, $4, $5, $6, now() + $7)
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
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(JobId))
}

/// Hints to workers that there may be jobs. Never call it in a transaction, because NOTIFY serializes
/// commits. Send it through a [`WakeUp`](crate::wake::WakeUp).
pub async fn notify(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_notify($1, '')", CHANNEL)
        .execute(connection)
        .await?;
    Ok(())
}

/// Claims the next job of one of `kinds`: a queued job that is due, or a running job whose lease
/// expired. Counts the attempt and sets a new token.
pub async fn claim(
    connection: &mut PgConnection,
    kinds: &[JobKind],
    worker: &str,
    settings: ClaimSettings,
) -> Result<Option<Lease>, sqlx::Error> {
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    let claimed = sqlx::query!(
        r#"
        with abandoned as (
            select id
            from jobs
            where state = 'running' and leased_until < now()
                and attempts < $4 and kind = any($1)
            order by leased_until
            limit 1
            for update skip locked
        ),
        queued as (
            select id
            from jobs
            where state = 'queued' and run_after <= now() and kind = any($1)
                and not exists (select from abandoned)
            order by priority desc, run_after, id
            limit 1
            for update skip locked
        )
        update jobs
        set state = 'running',
            attempts = attempts + 1,
            lease_token = gen_random_uuid(),
            leased_until = now() + $3,
            worker = $2,
            max_attempts = $4
        where id in (select id from abandoned union all select id from queued)
        returning id, lease_token as "token!", media_id, payload, attempts, max_attempts,
            extract(epoch from now() - run_after)::float8 as "queue_wait_seconds!"
        "#,
        &kinds,
        worker,
        interval(settings.lease),
        settings.max_attempts,
    )
    .fetch_optional(connection)
    .await?;
    Ok(claimed.map(|row| Lease {
        job_id: JobId(row.id),
        token: row.token,
        media_id: row.media_id.map(MediaId),
        payload: row.payload,
        attempt: row.attempts,
        max_attempts: row.max_attempts,
        queue_wait: Duration::try_from_secs_f64(row.queue_wait_seconds).unwrap_or_default(),
    }))
}

/// The heartbeat: the lease lasts until `by` from now. It also renews an expired lease while no other
/// worker has the job.
pub async fn extend(
    connection: &mut PgConnection,
    lease: &Lease,
    by: Duration,
) -> Result<(), LeaseError> {
    let extended = sqlx::query!(
        r#"
        update jobs
        set leased_until = now() + $3
        where id = $1 and lease_token = $2 and state = 'running'
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
        where id = $1 and lease_token = $2 and state = 'running'
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
        where id = $1 and lease_token = $2 and state = 'running'
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
        where id = $1 and lease_token = $2 and state = 'running'
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

/// Puts the job back into the queue because this worker stops. The attempt is not counted, because it
/// did not fail.
pub async fn release(connection: &mut PgConnection, lease: &Lease) -> Result<(), LeaseError> {
    let released = sqlx::query!(
        r#"
        update jobs
        set state = 'queued', leased_until = null, worker = null, run_after = now(),
            attempts = attempts - 1
        where id = $1 and lease_token = $2 and state = 'running'
        "#,
        lease.job_id.0,
        lease.token,
    )
    .execute(connection)
    .await?;
    require_lease(released.rows_affected())
}

/// A job whose last attempt's lease expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhausted {
    /// The job, which is failed now.
    pub job_id: JobId,
    /// Its media; fail it in the same transaction.
    pub media_id: Option<MediaId>,
}

/// Fails the jobs of `kinds` that used up `max_attempts` and whose lease expired.
pub async fn take_exhausted(
    connection: &mut PgConnection,
    kinds: &[JobKind],
    max_attempts: i32,
) -> Result<Vec<Exhausted>, sqlx::Error> {
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    let failed = sqlx::query!(
        r#"
        update jobs
        set state = 'failed', leased_until = null, finished_at = now(),
            error_code = 'attempts_exhausted'
        where id in (
            select id
            from jobs
            where state = 'running' and leased_until < now()
                and attempts >= $2 and kind = any($1)
            order by leased_until
            limit 100
            for update skip locked
        )
        returning id, media_id
        "#,
        &kinds,
        max_attempts,
    )
    .fetch_all(connection)
    .await?;
    let exhausted = failed.into_iter().map(|row| Exhausted {
        job_id: JobId(row.id),
        media_id: row.media_id.map(MediaId),
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
