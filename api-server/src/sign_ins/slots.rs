//! Bounds how many attempts of one network at one target run at the same time.
//!
//! An attempt counts as a failure until its password is found right, so that guesses sent at the
//! same time are all counted. Without a bound, right passwords sent at the same time (by an office
//! or a script) would be refused, because each would see the others as failures. So at most the
//! free-failure allowance runs at once; the next attempt waits until one of them is decided.
//!
//! The bound holds within one process. With several servers, an attempt may be refused that one
//! server would have let through; nobody gets more guesses.

use shared::KeyedSemaphores;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::ApiResult;
use crate::work_slots::wait_for_permit;

/// Slots for undecided attempts, by target and network.
pub struct AttemptSlots(KeyedSemaphores<(Vec<u8>, String)>);

/// Held until the attempt is decided; dropping it frees the slot.
pub struct AttemptSlot {
    _permit: OwnedSemaphorePermit,
}

impl AttemptSlots {
    /// At most `at_once` undecided attempts of each network at each target, and at least one.
    pub fn new(at_once: u32) -> Self {
        let at_once = usize::try_from(at_once).unwrap_or(usize::MAX);
        let permits = at_once.clamp(1, Semaphore::MAX_PERMITS);
        Self(KeyedSemaphores::new(permits))
    }

    /// Waits for a slot of `network` at `target`; 503 if none is free in time.
    pub async fn acquire(&self, target: &[u8], network: &str) -> ApiResult<AttemptSlot> {
        let slots = self.0.get((target.to_vec(), network.to_owned()));
        Ok(AttemptSlot {
            _permit: wait_for_permit(slots).await?,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn the_next_attempt_waits_for_its_own_network_and_target_only() {
        let slots = AttemptSlots::new(2);
        let first = slots.acquire(b"ada", "192.0.2.1").await.ok().unwrap();
        let _second = slots.acquire(b"ada", "192.0.2.1").await.ok().unwrap();
        let mut third = Box::pin(slots.acquire(b"ada", "192.0.2.1"));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(slots.acquire(b"ada", "192.0.2.2").now_or_never().is_some());
        assert!(slots.acquire(b"bob", "192.0.2.1").now_or_never().is_some());
        drop(first);
        assert!(third.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_waits_too_long_is_503() {
        let slots = AttemptSlots::new(1);
        let _first = slots.acquire(b"ada", "192.0.2.1").await.ok().unwrap();
        let refused = slots.acquire(b"ada", "192.0.2.1").await.err().unwrap();
        assert_eq!(refused.into_problem().status(), 503);
    }
}
