//! One pool a process, of sqlx's connections.
//!
//! sqlx's own pool asks the server whether a connection still lives each time it is given back: a
//! round trip and a task for every request, as much as a short query costs. Here one that was left
//! in order goes back as it is. Whatever else it was left with (an answer that nobody waited for, a
//! transaction that was not committed) is brought to its end before anyone gets it again.

mod held;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod transaction;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout_at},
};

pub use self::{held::PoolConnection, transaction::Transaction};
use super::{Settings, connect_options, is_unavailable};

/// A connection that lay idle for so long is asked whether it still is one. Under load none is.
const STALE: Duration = Duration::from_millis(250);
/// One that nobody needed for so long is closed.
const IDLE: Duration = Duration::from_mins(10);
/// No connection is kept for longer: a server's process grows with what it has been asked.
const LIFETIME: Duration = Duration::from_mins(30);
/// The pause before a server that does not answer is tried again, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A few long-lived connections to one database, shared by its clones.
#[derive(Debug, Clone)]
pub struct Pool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: PgConnectOptions,
    acquire_timeout: Duration,
    max_connections: usize,
    /// One for each connection that there may be.
    places: Arc<Semaphore>,
    /// The one given back last is taken first, so that those beyond the need grow old and go.
    idle: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
struct Idle {
    connection: Live,
    since: Instant,
}

#[derive(Debug)]
struct Live {
    raw: PgConnection,
    connected_at: Instant,
}

impl Pool {
    /// A pool that connects on first use, as `application` in `pg_stat_activity`. An error says what
    /// is wrong with the URL.
    pub fn new(settings: &Settings, application: &str) -> Result<Self, sqlx::Error> {
        let max_connections =
            usize::try_from(settings.max_connections).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Self(Arc::new(Shared {
            options: connect_options(settings, application)?,
            acquire_timeout: settings.acquire_timeout,
            max_connections,
            places: Arc::new(Semaphore::new(max_connections)),
            idle: Mutex::default(),
        })))
    }

    /// A connection that lives. `PoolTimedOut` when none came free, or none could be made, in time;
    /// other errors are those of connecting.
    pub async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        let deadline = Instant::now() + self.0.acquire_timeout;
        timeout_at(deadline, self.take(deadline))
            .await
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// A transaction of its own connection.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.acquire().await?.begin().await
    }

    /// How many connections are lent out at the moment.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.max_connections - self.0.places.available_permits()
    }

    /// How many connections there may be.
    #[must_use]
    pub fn max_connections(&self) -> usize {
        self.0.max_connections
    }

    /// How its connections are made.
    #[must_use]
    pub fn options(&self) -> &PgConnectOptions {
        &self.0.options
    }

    /// Gives out no more connections and closes those that lie idle; what is out is closed when it
    /// comes back.
    pub async fn close(&self) {
        self.0.places.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for Idle { connection, .. } in idle {
            // Closed all the same when the farewell fails.
            let _ = connection.raw.close().await;
        }
    }

    async fn take(&self, deadline: Instant) -> Result<PoolConnection, sqlx::Error> {
        let place = Arc::clone(&self.0.places).acquire_owned().await;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        while let Some(mut idle) = self.0.pop() {
            if idle.since.elapsed() < STALE || idle.connection.raw.ping().await.is_ok() {
                return Ok(self.lend(idle.connection, place));
            }
        }
        let raw = self.connect(deadline).await?;
        let connected_at = Instant::now();
        Ok(self.lend(Live { raw, connected_at }, place))
    }

    fn lend(&self, connection: Live, place: OwnedSemaphorePermit) -> PoolConnection {
        PoolConnection::new(Arc::clone(&self.0), connection, place)
    }

    /// Tries until the deadline while the server is on its way up.
    async fn connect(&self, deadline: Instant) -> Result<PgConnection, sqlx::Error> {
        let mut pause = FIRST_PAUSE;
        loop {
            match PgConnection::connect_with(&self.0.options).await {
                Err(error) if is_unavailable(&error) && Instant::now() + pause < deadline => {
                    sleep(pause).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                connected => return connected,
            }
        }
    }
}

impl Shared {
    fn pop(&self) -> Option<Idle> {
        self.idle().pop()
    }

    /// Keeps a connection that is in order for the next one who asks.
    fn keep(&self, connection: Live) {
        if self.places.is_closed() || connection.connected_at.elapsed() > LIFETIME {
            return;
        }
        let since = Instant::now();
        let mut idle = self.idle();
        // The oldest come first. Closed by being dropped: the server has nothing to tell us.
        let is_old = |idle: &Idle| idle.since.elapsed() > IDLE;
        let old = idle.partition_point(is_old);
        idle.drain(..old);
        idle.push(Idle { connection, since });
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        // A panic while it was held cannot leave a connection half in it.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
