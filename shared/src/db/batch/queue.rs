//! The callers that wait, by key.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::model::{Batch, BatchError, BatchLimits};

/// The result for one caller.
pub(super) type Answer<B> = Result<<B as Batch>::Output, BatchError>;

/// A caller that waits.
pub(super) struct Waiter<B: Batch> {
    pub member: B::Member,
    /// Closed when the caller has left.
    pub answer: oneshot::Sender<Answer<B>>,
}

/// A key is present while a task works for it.
pub(super) struct Queues<B: Batch>(Mutex<HashMap<B::Key, VecDeque<Waiter<B>>>>);

impl<B: Batch> Default for Queues<B> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<B: Batch> Queues<B> {
    /// Adds a caller. True if no task works for the key yet: then the caller must start it.
    pub fn join(
        &self,
        key: &B::Key,
        waiter: Waiter<B>,
        limits: BatchLimits,
    ) -> Result<bool, BatchError> {
        match self.lock().entry(key.clone()) {
            Entry::Vacant(vacant) => {
                vacant.insert(VecDeque::from([waiter]));
                Ok(true)
            }
            Entry::Occupied(mut occupied) => {
                let queue = occupied.get_mut();
                if queue.len() >= limits.waiting {
                    queue.retain(|waiter| !waiter.answer.is_closed());
                }
                if queue.len() >= limits.waiting {
                    return Err(BatchError::Full);
                }
                queue.push_back(waiter);
                Ok(false)
            }
        }
    }

    /// The callers of the next batch, oldest first, without those that have left. `None` ends the
    /// task of the key.
    pub fn next(&self, key: &B::Key, limits: BatchLimits) -> Option<Vec<Waiter<B>>> {
        let mut queues = self.lock();
        let queue = queues.get_mut(key)?;
        queue.retain(|waiter| !waiter.answer.is_closed());
        if queue.is_empty() {
            queues.remove(key);
            return None;
        }
        let members = queue.len().min(limits.members);
        Some(queue.drain(..members).collect())
    }

    /// The number of callers of all keys.
    pub fn waiting(&self) -> usize {
        self.lock().values().map(VecDeque::len).sum()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<B::Key, VecDeque<Waiter<B>>>> {
        // A panic in another thread leaves the queues whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
