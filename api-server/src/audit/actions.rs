//! Writing the record.

use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{Entry, Subject};
use super::store;

/// Tells of something, in the transaction that does it.
pub async fn record(connection: &mut PgConnection, entry: Entry) -> Result<(), sqlx::Error> {
    store::insert_entry(connection, &entry).await
}

/// Tells that an admin looked at something that only their role shows them: one row for each
/// admin, thing and hour.
pub async fn record_admin_read(
    connection: &mut PgConnection,
    admin_id: UserId,
    subject: Subject,
) -> Result<(), sqlx::Error> {
    store::insert_admin_read(connection, admin_id, &subject).await
}
