//! Permits sign-in attempts, and records their outcomes.

use std::time::Duration;

use sqlx::PgConnection;

use super::model::{Attempt, AttemptKey, Target};
use super::{limits, store};
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// The window for the account's failures from all networks is an hour.
const HOUR: Duration = Duration::from_hours(1);
/// How many old attempts one transaction deletes.
const PRUNED_AT_ONCE: i64 = 5000;

/// Counts a new attempt; 429 at once if it comes too soon, whether its password is right or wrong.
/// Refused attempts are not counted. If too many attempts of its network are undecided, it waits
/// for them.
pub async fn begin_attempt(app: &App, target: &Target, network: &str) -> ApiResult<Attempt> {
    if !app.limits.limits {
        return Ok(Attempt {
            id: None,
            _slot: None,
        });
    }
    let (target, names) = (target.hash(), target.names());
    let key = AttemptKey {
        target: &target,
        names: &names,
        network,
    };
    let slot = app.sign_in_slots.acquire(&target, network).await?;
    let mut connection = app.pool.acquire().await?;
    // Before taking the lock, so that each attempt of a flood is refused with one statement.
    refuse_too_soon(app, &mut connection, key).await?;
    let mut tx = connection.begin().await?;
    store::lock_target(&mut tx, &target).await?;
    refuse_too_soon(app, &mut tx, key).await?;
    let id = store::insert_attempt(&mut tx, &target, network).await?;
    tx.commit().await?;
    Ok(Attempt {
        id: Some(id),
        _slot: Some(slot),
    })
}

/// The password was right: the network's earlier failures no longer count, and the account knows
/// the network from now on.
pub async fn confirm_attempt(
    connection: &mut PgConnection,
    attempt: &Attempt,
) -> Result<(), sqlx::Error> {
    match attempt.id {
        Some(id) => store::confirm_attempt(connection, id).await,
        None => Ok(()),
    }
}

/// The password was not checked, because too many attempts waited. An attempt whose client
/// disconnected stays counted: its password may have been checked.
pub async fn withdraw_attempt(app: &App, attempt: &Attempt) {
    let Some(id) = attempt.id else { return };
    let deleted = async {
        let mut connection = app.pool.acquire_to_write().await?;
        store::delete_attempt(&mut connection, id).await
    };
    if let Err(error) = deleted.await {
        tracing::warn!(%error, "could not undo the count of a sign-in attempt that was not made");
    }
}

/// Deletes attempts that no longer count, one batch at a time; returns how many, 0 at the end.
pub async fn prune_sign_in_attempts(app: &App) -> ApiResult<u64> {
    let limits = &app.limits;
    let age = limits
        .sign_in_known_network
        .max(limits.sign_in_window)
        .max(HOUR);
    let mut connection = app.pool.acquire_to_write().await?;
    let age_seconds = age.as_secs_f64();
    Ok(store::delete_old_attempts(&mut connection, age_seconds, PRUNED_AT_ONCE).await?)
}

async fn refuse_too_soon(
    app: &App,
    connection: &mut PgConnection,
    key: AttemptKey<'_>,
) -> ApiResult<()> {
    let history = store::read_history(connection, key, &app.limits).await?;
    match limits::wait(&history, &app.limits) {
        Some(wait) => {
            app.refusals.count("sign-ins");
            let detail = "too many sign-ins to this account have failed";
            Err(ApiError::too_soon("too_many_attempts", detail, wait))
        }
        None => Ok(()),
    }
}
