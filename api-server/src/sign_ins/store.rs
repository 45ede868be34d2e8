//! The SQL statements about attempts. Times are the database's; windows are relative to the start
//! of the transaction, so that indexes can be used.

mod credentials;

use sqlx::PgConnection;

pub use credentials::{find_credentials, find_credentials_of, lock_user};

use super::model::{AttemptKey, History};
use crate::config::LimitArgs;

/// More failures than this do not increase the wait.
const MOST_DOUBLINGS: i64 = 32;

/// Reads only as many rows as matter, however long an attack lasts.
pub async fn read_history(
    connection: &mut PgConnection,
    AttemptKey {
        target,
        names,
        network,
    }: AttemptKey<'_>,
    limits: &LimitArgs,
) -> Result<History, sqlx::Error> {
    sqlx::query_as!(
        History,
        r#"
        select
            here.failures as "network_failures!",
            extract(epoch from clock_timestamp() - here.latest)::float8
                as since_network_failure_seconds,
            anywhere.failures as "account_failures!",
            extract(epoch from clock_timestamp() - anywhere.latest)::float8
                as since_account_failure_seconds,
            exists (
                select
                from unnest($7::bytea[]) as names (hash)
                cross join lateral (
                    select
                    from sign_in_attempts
                    where target_hash = names.hash
                        and network = $2
                        and has_succeeded
                        and attempted_at > now() - make_interval(secs => $3)
                    limit 1
                ) as success
            ) as "is_known_network!"
        from (
            select max(attempted_at) as latest
            from sign_in_attempts
            where target_hash = $1
                and network = $2
                and has_succeeded
                and attempted_at > now() - make_interval(secs => $3)
        ) as success
        cross join lateral (
            select count(*) as failures, max(attempted_at) as latest
            from (
                select attempted_at
                from sign_in_attempts
                where target_hash = $1
                    and network = $2
                    and not has_succeeded
                    and attempted_at > now() - make_interval(secs => $4)
                    and attempted_at > coalesce(success.latest, '-infinity')
                order by attempted_at desc
                limit $5
            ) as recent
        ) as here
        cross join (
            select count(*) as failures, max(attempted_at) as latest
            from (
                select attempted_at
                from sign_in_attempts
                where target_hash = $1
                    and not has_succeeded
                    and attempted_at > now() - interval '1 hour'
                order by attempted_at desc
                limit $6
            ) as recent
        ) as anywhere
        "#,
        target,
        network,
        limits.sign_in_known_network.as_secs_f64(),
        limits.sign_in_window.as_secs_f64(),
        i64::from(limits.sign_in_free_failures) + MOST_DOUBLINGS,
        i64::from(limits.sign_in_account_failures),
        names
    )
    .fetch_one(connection)
    .await
}

/// Attempts at one target are permitted one after the other, until the transaction ends.
pub async fn lock_target(connection: &mut PgConnection, target: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))"#,
        target
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserted as a failure, until it is confirmed.
pub async fn insert_attempt(
    connection: &mut PgConnection,
    target: &[u8],
    network: &str,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        insert into sign_in_attempts (target_hash, network, has_succeeded, attempted_at)
        values ($1, $2, false, clock_timestamp())
        returning id
        "#,
        target,
        network
    )
    .fetch_one(connection)
    .await
}

pub async fn confirm_attempt(connection: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update sign_in_attempts
        set has_succeeded = true
        where id = $1
        "#,
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn delete_attempt(connection: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        delete from sign_in_attempts
        where id = $1
        "#,
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes at most `limit` attempts older than this; returns how many.
pub async fn delete_old_attempts(
    connection: &mut PgConnection,
    age_seconds: f64,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query!(
        r#"
        delete from sign_in_attempts
        where ctid = any (array(
            select ctid
            from sign_in_attempts
            where attempted_at < now() - make_interval(secs => $1)
            order by attempted_at
            limit $2
            for update skip locked
        ))
        "#,
        age_seconds,
        limit
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}
