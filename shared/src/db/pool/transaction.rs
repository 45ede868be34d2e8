//! A transaction that owns its connection.

use std::ops::{Deref, DerefMut};

use sqlx::PgConnection;

use super::connection::PoolConnection;

/// A transaction; rolled back when it is dropped before it is committed.
#[derive(Debug)]
pub struct Transaction(PoolConnection);

impl Transaction {
    pub(super) async fn begin(
        mut connection: PoolConnection,
        statement: &'static str,
    ) -> Result<Self, sqlx::Error> {
        // Before the statement, because a caller that gives up while it runs leaves a transaction
        // open.
        connection.is_in_transaction = true;
        sqlx::raw_sql(statement).execute(&mut *connection).await?;
        Ok(Self(connection))
    }

    /// Commits and returns the connection. After an error it is not known whether the commit took
    /// effect, unless the server says so.
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
