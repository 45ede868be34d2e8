//! SQL statements on `idempotency_keys`, and the locks of running requests.

use sqlx::PgConnection;

use super::model::{KeyRow, UsersKey};

/// Takes the locks `numbers` until the transaction ends; false for each that another transaction
/// holds.
pub async fn try_lock(tx: &mut PgConnection, numbers: &[i64]) -> sqlx::Result<Vec<bool>> {
    sqlx::query_scalar!(
        r#"
        select pg_try_advisory_xact_lock(number) as "is_locked!"
        from unnest($1::bigint[]) with ordinality as asked (number, place)
        order by place
        "#,
        numbers
    )
    .fetch_all(tx)
    .await
}

/// A row for each key, in their order.
pub async fn find_keys(tx: &mut PgConnection, asked: &[UsersKey<'_>]) -> sqlx::Result<Vec<KeyRow>> {
    let Columns {
        user_ids,
        routes,
        keys,
    } = Columns::of(asked);
    sqlx::query_as!(
        KeyRow,
        r#"
        select made.body_sha256 as "body_sha256?", made.resource_id as "resource_id?"
        from unnest($1::bigint[], $2::text[], $3::text[])
            with ordinality as asked (user_id, route, key, place)
        left join idempotency_keys as made
            on made.user_id = asked.user_id
            and made.route = asked.route
            and made.key = asked.key
        order by asked.place
        "#,
        &user_ids,
        &routes,
        &keys
    )
    .fetch_all(tx)
    .await
}

/// Records the resource of each key.
pub async fn insert_keys(
    tx: &mut PgConnection,
    asked: &[UsersKey<'_>],
    resource_ids: &[String],
) -> sqlx::Result<()> {
    let Columns {
        user_ids,
        routes,
        keys,
    } = Columns::of(asked);
    let bodies: Vec<Vec<u8>> = asked
        .iter()
        .map(|asked| asked.key.body_sha256.to_vec())
        .collect();
    sqlx::query!(
        r#"
        insert into idempotency_keys (user_id, route, key, body_sha256, status, resource_id)
        select user_id, route, key, body_sha256, 201, resource_id
        from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::text[])
            as made (user_id, route, key, body_sha256, resource_id)
        "#,
        &user_ids,
        &routes,
        &keys,
        &bodies,
        resource_ids
    )
    .execute(tx)
    .await?;
    Ok(())
}

struct Columns {
    user_ids: Vec<i64>,
    routes: Vec<String>,
    keys: Vec<String>,
}

impl Columns {
    fn of(asked: &[UsersKey]) -> Self {
        Self {
            user_ids: asked.iter().map(|asked| asked.user_id.0).collect(),
            routes: asked.iter().map(|asked| asked.key.route.clone()).collect(),
            keys: asked.iter().map(|asked| asked.key.key.clone()).collect(),
        }
    }
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
