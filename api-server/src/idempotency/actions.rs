//! Finds whether a create was done before, and records a new one.

use std::collections::HashSet;
use std::fmt::Display;
use std::str::FromStr;

use aws_lc_rs::digest;
use http::StatusCode;
use shared::auth::Principal;
use shared::db::Pool;
use sqlx::PgConnection;

use super::model::{KeyRow, UsersKey};
use super::store;
use crate::http::{ApiError, ApiResult, IdempotencyKey};

/// The `Retry-After` for a request whose twin is still running.
const RUNNING_RETRY_SECONDS: u32 = 1;
/// How many old keys one transaction deletes.
const PRUNED_AT_ONCE: i64 = 1000;

/// The resource that the same request created before, if any. Until the transaction ends, the
/// caller holds the key: 409 while another request holds it, 422 if it was used with another body.
pub async fn find_made<Id: FromStr>(
    tx: &mut PgConnection,
    caller: &Principal,
    asked: Option<&IdempotencyKey>,
) -> ApiResult<Option<Id>> {
    let Some(asked) = asked else {
        return Ok(None);
    };
    let key = UsersKey::new(caller.user_id, asked);
    let found = find_each_made(tx, &[Some(key)]).await?;
    found.into_iter().next().unwrap_or(Ok(None))
}

/// The same for each of several requests, with or without a key, in two statements.
pub async fn find_each_made<Id: FromStr>(
    tx: &mut PgConnection,
    requests: &[Option<UsersKey<'_>>],
) -> Result<Vec<ApiResult<Option<Id>>>, sqlx::Error> {
    let asked: Vec<UsersKey> = requests.iter().flatten().copied().collect();
    if asked.is_empty() {
        return Ok(requests.iter().map(|_| Ok(None)).collect());
    }
    let numbers: Vec<i64> = asked.iter().map(lock_number).collect();
    let locked = store::try_lock(tx, &numbers).await?;
    let rows = store::find_keys(tx, &asked).await?;
    // A transaction may take a lock twice, but two requests must not.
    let mut held = HashSet::new();
    let locked = numbers.into_iter().zip(locked);
    let is_held = locked.map(|(number, is_locked)| is_locked && held.insert(number));
    let mut keyed = asked.iter().zip(is_held).zip(rows);
    let made = |request: &Option<UsersKey>| match request.and_then(|_| keyed.next()) {
        Some(((asked, is_held), row)) => made_before(asked.key, is_held, row),
        None => Ok(None),
    };
    Ok(requests.iter().map(made).collect())
}

fn made_before<Id: FromStr>(
    asked: &IdempotencyKey,
    is_held: bool,
    row: KeyRow,
) -> ApiResult<Option<Id>> {
    if !is_held {
        let detail = "a request with this Idempotency-Key is still running";
        let error = ApiError::conflict("idempotency_key_in_use", detail);
        return Err(error.retry_after(RUNNING_RETRY_SECONDS));
    }
    let (Some(body_sha256), Some(resource_id)) = (row.body_sha256, row.resource_id) else {
        return Ok(None);
    };
    if body_sha256 != asked.body_sha256 {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "this Idempotency-Key was sent with a different body",
        ));
    }
    let id = resource_id.parse();
    id.map(Some)
        .map_err(|_| ApiError::internal("an idempotency record holds an id of the wrong kind"))
}

/// Records the created resource, in the transaction that creates it.
pub async fn record(
    tx: &mut PgConnection,
    caller: &Principal,
    asked: Option<&IdempotencyKey>,
    id: impl Display,
) -> ApiResult<()> {
    if let Some(asked) = asked {
        record_each(tx, &[(UsersKey::new(caller.user_id, asked), id)]).await?;
    }
    Ok(())
}

/// The same for several resources.
pub async fn record_each(
    tx: &mut PgConnection,
    created: &[(UsersKey<'_>, impl Display)],
) -> Result<(), sqlx::Error> {
    if created.is_empty() {
        return Ok(());
    }
    let (keys, ids): (Vec<_>, Vec<_>) = created
        .iter()
        .map(|(key, id)| (*key, id.to_string()))
        .unzip();
    store::insert_keys(tx, &keys, &ids).await
}

/// Deletes keys older than a day, one batch at a time; returns how many, 0 at the end.
pub async fn prune_keys(pool: &Pool) -> ApiResult<u64> {
    let mut connection = pool.acquire_to_write().await?;
    Ok(store::delete_old_keys(&mut connection, PRUNED_AT_ONCE).await?)
}

/// The lock number of a caller, a route and a key. If two requests share a number by chance, one of
/// them gets 409.
fn lock_number(asked: &UsersKey) -> i64 {
    let UsersKey { user_id, key } = asked;
    let text = format!("{user_id}\n{}\n{}", key.route, key.key);
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let bytes = hash.as_ref().first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(bytes)
}
