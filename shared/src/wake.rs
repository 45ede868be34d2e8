//! Coalesced notifications. Each NOTIFY or publish costs the database or Redis something, and one
//! hint is as good as a hundred, so at most twenty are sent per second.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Twenty a second.
const SPACING: Duration = Duration::from_millis(50);

/// Signals "there is work" without waiting. Clones share one sender.
#[derive(Debug, Clone, Default)]
pub struct WakeUp(Arc<Notify>);

impl WakeUp {
    /// Discards hints, for a process that cannot send them.
    #[must_use]
    pub fn silent() -> Self {
        Self::default()
    }

    /// Starts the task that calls `send` soon after [`WakeUp::wake`], until `stop`.
    pub fn start<F, Sent>(stop: CancellationToken, mut send: F) -> Self
    where
        F: FnMut() -> Sent + Send + 'static,
        Sent: Future<Output = ()> + Send,
    {
        let wake = Self::default();
        let hinted = Arc::clone(&wake.0);
        tokio::spawn(async move {
            while stop.run_until_cancelled(hinted.notified()).await.is_some() {
                send().await;
                tokio::time::sleep(SPACING).await;
            }
        });
        wake
    }

    /// Sends a hint soon. Call it after the commit.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_wake_ups_send_few_hints_and_never_none() {
        let sent = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&sent);
        let wake = WakeUp::start(CancellationToken::new(), move || {
            counter.fetch_add(1, Ordering::Relaxed);
            async {}
        });
        for _ in 0..1000 {
            wake.wake();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!((1..=21).contains(&sent.load(Ordering::Relaxed)), "{sent:?}");
        let before = sent.load(Ordering::Relaxed);
        wake.wake();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(sent.load(Ordering::Relaxed), before + 1);
    }
}
