//! A borrowed connection, and how it returns to the pool.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use sqlx::{Connection, PgConnection};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::timeout};

use super::{Live, Shared, Transaction};

/// How long a returned connection may take to become idle before it is closed. Longer than the
/// maximum time of a statement.
const REST_WITHIN: Duration = Duration::from_secs(15);

/// A connection of a pool; returned when dropped.
#[derive(Debug)]
pub struct PoolConnection {
    pool: Arc<Shared>,
    /// `None` only during drop, like `place`.
    connection: Option<Live>,
    place: Option<OwnedSemaphorePermit>,
    /// A transaction was begun on it and not committed.
    pub(super) is_in_transaction: bool,
}

impl PoolConnection {
    /// Begins a transaction; its commit returns the connection. Hides sqlx's own `begin`, which
    /// forgets a transaction if its beginning was cancelled: the writes of the next transaction
    /// would never be committed.
    pub async fn begin(self) -> Result<Transaction, sqlx::Error> {
        Transaction::begin(self).await
    }

    pub(super) fn new(pool: Arc<Shared>, connection: Live, place: OwnedSemaphorePermit) -> Self {
        Self {
            pool,
            connection: Some(connection),
            place: Some(place),
            is_in_transaction: false,
        }
    }
}

impl Deref for PoolConnection {
    type Target = PgConnection;

    #[expect(clippy::expect_used, reason = "taken out by drop alone")]
    fn deref(&self) -> &PgConnection {
        let connection = self.connection.as_ref();
        &connection.expect("there until it is dropped").raw
    }
}

impl DerefMut for PoolConnection {
    #[expect(clippy::expect_used, reason = "taken out by drop alone")]
    fn deref_mut(&mut self) -> &mut PgConnection {
        let connection = self.connection.as_mut();
        &mut connection.expect("there until it is dropped").raw
    }
}

impl Drop for PoolConnection {
    fn drop(&mut self) {
        let (Some(mut connection), Some(place)) = (self.connection.take(), self.place.take())
        else {
            return;
        };
        let is_in_transaction = self.is_in_transaction;
        if !is_in_transaction {
            // Reads what has arrived without waiting. For an idle connection it makes no system
            // call.
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
        // The slot moves along, so that the number of connections never exceeds the maximum.
        runtime.spawn(async move {
            let rest = rest(&mut connection.raw, is_in_transaction);
            if let Ok(Ok(())) = timeout(REST_WITHIN, rest).await {
                pool.keep(connection);
            }
            drop(place);
        });
    }
}

/// Waits for outstanding answers and rolls back uncommitted changes.
async fn rest(connection: &mut PgConnection, is_in_transaction: bool) -> Result<(), sqlx::Error> {
    connection.flush().await?;
    if is_in_transaction {
        sqlx::raw_sql("rollback").execute(&mut *connection).await?;
    }
    Ok(())
}
