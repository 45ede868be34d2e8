//! A connection that somebody holds, and how it comes back.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use sqlx::{Connection, PgConnection};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::timeout};

use super::{Live, Shared, Transaction};

/// How long a connection may take to come to rest; past it, it is given up. Longer than a statement
/// may run.
const REST_WITHIN: Duration = Duration::from_secs(15);

/// A connection of a pool; back in it when dropped.
#[derive(Debug)]
pub struct PoolConnection {
    pool: Arc<Shared>,
    /// None only while it is dropped, as is `place`.
    connection: Option<Live>,
    place: Option<OwnedSemaphorePermit>,
    /// A transaction was begun on it and not committed.
    pub(super) is_in_transaction: bool,
}

impl PoolConnection {
    /// Begins a transaction, whose commit gives the connection back. Hides sqlx's own, which forgets
    /// a transaction whose beginning was given up: what the next one wrote would never be committed.
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
            // Reads what has arrived and waits for nothing: at rest, it asks nothing of the system.
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
        // The place goes along: there are never more connections than there may be.
        runtime.spawn(async move {
            let rest = rest(&mut connection.raw, is_in_transaction);
            if let Ok(Ok(())) = timeout(REST_WITHIN, rest).await {
                pool.keep(connection);
            }
            drop(place);
        });
    }
}

/// Waits for answers that are under way, and takes back what was not committed.
async fn rest(connection: &mut PgConnection, is_in_transaction: bool) -> Result<(), sqlx::Error> {
    connection.flush().await?;
    if is_in_transaction {
        sqlx::raw_sql("rollback").execute(&mut *connection).await?;
    }
    Ok(())
}
