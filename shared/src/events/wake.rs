//! The hint after a commit: "there are new rows", over Redis, at most twenty times a second. No
//! request path calls NOTIFY in its transaction, because that serializes all commits.

use std::time::Duration;

use redis::{
    Client, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio_util::sync::CancellationToken;

use super::CHANNEL;
use crate::{config::Secret, wake::WakeUp};

/// A hint that Redis does not take within this time is not worth waiting for.
const PATIENCE: Duration = Duration::from_secs(1);

/// A sender of hints on [`CHANNEL`], until `stop`. Without a Redis, or while it is away, none are
/// sent and readers find the rows by polling. An error says that the URL cannot be used.
pub fn wake_up(url: Option<&Secret>, stop: CancellationToken) -> RedisResult<WakeUp> {
    let Some(url) = url else {
        return Ok(WakeUp::silent());
    };
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    let redis = ConnectionManager::new_lazy_with_config(Client::open(url.expose())?, config)?;
    Ok(WakeUp::start(stop, move || {
        let mut redis = redis.clone();
        async move {
            let mut publish = redis::cmd("PUBLISH");
            let sent = publish.arg(CHANNEL).arg("").exec_async(&mut redis).await;
            if let Err(error) = sent {
                tracing::debug!(%error, "a hint of new events was not sent");
            }
        }
    }))
}
