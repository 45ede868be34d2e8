//! Waiting for a condition, never for a time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Long enough for a busy machine with two cores; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(90);

const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Looks until there is something, at most for `patience`.
///
/// # Panics
/// When the time is over, naming `what` was waited for.
pub async fn eventually<T>(what: &str, patience: Duration, look: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {patience:?} for {what}");
        sleep(LOOK_EVERY).await;
    }
}
