//! A connection in use, and how it comes back.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use sqlx::{Connection, PgConnection};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::timeout};

use super::state::{OpenConnection, PoolState};

/// How long a connection may take to end what is open on it; after that it is closed. Longer than a
/// statement may run.
const REST_WITHIN: Duration = Duration::from_secs(15);

/// A connection of a pool; it goes back when it is dropped.
#[derive(Debug)]
pub struct PoolConnection {
    pub(super) pool: Arc<PoolState>,
    /// `None` only while this value is dropped.
    checked_out: Option<CheckedOut>,
    /// Whether a transaction was begun on it and not committed.
    pub(super) is_in_transaction: bool,
}

#[derive(Debug)]
struct CheckedOut {
    connection: OpenConnection,
    permits: Permits,
}

/// Released after the connection is back: there are never more connections than permits.
#[derive(Debug)]
pub(super) struct Permits {
    pub _connection: OwnedSemaphorePermit,
    /// Of a connection that may lock rows.
    pub write: Option<OwnedSemaphorePermit>,
}

impl PoolConnection {
    pub(super) fn new(pool: Arc<PoolState>, connection: OpenConnection, permits: Permits) -> Self {
        let checked_out = CheckedOut {
            connection,
            permits,
        };
        Self {
            pool,
            checked_out: Some(checked_out),
            is_in_transaction: false,
        }
    }

    /// Whether it may lock rows, from now on if another connection of the pool may.
    pub(super) fn may_write(&mut self) -> bool {
        let Some(CheckedOut { permits, .. }) = &mut self.checked_out else {
            return false;
        };
        if permits.write.is_none() {
            permits.write = Arc::clone(&self.pool.write_permits)
                .try_acquire_owned()
                .ok();
        }
        permits.write.is_some()
    }
}

impl Deref for PoolConnection {
    type Target = PgConnection;

    #[expect(clippy::expect_used, reason = "taken out by drop alone")]
    fn deref(&self) -> &PgConnection {
        let checked_out = self.checked_out.as_ref();
        &checked_out
            .expect("there until it is dropped")
            .connection
            .raw
    }
}

impl DerefMut for PoolConnection {
    #[expect(clippy::expect_used, reason = "taken out by drop alone")]
    fn deref_mut(&mut self) -> &mut PgConnection {
        let checked_out = self.checked_out.as_mut();
        &mut checked_out
            .expect("there until it is dropped")
            .connection
            .raw
    }
}

impl Drop for PoolConnection {
    fn drop(&mut self) {
        let Some(CheckedOut {
            mut connection,
            permits,
        }) = self.checked_out.take()
        else {
            return;
        };
        let is_in_transaction = self.is_in_transaction;
        if !is_in_transaction {
            // Reads what has arrived and waits for nothing; in order, it makes no system call.
            match connection.raw.flush().now_or_never() {
                Some(Ok(())) => return self.pool.keep(connection),
                Some(Err(_)) => return,
                None => {}
            }
        }
        let pool = Arc::clone(&self.pool);
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            let rest = rest(&mut connection.raw, is_in_transaction);
            if let Ok(Ok(())) = timeout(REST_WITHIN, rest).await {
                pool.keep(connection);
            }
            drop(permits);
        });
    }
}

/// Waits for answers that are on their way, and rolls back an open transaction.
async fn rest(connection: &mut PgConnection, is_in_transaction: bool) -> Result<(), sqlx::Error> {
    connection.flush().await?;
    if is_in_transaction {
        sqlx::raw_sql("rollback").execute(&mut *connection).await?;
    }
    Ok(())
}
