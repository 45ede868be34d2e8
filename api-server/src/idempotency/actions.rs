//! Whether a create was done before, and the record that it is done now.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use aws_lc_rs::digest;
use http::StatusCode;
use shared::auth::Principal;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult, IdempotencyKey};

/// Seconds after which whoever asked twice at once may ask again.
const RUNNING_RETRY_SECONDS: u32 = 1;
/// How often old keys are looked for.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// How many keys one statement removes.
const PRUNE_BATCH: i64 = 1000;

/// What the same request made before, if it did. Until the transaction ends the key is this
/// caller's: 409 while another one has it, 422 where it stands for another body.
pub async fn find_made<Id: FromStr>(
    tx: &mut PgConnection,
    caller: &Principal,
    asked: Option<&IdempotencyKey>,
) -> ApiResult<Option<Id>> {
    let Some(asked) = asked else {
        return Ok(None);
    };
    if !store::try_lock(tx, lock_number(caller, asked)).await? {
        let detail = "a request with this Idempotency-Key is running";
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
            "this Idempotency-Key was sent with another body",
        ));
    }
    let id = made.resource_id.parse();
    id.map(Some)
        .map_err(|_| ApiError::internal("a key names what is no id of its kind"))
}

/// Records what the request made, in the transaction that makes it.
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

/// Removes keys of more than a day, now and then, until `stop`. The caller owns the task.
pub async fn prune_keys(app: &App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = prune_once(app).await {
            tracing::warn!(%error, "old idempotency keys cannot be removed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PRUNE_EVERY) => {}
        }
    }
}

/// In small batches: a long transaction would hold up whoever reads events.
pub(super) async fn prune_once(app: &App) -> Result<u64, sqlx::Error> {
    let mut removed = 0;
    loop {
        let mut connection = app.pool.acquire().await?;
        match store::delete_old_keys(&mut connection, PRUNE_BATCH).await? {
            0 => return Ok(removed),
            batch => removed += batch,
        }
    }
}

/// The number that stands for a caller, a route and a key. Two that share one by chance would only
/// keep each other waiting.
fn lock_number(caller: &Principal, asked: &IdempotencyKey) -> i64 {
    let text = format!("{}\n{}\n{}", caller.user_id, asked.route, asked.key);
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let bytes = hash.as_ref().first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(bytes)
}
