//! The SQL statements about the audit log. Rows are only inserted.

use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{Entry, Subject};

pub async fn insert_entry(connection: &mut PgConnection, entry: &Entry) -> Result<(), sqlx::Error> {
    let (kind, id) = entry.subject.parts();
    sqlx::query!(
        r#"
        insert into audit_log (actor_id, action, subject_kind, subject_id, user_id, details)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        entry.actor_id.map(|id| id.0),
        entry.action,
        kind,
        id,
        entry.user_id.map(|id| id.0),
        entry.details
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The hour is the database's, so that all servers agree on it.
pub async fn insert_admin_read(
    connection: &mut PgConnection,
    admin_id: UserId,
    subject: &Subject,
) -> Result<(), sqlx::Error> {
    let (kind, id) = subject.parts();
    let thing = format!("admin.read {admin_id} {kind} {id}");
    sqlx::query!(
        r#"
        insert into audit_log (actor_id, action, subject_kind, subject_id, unique_key)
        values (
            $1, 'admin.read', $2, $3,
            $4 || to_char(now() at time zone 'utc', ' YYYY-MM-DD HH24')
        )
        on conflict on constraint audit_log_unique_key do nothing
        "#,
        admin_id.0,
        kind,
        id,
        thing
    )
    .execute(connection)
    .await?;
    Ok(())
}
