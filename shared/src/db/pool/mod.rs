//! A connection pool, one per process, over sqlx's connections.
//!
//! sqlx's own pool pings the server each time a connection is returned: a round trip and a task for
//! every request, which costs as much as a short query. Here a connection in order is returned as
//! it is. Otherwise (an unread answer, an uncommitted transaction) it is cleaned up before anyone
//! gets it again.

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

/// A connection that was idle for this long is pinged before use. Under load none is.
const STALE: Duration = Duration::from_millis(250);
/// A connection that was idle for this long is closed.
const IDLE: Duration = Duration::from_mins(10);
/// The maximum age of a connection: the memory of its backend grows with its queries.
const LIFETIME: Duration = Duration::from_mins(30);
/// The first pause before connecting again to a server that does not answer; doubled each time.
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
    /// One permit per allowed connection.
    places: Arc<Semaphore>,
    /// The most recently returned connection is used first, so that unneeded ones become idle for
    /// long and are closed.
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
    /// A pool that connects on first use, as `application` in `pg_stat_activity`. Fails if the URL
    /// is not valid.
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

    /// A live connection. `PoolTimedOut` if no connection became free or could be made in time;
    /// other errors come from connecting.
    pub async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        let deadline = Instant::now() + self.0.acquire_timeout;
        timeout_at(deadline, self.take(deadline))
            .await
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// A transaction on its own connection.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.acquire().await?.begin().await
    }

    /// The number of borrowed connections.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.max_connections - self.0.places.available_permits()
    }

    /// The maximum number of connections.
    #[must_use]
    pub fn max_connections(&self) -> usize {
        self.0.max_connections
    }

    /// The settings of its connections.
    #[must_use]
    pub fn options(&self) -> &PgConnectOptions {
        &self.0.options
    }

    /// Lends no more connections and closes idle ones; borrowed ones are closed when they return.
    pub async fn close(&self) {
        self.0.places.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for Idle { connection, .. } in idle {
            // It is closed even if the farewell message fails.
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

    /// Retries until the deadline while the server is starting up.
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

    /// Keeps a connection that is in order for the next caller.
    fn keep(&self, connection: Live) {
        if self.places.is_closed() || connection.connected_at.elapsed() > LIFETIME {
            return;
        }
        let since = Instant::now();
        let mut idle = self.idle();
        // The oldest come first. Dropping closes them; no message of the server matters here.
        let is_old = |idle: &Idle| idle.since.elapsed() > IDLE;
        let old = idle.partition_point(is_old);
        idle.drain(..old);
        idle.push(Idle { connection, since });
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        // A panic under this lock cannot leave the list in an inconsistent state.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
