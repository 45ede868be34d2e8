//! The SQL statements about mutes.

use shared::ids::UserId;
use sqlx::PgConnection;

use crate::http::{PageRequest, ScannedKey};
use crate::store::list_pairs;

pub async fn insert_mute(
    connection: &mut PgConnection,
    caller_id: UserId,
    user_id: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into mutes (muter_id, muted_id)
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

pub async fn delete_mute(
    connection: &mut PgConnection,
    caller_id: UserId,
    user_id: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        delete from mutes
        where muter_id = $1
            and muted_id = $2
        "#,
        caller_id.0,
        user_id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The users whom the user mutes, one more than a page.
pub async fn list_mutes(
    connection: &mut PgConnection,
    caller_id: UserId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "mutes", "muter_id" => "muted_id", "visible_users($1)", caller_id, caller_id, page
    )
    .fetch_all(connection)
    .await
}
