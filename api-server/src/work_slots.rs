//! Slots for expensive work: how many pieces run at the same time, how many wait, and for how long.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::ApiError;

/// How long a request waits at most before its work begins.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Too many pieces wait, or the wait took too long: 503 with `Retry-After`.
#[derive(Debug)]
pub struct Busy;

impl From<Busy> for ApiError {
    fn from(_: Busy) -> Self {
        Self::busy()
    }
}

/// The slots of one kind of work.
#[derive(Debug)]
pub struct WorkSlots {
    max_pending: usize,
    /// A permit for each piece that waits or runs.
    pending: Arc<Semaphore>,
    /// A permit for each piece that runs.
    running: Arc<Semaphore>,
}

/// A slot for a piece that runs. Dropping it frees the slot.
#[derive(Debug)]
pub struct WorkSlot {
    _pending: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
}

impl WorkSlots {
    /// At most `at_once` pieces of work run, and at most `max_waiting` more wait.
    pub fn new(at_once: usize, max_waiting: usize) -> Self {
        let max_pending = at_once + max_waiting;
        Self {
            max_pending,
            pending: Arc::new(Semaphore::new(max_pending)),
            running: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// How many pieces of work run or wait.
    pub fn pending(&self) -> usize {
        self.max_pending - self.pending.available_permits()
    }

    /// Waits for a slot. A caller that is dropped leaves the queue.
    pub async fn acquire(&self) -> Result<WorkSlot, Busy> {
        let pending = Arc::clone(&self.pending).try_acquire_owned();
        Ok(WorkSlot {
            _pending: pending.map_err(|_| Busy)?,
            _running: wait_for_permit(Arc::clone(&self.running)).await?,
        })
    }

    /// Takes every place of the queue.
    #[cfg(test)]
    pub fn fill(&self) -> OwnedSemaphorePermit {
        let all = u32::try_from(self.max_pending).unwrap();
        let pending = Arc::clone(&self.pending);
        pending.try_acquire_many_owned(all).unwrap()
    }
}

/// Waits for a permit as long as any request may wait.
pub async fn wait_for_permit(semaphore: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Busy> {
    match tokio::time::timeout(LONGEST_WAIT, semaphore.acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        // No semaphore is ever closed.
        Ok(Err(_)) | Err(_) => Err(Busy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_takes_too_long_is_refused() {
        let slots = WorkSlots::new(1, 1);
        let _running = slots.acquire().await.unwrap();
        assert!(slots.acquire().await.is_err());
        assert_eq!(slots.pending(), 1);
    }
}
