//! Deletes expired idempotency keys and sign-in attempts, ends sessions beyond the limit of a user,
//! and completes rows that an older release inserted. It works in small batches, because a long
//! transaction would delay the readers of events. Several servers may do it at the same time.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::accounts;
use crate::app::App;
use crate::http::ApiResult;
use crate::idempotency;
use crate::sessions;
use crate::sign_ins;

const KEYS: &str = "idempotency_keys";
const ATTEMPTS: &str = "sign_in_attempts";
const SESSIONS: &str = "sessions";
const MAILBOXES: &str = "mailboxes";
/// The labels of its metrics.
pub const SWEEPS: [&str; 4] = [KEYS, ATTEMPTS, SESSIONS, MAILBOXES];

const EVERY: Duration = Duration::from_hours(1);

/// Prunes now and every hour, until `stop`.
pub async fn prune(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        stop.run_until_cancelled(prune_all(app)).await;
        stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

/// Prunes once.
pub async fn prune_all(app: &App) {
    let keys = async {
        while idempotency::actions::prune_keys(&app.pool).await? > 0 {}
        Ok(())
    };
    note(app, KEYS, &keys.await);
    let attempts = async {
        while sign_ins::actions::prune_sign_in_attempts(app).await? > 0 {}
        Ok(())
    };
    note(app, ATTEMPTS, &attempts.await);
    let sessions = async {
        while sessions::actions::prune_sessions(app).await? > 0 {}
        Ok(())
    };
    note(app, SESSIONS, &sessions.await);
    let mailboxes = async {
        while accounts::actions::complete_mailboxes(app).await? > 0 {}
        Ok(())
    };
    note(app, MAILBOXES, &mailboxes.await);
}

/// The next run tries again.
fn note(app: &App, what: &'static str, pruned: &ApiResult<()>) {
    app.sweeps.note(what, pruned.is_ok());
    if let Err(error) = pruned {
        tracing::warn!(what, ?error, "cannot prune or complete old rows");
    }
}
