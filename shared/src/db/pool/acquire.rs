//! Gives out the connections of a pool.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{Instant, sleep, timeout, timeout_at},
};

use super::{
    connection::{Permits, PoolConnection},
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
/// How long one attempt to connect may take, even if its caller no longer waits for it.
const CONNECT_WITHIN: Duration = Duration::from_mins(1);
/// One connection in so many is kept for reads.
const READERS_PART: usize = 4;

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
            write_permits: Arc::new(Semaphore::new(max_writers(max_connections))),
            idle: Mutex::default(),
        })))
    }

    /// A working connection, for statements that lock no rows. `PoolTimedOut` when none came free,
    /// or none could be made, in time; other errors are those of connecting.
    pub async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        let deadline = Instant::now() + self.0.acquire_timeout;
        timeout_at(deadline, self.take(deadline, None))
            .await
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// The same for statements that lock rows. Such statements may wait for each other, so a
    /// quarter of the connections is never used for them.
    pub async fn acquire_to_write(&self) -> Result<PoolConnection, sqlx::Error> {
        let deadline = Instant::now() + self.0.acquire_timeout;
        let taking = async {
            let permit = Arc::clone(&self.0.write_permits).acquire_owned().await;
            let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
            self.take(deadline, Some(permit)).await
        };
        timeout_at(deadline, taking)
            .await
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// A transaction on a connection of its own.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.acquire_to_write().await?.begin().await
    }

    /// A transaction that only reads, on a connection of its own.
    pub async fn begin_to_read(&self) -> Result<Transaction, sqlx::Error> {
        self.acquire().await?.begin_to_read().await
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

    /// How many connections are in use by callers of [`Pool::acquire_to_write`].
    #[must_use]
    pub fn writing(&self) -> usize {
        self.max_writing() - self.0.write_permits.available_permits()
    }

    /// The maximum number of connections of such callers.
    #[must_use]
    pub fn max_writing(&self) -> usize {
        max_writers(self.0.max_connections)
    }

    /// The options of its connections.
    #[must_use]
    pub fn options(&self) -> &PgConnectOptions {
        &self.0.options
    }

    /// Gives out no more connections and closes the idle ones. A connection that is in use is
    /// closed when it comes back.
    pub async fn close(&self) {
        self.0.permits.close();
        self.0.write_permits.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for Idle { connection, .. } in idle {
            // Dropping the connection closes it even if this fails.
            let _ = connection.raw.close().await;
        }
    }

    async fn take(
        &self,
        deadline: Instant,
        write_permit: Option<OwnedSemaphorePermit>,
    ) -> Result<PoolConnection, sqlx::Error> {
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
        let permits = Permits {
            _connection: permit,
            write: write_permit,
        };
        while let Some(mut idle) = self.0.pop() {
            if idle.since.elapsed() < STALE || idle.connection.raw.ping().await.is_ok() {
                let pool = Arc::clone(&self.0);
                return Ok(PoolConnection::new(pool, idle.connection, permits));
            }
        }
        self.open(deadline, permits).await
    }

    /// Connects in a task. If its caller stops waiting, the task goes on, and the next caller gets
    /// the connection: a server that accepts more slowly than callers wait is reached in the end.
    async fn open(
        &self,
        deadline: Instant,
        permits: Permits,
    ) -> Result<PoolConnection, sqlx::Error> {
        let (sender, receiver) = oneshot::channel();
        let pool = Arc::clone(&self.0);
        tokio::spawn(async move {
            let opened = connect(&pool.options, deadline).await.map(|raw| {
                let connected_at = Instant::now();
                PoolConnection::new(pool, OpenConnection { raw, connected_at }, permits)
            });
            // Without a receiver, dropping the connection returns it to the pool.
            let _ = sender.send(opened);
        });
        receiver.await.unwrap_or(Err(sqlx::Error::PoolClosed))
    }
}

impl PoolConnection {
    /// Begins a transaction, whose commit returns the connection. Hides sqlx's own `begin`, which
    /// forgets a transaction when the caller gives up while it begins: nothing that the next caller
    /// writes would be committed then.
    ///
    /// If enough other connections lock rows, this one goes back and the transaction waits for its
    /// turn.
    pub async fn begin(mut self) -> Result<Transaction, sqlx::Error> {
        if !self.may_write() {
            let pool = Pool(Arc::clone(&self.pool));
            drop(self);
            self = pool.acquire_to_write().await?;
        }
        Transaction::begin(self, "begin").await
    }

    /// Begins a transaction that only reads. It never waits for those that write.
    pub async fn begin_to_read(self) -> Result<Transaction, sqlx::Error> {
        Transaction::begin(self, "begin read only").await
    }
}

/// Tries again until the deadline while the server starts.
async fn connect(
    options: &PgConnectOptions,
    deadline: Instant,
) -> Result<PgConnection, sqlx::Error> {
    let mut pause = FIRST_PAUSE;
    loop {
        let connecting = timeout(CONNECT_WITHIN, PgConnection::connect_with(options)).await;
        match connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Err(error) if is_unavailable(&error) && Instant::now() + pause < deadline => {
                sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
            connected => return connected,
        }
    }
}

fn max_writers(max_connections: usize) -> usize {
    let readers = max_connections.div_ceil(READERS_PART);
    max_connections.saturating_sub(readers).max(1)
}
