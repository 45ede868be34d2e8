//! Forgets rows that have had their time and that nobody deletes, and ends sessions of whoever has too
//! many: in small batches, for a long
//! transaction would hold up whoever reads events. Servers that do it at once are not in each
//! other's way.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::http::ApiResult;
use crate::idempotency;
use crate::sessions;
use crate::sign_ins;

const EVERY: Duration = Duration::from_hours(1);

/// Forgets now and every hour, until `stop`.
pub async fn prune(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        stop.run_until_cancelled(prune_all(app)).await;
        stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

async fn prune_all(app: &App) {
    let keys = async {
        while idempotency::actions::prune_keys(app).await? > 0 {}
        Ok(())
    };
    log_failure("idempotency keys", &keys.await);
    let attempts = async {
        while sign_ins::actions::prune_sign_in_attempts(app).await? > 0 {}
        Ok(())
    };
    log_failure("attempts to sign in", &attempts.await);
    let sessions = async {
        while sessions::actions::prune_sessions(app).await? > 0 {}
        Ok(())
    };
    log_failure("sessions", &sessions.await);
}

/// The next hour tries again.
fn log_failure(what: &str, pruned: &ApiResult<()>) {
    if let Err(error) = pruned {
        tracing::warn!(what, ?error, "what is old cannot be removed");
    }
}
