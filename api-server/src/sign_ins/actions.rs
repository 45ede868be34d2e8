//! Letting attempts through, and what came of them.

use std::time::Duration;

use sqlx::PgConnection;

use super::model::{Attempt, Target, Whose};
use super::{limits, store};
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// The account's own failures count for an hour.
const HOUR: Duration = Duration::from_hours(1);
/// How many old attempts go in one transaction.
const PRUNED_AT_ONCE: i64 = 5000;

/// Counts an attempt that is about to be made; 429 at once where it comes too soon, be its
/// password right or wrong. What is refused is not counted: who insists is not punished for it.
/// Where too many of its network are not decided yet, it waits for those.
pub async fn begin_attempt(app: &App, target: &Target, network: &str) -> ApiResult<Attempt> {
    if !app.limits.limits {
        return Ok(Attempt {
            id: None,
            _slot: None,
        });
    }
    let (target, names) = (target.hash(), target.names());
    let whose = Whose {
        target: &target,
        names: &names,
        network,
    };
    let slot = app.sign_in_slots.acquire(&target, network).await?;
    let mut connection = app.pool.acquire().await?;
    // Without the lock, so that each of a flood is turned away with one statement.
    refuse_too_soon(app, &mut connection, whose).await?;
    let mut tx = connection.begin().await?;
    store::lock_target(&mut tx, &target).await?;
    refuse_too_soon(app, &mut tx, whose).await?;
    let id = store::insert_attempt(&mut tx, &target, network).await?;
    tx.commit().await?;
    Ok(Attempt {
        id: Some(id),
        _slot: Some(slot),
    })
}

/// The password was right: the failures before it are forgiven to its network, which is known to
/// the account from now on.
pub async fn confirm_attempt(
    connection: &mut PgConnection,
    attempt: &Attempt,
) -> Result<(), sqlx::Error> {
    match attempt.id {
        Some(id) => store::confirm_attempt(connection, id).await,
        None => Ok(()),
    }
}

/// No password was looked at after all, because too many waited. An attempt that its client gave
/// up stays counted: its password was perhaps looked at.
pub async fn withdraw_attempt(app: &App, attempt: &Attempt) {
    let Some(id) = attempt.id else { return };
    let deleted = async {
        let mut connection = app.pool.acquire().await?;
        store::delete_attempt(&mut connection, id).await
    };
    if let Err(error) = deleted.await {
        tracing::warn!(%error, "could not undo the count of a sign-in attempt that was not made");
    }
}

/// Deletes attempts that count for nothing any more, some at a time; how many, and 0 when there
/// are no more.
pub async fn prune_sign_in_attempts(app: &App) -> ApiResult<u64> {
    let limits = &app.limits;
    let age = limits
        .sign_in_known_network
        .max(limits.sign_in_window)
        .max(HOUR);
    let mut connection = app.pool.acquire().await?;
    let age_seconds = age.as_secs_f64();
    Ok(store::delete_old_attempts(&mut connection, age_seconds, PRUNED_AT_ONCE).await?)
}

async fn refuse_too_soon(
    app: &App,
    connection: &mut PgConnection,
    whose: Whose<'_>,
) -> ApiResult<()> {
    let history = store::read_history(connection, whose, &app.limits).await?;
    match limits::wait(&history, &app.limits) {
        Some(wait) => {
            app.refusals.count("sign-ins");
            let detail = "too many sign-ins to this account have failed";
            Err(ApiError::too_soon("too_many_attempts", detail, wait))
        }
        None => Ok(()),
    }
}
