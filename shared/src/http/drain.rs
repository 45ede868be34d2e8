//! How a request learns that the server is going down, and how work that outlives its
//! connection's HTTP part (a WebSocket) is waited for.

use tokio::task::JoinHandle;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

/// The drain as a request sees it; in the extensions of every request of a
/// [`Listener`](super::Listener).
///
/// A drain has two steps: at the first, nothing new is begun and long work should end itself
/// early; at the second, when the grace is over, what still runs is dropped.
#[derive(Debug, Clone)]
pub struct Draining {
    begun: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl Draining {
    pub(super) fn new(begun: CancellationToken) -> Self {
        Self {
            begun,
            cut: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Returns when the drain begins. Whoever reads a request body waits for this beside the
    /// body: a half-sent one would hold the drain for its whole grace.
    pub async fn begun(&self) {
        self.begun.cancelled().await;
    }

    /// The token behind [`begun`](Self::begun), for code that wants a token.
    pub fn token(&self) -> &CancellationToken {
        &self.begun
    }

    /// Runs a task that the drain waits for and, after the grace, drops. It belongs to the
    /// listener: upgraded connections live here.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let cut = self.cut.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = task => {}
                () = cut.cancelled() => {}
            }
        })
    }

    /// Dropped, it drops all tasks: they do not outlive the listener's own future.
    pub(super) fn owner(&self) -> DropGuard {
        self.cut.clone().drop_guard()
    }

    /// Waits for all tasks, at most `grace`; then drops what is left and says how many that was.
    pub(super) async fn finish(&self, grace: std::time::Duration) -> usize {
        self.tasks.close();
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_ok() {
            return 0;
        }
        let left = self.tasks.len();
        self.cut.cancel();
        self.tasks.wait().await;
        left
    }
}

/// Runs what HTTP/2 spawns for its streams, so that the drain knows of it.
impl<F> hyper::rt::Executor<F> for Draining
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, task: F) {
        self.spawn(async move {
            task.await;
        });
    }
}
