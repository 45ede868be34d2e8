//! What the clones of a pool share.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::{sync::Semaphore, time::Instant};

/// A connection that was idle for longer is closed.
const IDLE: Duration = Duration::from_mins(10);
/// No connection is kept for longer, because a server process grows with the statements it has run.
const LIFETIME: Duration = Duration::from_mins(30);
#[derive(Debug)]
pub(super) struct PoolState {
    pub options: PgConnectOptions,
    pub acquire_timeout: Duration,
    pub max_connections: usize,
    /// One for each connection that may exist.
    pub permits: Arc<Semaphore>,
    /// One for each connection that may lock rows: fewer than `permits`.
    pub write_permits: Arc<Semaphore>,
    /// The connection given back last is taken first, so that those not needed grow old and are
    /// closed.
    pub idle: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
pub(super) struct Idle {
    pub connection: OpenConnection,
    pub since: Instant,
}

#[derive(Debug)]
pub(super) struct OpenConnection {
    pub raw: PgConnection,
    pub connected_at: Instant,
}

impl PoolState {
    pub fn pop(&self) -> Option<Idle> {
        self.idle().pop()
    }

    /// Keeps a connection that is in order for the next caller.
    pub fn keep(&self, connection: OpenConnection) {
        if self.permits.is_closed() || connection.connected_at.elapsed() > LIFETIME {
            return;
        }
        let since = Instant::now();
        let mut idle = self.idle();
        // The oldest come first. Dropping a connection closes it.
        let is_old = |idle: &Idle| idle.since.elapsed() > IDLE;
        let old = idle.partition_point(is_old);
        idle.drain(..old);
        idle.push(Idle { connection, since });
    }

    pub fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        // A panic in another thread leaves the list whole.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
