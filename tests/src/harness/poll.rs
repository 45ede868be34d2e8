//! Waits for a condition, never for a fixed time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Long enough for a busy machine with two cores; a test that waits this long has failed.
pub const DEADLINE: Duration = Duration::from_secs(90);

const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Polls until there is a value, for at most `patience`.
///
/// # Panics
/// If the time is over; the message names `what`.
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
