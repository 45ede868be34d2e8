//! The current faults of a proxy, and its counts.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::sync::watch;

/// How pieces are forwarded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    pub bytes_per_second: Option<u64>,
    pub delay: Duration,
    pub is_stalled: bool,
}

/// The counts of a proxy, over all connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Connections accepted.
    pub connections: u64,
    /// Bytes to the server, including headers.
    pub up: usize,
    /// Bytes to the client, including headers.
    pub down: usize,
    /// How often all connections were reset.
    pub cuts: u64,
}

/// The direction of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// Shared by a proxy and its connections.
#[derive(Default)]
pub(super) struct Rules {
    pace: watch::Sender<Pace>,
    /// The number of cuts; a connection ends when it changes.
    cuts: watch::Sender<u64>,
    ledger: Mutex<Ledger>,
}

#[derive(Default)]
struct Ledger {
    counts: Counts,
    /// Bytes upstream from now to the first cut, from there to the second, and so on.
    planned_cuts: VecDeque<usize>,
}

impl Rules {
    pub fn pace(&self, change: impl FnOnce(&mut Pace)) {
        self.pace.send_modify(change);
    }

    pub fn watch_pace(&self) -> watch::Receiver<Pace> {
        self.pace.subscribe()
    }

    pub fn watch_cuts(&self) -> watch::Receiver<u64> {
        self.cuts.subscribe()
    }

    pub fn cut_after(&self, bytes: usize) {
        self.ledger().planned_cuts.push_back(bytes);
    }

    pub fn cut(&self) {
        self.ledger().counts.cuts += 1;
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    pub fn counts(&self) -> Counts {
        self.ledger().counts
    }

    pub fn count_connection(&self) {
        self.ledger().counts.connections += 1;
    }

    /// How many of `wanted` bytes may pass, counted as passed, and whether a cut follows.
    pub fn take(&self, direction: Direction, wanted: usize) -> (usize, bool) {
        let mut ledger = self.ledger();
        if direction == Direction::Down {
            ledger.counts.down += wanted;
            return (wanted, false);
        }
        let mut allowed = wanted;
        let mut is_last = false;
        if let Some(left) = ledger.planned_cuts.front_mut() {
            allowed = wanted.min(*left);
            *left -= allowed;
            is_last = *left == 0;
        }
        if is_last {
            ledger.planned_cuts.pop_front();
        }
        ledger.counts.up += allowed;
        (allowed, is_last)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
