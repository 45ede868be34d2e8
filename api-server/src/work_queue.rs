//! A bounded queue in front of work on blocking threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};

use crate::http::ApiError;
use crate::work_slots::{Busy, WorkSlots};

/// Why a piece of work has no result.
#[derive(Debug)]
pub enum WorkError {
    /// The queue is full, the wait took too long, or the system refused a thread: 503 with
    /// `Retry-After`.
    Busy,
    /// The work panicked, which was logged where it happened, or the process is shutting down.
    Failed(JoinError),
}

/// Work for a blocking thread. It gives `None` when its caller has given up meanwhile.
type Task<T> = Box<dyn FnOnce() -> Option<T> + Send>;

/// A queue of blocking work.
#[derive(Debug)]
pub struct WorkQueue {
    slots: WorkSlots,
}

impl WorkQueue {
    /// At most `at_once` pieces of work run, and at most `max_waiting` more wait.
    pub fn new(at_once: usize, max_waiting: usize) -> Self {
        Self {
            slots: WorkSlots::new(at_once, max_waiting),
        }
    }

    /// How many pieces of work run or wait.
    pub fn pending(&self) -> usize {
        self.slots.pending()
    }

    /// Runs `work` on a blocking thread of `threads` when its turn comes. A caller that is dropped
    /// before its work has begun leaves the queue, and nothing is done for it. Work that has begun
    /// runs to its end and keeps its place.
    pub async fn run<T: Send + 'static>(
        &self,
        threads: &Handle,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        self.run_with(|task| threads.spawn_blocking(task), work)
            .await
    }

    async fn run_with<T: Send + 'static>(
        &self,
        spawn: impl FnOnce(Task<T>) -> JoinHandle<Option<T>> + Send,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let slot = Arc::new(Mutex::new(Some(self.slots.acquire().await?)));
        let held = Arc::clone(&slot);
        let take = |slot: &Mutex<Option<_>>| {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            slot.take()
        };
        let task: Task<T> = Box::new(move || take(&held).map(|_slot| work()));
        // A task may wait for a thread: for long if all are busy, and for ever if the system has
        // none to give (tokio then queues the task and panics). If the caller leaves meanwhile, the
        // slot does not stay with the task.
        let _withdrawal = scopeguard::guard(slot, |slot| drop(take(&slot)));
        let Ok(spawned) = catch_unwind(AssertUnwindSafe(|| spawn(task))) else {
            return Err(WorkError::Busy);
        };
        match spawned.await {
            Ok(Some(result)) => Ok(result),
            Ok(None) => Err(WorkError::Busy),
            Err(error) => Err(WorkError::Failed(error)),
        }
    }

    /// Takes every place of the queue.
    #[cfg(test)]
    pub fn fill(&self) -> impl Sized {
        self.slots.fill()
    }
}

impl From<Busy> for WorkError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<WorkError> for ApiError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Busy => Busy.into(),
            WorkError::Failed(error) => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn the_next_waits_for_its_turn_and_one_too_many_is_refused() {
        let queue = WorkQueue::new(1, 1);
        let (release, released) = channel::<()>();
        let here = Handle::current();
        let mut first = Box::pin(queue.run(&here, move || released.recv().is_ok()));
        assert!(first.as_mut().now_or_never().is_none());
        let mut second = Box::pin(queue.run(&here, || 2));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(queue.pending(), 2);
        let third = queue.run(&here, || 3).await;
        assert!(matches!(third, Err(WorkError::Busy)));
        release.send(()).unwrap();
        assert!(first.await.unwrap());
        assert_eq!(second.await.unwrap(), 2);
        assert_eq!(queue.pending(), 0);
    }

    #[tokio::test]
    async fn who_leaves_the_queue_frees_a_place_and_work_that_runs_keeps_its_own() {
        let queue = WorkQueue::new(1, 1);
        let (release, released) = channel::<()>();
        let (begun, has_begun) = channel();
        let (done, all_done) = channel();
        let here = Handle::current();
        let mut running = Box::pin(queue.run(&here, move || {
            begun.send(()).unwrap();
            let released = released.recv();
            done.send(released).unwrap();
        }));
        assert!(running.as_mut().now_or_never().is_none());
        let mut waiting = Box::pin(queue.run(&here, || unreachable!("its caller left")));
        assert!(waiting.as_mut().now_or_never().is_none());
        let first = here.spawn_blocking(move || has_begun.recv());
        first.await.unwrap().unwrap();
        drop((running, waiting));
        assert_eq!(queue.pending(), 1);
        release.send(()).unwrap();
        let finished = here.spawn_blocking(move || all_done.recv().unwrap());
        finished.await.unwrap().unwrap();
        assert_eq!(queue.run(&here, || 3).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn work_whose_caller_left_before_a_thread_was_free_is_not_done() {
        let queue = WorkQueue::new(1, 0);
        let mut waiting = None;
        let no_thread = |task: Task<()>| {
            waiting = Some(task);
            tokio::spawn(std::future::pending())
        };
        let mut left = Box::pin(queue.run_with(no_thread, || unreachable!("its caller left")));
        assert!(left.as_mut().now_or_never().is_none());
        assert_eq!(queue.pending(), 1);
        drop(left);
        assert_eq!(queue.pending(), 0);
        assert_eq!(waiting.unwrap()(), None);
    }

    #[tokio::test]
    async fn a_thread_that_cannot_start_keeps_no_place() {
        let queue = WorkQueue::new(1, 0);
        let mut stranded = None;
        let refuse = |task: Task<i32>| {
            stranded = Some(task);
            panic!("the system refuses a thread")
        };
        let refused = queue.run_with(refuse, || unreachable!("it was refused"));
        assert!(matches!(refused.await, Err(WorkError::Busy)));
        assert_eq!(queue.pending(), 0);
        assert_eq!(queue.run(&Handle::current(), || 1).await.unwrap(), 1);
        assert_eq!(stranded.unwrap()(), None);
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_work_only() {
        let queue = WorkQueue::new(1, 0);
        let here = Handle::current();
        let failed = queue.run(&here, || panic!("work that fails")).await;
        let Err(WorkError::Failed(error)) = failed else {
            panic!("{failed:?}");
        };
        assert!(error.is_panic());
        assert_eq!(queue.run(&here, || 1).await.unwrap(), 1);
    }
}
