//! A transaction that holds its connection.

use std::ops::{Deref, DerefMut};

use sqlx::PgConnection;

use super::PoolConnection;

/// A transaction; taken back when it is dropped without having been committed.
#[derive(Debug)]
pub struct Transaction(PoolConnection);

impl Transaction {
    pub(super) async fn begin(mut connection: PoolConnection) -> Result<Self, sqlx::Error> {
        // From before the statement: whoever gives up while it is on its way leaves one behind.
        connection.is_in_transaction = true;
        sqlx::raw_sql("begin").execute(&mut *connection).await?;
        Ok(Self(connection))
    }

    /// Commits, and gives the connection back for more. After an error it is not known whether it was
    /// committed, unless the server says so.
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
