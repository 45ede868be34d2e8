//! How a request learns that the server is shutting down, and how the drain waits for tasks that
//! outlive their HTTP exchange, such as upgraded connections.

use tokio::task::JoinHandle;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::telemetry::in_current_trace;

/// The drain as requests see it; in the extensions of every request of a
/// [`Listener`](super::Listener).
///
/// A drain has two steps. When it begins, nothing new starts and long work should end early. When
/// the grace period is over, tasks that still run are dropped.
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

    /// Returns when the drain begins. Code that reads a request body must wait for this too: a
    /// half-sent body would hold up the drain for the whole grace period.
    pub async fn begun(&self) {
        self.begun.cancelled().await;
    }

    /// Spawns a task that the drain waits for and drops after the grace period. It ends with the
    /// listener. Upgraded connections run in such tasks. Its log lines have the fields of the
    /// request that spawns it, and the jobs that it queues have its trace.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let cut = self.cut.clone();
        let task = async move {
            tokio::select! {
                () = task => {}
                () = cut.cancelled() => {}
            }
        };
        self.tasks.spawn(in_current_trace(task))
    }

    /// A guard that drops all tasks when it is dropped, so that they do not outlive the listener.
    pub(super) fn owner(&self) -> DropGuard {
        self.cut.clone().drop_guard()
    }

    /// Waits for all tasks, at most `grace`; then drops the rest and returns their number.
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

/// hyper spawns the streams of HTTP/2 connections here, so that the drain waits for them.
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
