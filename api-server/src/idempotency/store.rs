//! SQL statements on `idempotency_keys`, and the lock of a running request.

use shared::ids::UserId;
use sqlx::PgConnection;

use crate::http::IdempotencyKey;

/// The resource created with a key.
pub struct KeyRow {
    pub body_sha256: Vec<u8>,
    pub resource_id: String,
}

/// Takes the lock `number` until the transaction ends; false while another transaction holds it.
pub async fn try_lock(tx: &mut PgConnection, number: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select pg_try_advisory_xact_lock($1) as "is_locked!"
        "#,
        number
    )
    .fetch_one(tx)
    .await
}

pub async fn find_key(
    tx: &mut PgConnection,
    user_id: UserId,
    asked: &IdempotencyKey,
) -> sqlx::Result<Option<KeyRow>> {
    sqlx::query_as!(
        KeyRow,
        r#"
        select body_sha256, resource_id
        from idempotency_keys
        where user_id = $1 and route = $2 and key = $3
        "#,
        user_id.0,
        asked.route,
        asked.key
    )
    .fetch_optional(tx)
    .await
}

pub async fn insert_key(
    tx: &mut PgConnection,
    user_id: UserId,
    asked: &IdempotencyKey,
    resource_id: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into idempotency_keys (user_id, route, key, body_sha256, status, resource_id)
        values ($1, $2, $3, $4, 201, $5)
        "#,
        user_id.0,
        asked.route,
        asked.key,
        &asked.body_sha256,
        resource_id
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes some keys older than a day; returns how many.
pub async fn delete_old_keys(connection: &mut PgConnection, limit: i64) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        r#"
        delete from idempotency_keys
        where ctid = any (array(
            select ctid
            from idempotency_keys
            where created_at < now() - interval '24 hours'
            limit $1
            for update skip locked
        ))
        "#,
        limit
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
