//! A transaction that owns its connection.

use std::ops::{Deref, DerefMut};

use sqlx::PgConnection;

use super::PoolConnection;

/// A transaction; rolled back when dropped without a commit.
#[derive(Debug)]
pub struct Transaction(PoolConnection);

impl Transaction {
    pub(super) async fn begin(mut connection: PoolConnection) -> Result<Self, sqlx::Error> {
        // Set before the statement is sent: a cancelled `begin` may still start a transaction.
        connection.is_in_transaction = true;
        sqlx::raw_sql("begin").execute(&mut *connection).await?;
        Ok(Self(connection))
    }

    /// Commits and returns the connection for further use. After an error it is unknown whether the
    /// transaction was committed, unless the server says so.
    pub async fn commit(mut self) -> Result<PoolConnection, sqlx::Error> {
        sqlx::raw_sql("commit").execute(&mut *self.0).await?;
        self.0.is_in_transaction = false;
        Ok(self.0)
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
