//! Finds whether a create was done before, and records a new one.

use std::fmt::Display;
use std::str::FromStr;

use aws_lc_rs::digest;
use http::StatusCode;
use shared::auth::Principal;
use sqlx::PgConnection;

use super::store;
use crate::app::App;
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
    if !store::try_lock(tx, lock_number(caller, asked)).await? {
        let detail = "a request with this Idempotency-Key is still running";
        let error = ApiError::conflict("idempotency_key_in_use", detail);
        return Err(error.retry_after(RUNNING_RETRY_SECONDS));
    }
    let Some(made) = store::find_key(tx, caller.user_id, asked).await? else {
        return Ok(None);
    };
    if made.body_sha256 != asked.body_sha256 {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "this Idempotency-Key was sent with a different body",
        ));
    }
    let id = made.resource_id.parse();
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
        store::insert_key(tx, caller.user_id, asked, &id.to_string()).await?;
    }
    Ok(())
}

/// Deletes keys older than a day, one batch at a time; returns how many, 0 at the end.
pub async fn prune_keys(app: &App) -> ApiResult<u64> {
    let mut connection = app.pool.acquire_to_write().await?;
    Ok(store::delete_old_keys(&mut connection, PRUNED_AT_ONCE).await?)
}

/// The lock number of a caller, a route and a key. If two requests share a number by chance, one of
/// them gets 409.
fn lock_number(caller: &Principal, asked: &IdempotencyKey) -> i64 {
    let text = format!("{}\n{}\n{}", caller.user_id, asked.route, asked.key);
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let bytes = hash.as_ref().first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(bytes)
}
