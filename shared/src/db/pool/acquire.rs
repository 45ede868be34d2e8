//! Gives out the connections of a pool.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout_at},
};

use super::{
    connection::PoolConnection,
    state::{Idle, OpenConnection, PoolState},
    transaction::Transaction,
};
use crate::db::{
    errors::is_unavailable,
    settings::{Settings, connect_options},
};

/// A connection that was idle for longer is pinged before it is given out. Under load none is.
pub(super) const STALE: Duration = Duration::from_millis(250);
/// The pause before connecting is tried again; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A few long-lived connections to one database, shared by its clones.
#[derive(Debug, Clone)]
pub struct Pool(pub(super) Arc<PoolState>);

impl Pool {
    /// A pool that connects on first use, as `application` in `pg_stat_activity`. Fails if the URL
    /// is not valid.
    pub fn new(settings: &Settings, application: &str) -> Result<Self, sqlx::Error> {
        let max_connections =
            usize::try_from(settings.max_connections).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Self(Arc::new(PoolState {
            options: connect_options(settings, application)?,
            acquire_timeout: settings.acquire_timeout,
            max_connections,
            permits: Arc::new(Semaphore::new(max_connections)),
            idle: Mutex::default(),
        })))
    }

    /// A working connection. `PoolTimedOut` when none came free, or none could be made, in time;
    /// other errors are those of connecting.
    pub async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        let deadline = Instant::now() + self.0.acquire_timeout;
        timeout_at(deadline, self.take(deadline))
            .await
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// A transaction on a connection of its own.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.acquire().await?.begin().await
    }

    /// How many connections are in use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.max_connections - self.0.permits.available_permits()
    }

    /// The maximum number of connections.
    #[must_use]
    pub fn max_connections(&self) -> usize {
        self.0.max_connections
    }

    /// The options of its connections.
    #[must_use]
    pub fn options(&self) -> &PgConnectOptions {
        &self.0.options
    }

    /// Gives out no more connections and closes the idle ones. A connection that is in use is closed
    /// when it comes back.
    pub async fn close(&self) {
        self.0.permits.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for Idle { connection, .. } in idle {
            // Dropping the connection closes it even if this fails.
            let _ = connection.raw.close().await;
        }
    }

    async fn take(&self, deadline: Instant) -> Result<PoolConnection, sqlx::Error> {
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
        while let Some(mut idle) = self.0.pop() {
            if idle.since.elapsed() < STALE || idle.connection.raw.ping().await.is_ok() {
                return Ok(self.check_out(idle.connection, permit));
            }
        }
        let raw = self.connect(deadline).await?;
        let connected_at = Instant::now();
        Ok(self.check_out(OpenConnection { raw, connected_at }, permit))
    }

    fn check_out(
        &self,
        connection: OpenConnection,
        permit: OwnedSemaphorePermit,
    ) -> PoolConnection {
        PoolConnection::new(Arc::clone(&self.0), connection, permit)
    }

    /// Tries until the deadline while the server starts.
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
