//! The SQL statements about blocks.

use shared::ids::UserId;
use sqlx::PgConnection;

use crate::http::{PageRequest, ScannedKey};
use crate::store::list_pairs;

pub async fn insert_block(
    connection: &mut PgConnection,
    caller_id: UserId,
    user_id: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into blocks (blocker_id, blocked_id)
        values ($1, $2)
        on conflict do nothing
        "#,
        caller_id.0,
        user_id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn delete_block(
    connection: &mut PgConnection,
    caller_id: UserId,
    user_id: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        delete from blocks
        where blocker_id = $1
            and blocked_id = $2
        "#,
        caller_id.0,
        user_id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The users whom the user blocks, one more than a page.
pub async fn list_blocks(
    connection: &mut PgConnection,
    caller_id: UserId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "blocks", "blocker_id" => "blocked_id",
        "(select id from users_as_seen_by($1) as users where state = 'active')", caller_id, caller_id, page
    )
    .fetch_all(connection)
    .await
}
