//! Turns of attempts that are made at the same time.
//!
//! An attempt is a failure until its password was found right, so that guesses made at once are all
//! counted. Of right passwords sent at once, from an office or by a script, most would be refused for
//! the failures that the others are not. So no more are let begin than cost nothing; the next waits
//! until one of them is decided.
//!
//! Turns are of one process: with several servers somebody may be refused who would not have been,
//! and nobody gets more guesses.

use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::{ApiError, ApiResult};
use crate::shares::Shares;

/// How long one waits at most.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Who attempts what at the moment: a network at a target.
pub struct Turns(Shares<(Vec<u8>, String)>);

/// A turn, until it is dropped.
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    /// At most `at_once` undecided attempts of each network at each target, and at least one.
    pub fn new(at_once: u32) -> Self {
        let at_once = usize::try_from(at_once).unwrap_or(usize::MAX);
        Self(Shares::new(at_once.clamp(1, Semaphore::MAX_PERMITS)))
    }

    /// A turn of `network` at `target`; 503 when those before take too long.
    pub async fn take(&self, target: &[u8], network: &str) -> ApiResult<Turn> {
        let share = self.0.of((target.to_vec(), network.to_owned()));
        let turn = share.acquire_owned();
        match tokio::time::timeout(LONGEST_WAIT, turn).await {
            Ok(turn) => Ok(Turn {
                _permit: turn.map_err(ApiError::internal)?,
            }),
            Err(_) => Err(ApiError::busy()),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn the_next_waits_until_one_is_decided_and_others_do_not_wait_for_it() {
        let turns = Turns::new(2);
        let first = turns.take(b"ada", "192.0.2.1").await.ok().unwrap();
        let _second = turns.take(b"ada", "192.0.2.1").await.ok().unwrap();
        let mut third = Box::pin(turns.take(b"ada", "192.0.2.1"));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(turns.take(b"ada", "192.0.2.2").now_or_never().is_some());
        assert!(turns.take(b"bob", "192.0.2.1").now_or_never().is_some());
        drop(first);
        assert!(third.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_is_told_to_come_back() {
        let turns = Turns::new(1);
        let _first = turns.take(b"ada", "192.0.2.1").await.ok().unwrap();
        let refused = turns.take(b"ada", "192.0.2.1").await.err().unwrap();
        assert_eq!(refused.into_problem().status(), 503);
    }
}
