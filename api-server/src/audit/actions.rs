//! Writes the audit log.

use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{Entry, Subject};
use super::store;

/// Records an action, in its transaction.
pub async fn record(connection: &mut PgConnection, entry: Entry) -> Result<(), sqlx::Error> {
    store::insert_entry(connection, &entry).await
}

/// Records that an admin read a resource that only their role shows them: one row per admin,
/// resource and hour.
pub async fn record_admin_read(
    connection: &mut PgConnection,
    admin_id: UserId,
    subject: Subject,
) -> Result<(), sqlx::Error> {
    store::insert_admin_read(connection, admin_id, &subject).await
}
