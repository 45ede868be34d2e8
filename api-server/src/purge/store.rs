//! The SQL statements of a purge. Each commits on its own, deletes at most one batch, and changes
//! only deleted resources.

use shared::ids::{MediaId, PostId};
use sqlx::PgConnection;

/// How many rows one commit removes.
const BATCH: i64 = 500;

pub async fn is_post_deleted(
    connection: &mut PgConnection,
    id: PostId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select exists (
            select from posts where id = $1 and deleted_at is not null
        ) as "is_deleted!"
        "#,
        id.0
    )
    .fetch_one(connection)
    .await
}

pub async fn delete_comment_likes(
    connection: &mut PgConnection,
    post_id: PostId,
) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query!(
        r#"
        delete from comment_likes
        where (comment_id, user_id) in (
            select comment_id, user_id
            from comment_likes
            join comments on comments.id = comment_likes.comment_id
            where comments.post_id = $1
            limit $2
        )
        "#,
        post_id.0,
        BATCH
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}

/// The newest first: replies are deleted before their parents, so that no cascade deletes more than
/// a batch.
pub async fn delete_comments(
    connection: &mut PgConnection,
    post_id: PostId,
) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query!(
        r#"
        delete from comments
        where id in (
            select id
            from comments
            where post_id = $1
            order by id desc
            limit $2
        )
        "#,
        post_id.0,
        BATCH
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}

pub async fn delete_likes(
    connection: &mut PgConnection,
    post_id: PostId,
) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query!(
        r#"
        delete from post_likes
        where (post_id, user_id) in (
            select post_id, user_id
            from post_likes
            where post_id = $1
            limit $2
        )
        "#,
        post_id.0,
        BATCH
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}

pub async fn delete_post(connection: &mut PgConnection, id: PostId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from posts where id = $1 and deleted_at is not null",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn has_media(connection: &mut PgConnection, id: MediaId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from media where id = $1) as "has_media!""#,
        id.0
    )
    .fetch_one(connection)
    .await
}

pub async fn delete_upload(connection: &mut PgConnection, id: MediaId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from uploads where id = $1 and state <> 'uploading'",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
