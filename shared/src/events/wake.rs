//! The hint after a commit that there are new events, over Redis, at most twenty times a second. No
//! request calls NOTIFY in its transaction, because that serializes all commits.

use tokio_util::sync::CancellationToken;

use crate::{
    ephemeral::{ANSWER_TIMEOUT, Redis},
    wake::WakeUp,
};

/// The Redis channel on which hints of new rows are published.
pub const CHANNEL: &str = "pawl:events";

/// Sends hints on [`CHANNEL`] until `stop`. Without Redis none are sent, and readers find the rows
/// by polling.
pub fn wake_up(redis: &Redis, stop: CancellationToken) -> WakeUp {
    if !redis.is_configured() {
        return WakeUp::silent();
    }
    let redis = redis.clone();
    WakeUp::start(stop, move || {
        let redis = redis.clone();
        async move {
            let mut publish = redis::cmd("PUBLISH");
            redis
                .ask::<()>(publish.arg(CHANNEL).arg(""), ANSWER_TIMEOUT)
                .await;
        }
    })
}
