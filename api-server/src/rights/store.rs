//! The SQL statement on admins.

use shared::ids::UserId;
use sqlx::PgConnection;

/// False for a suspended admin.
pub async fn is_admin(connection: &mut PgConnection, user_id: UserId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select exists (
            select from users
            where id = $1
                and role = 'admin'
                and state = 'active'
        ) as "is_admin!"
        "#,
        user_id.0
    )
    .fetch_one(connection)
    .await
}
