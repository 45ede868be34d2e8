//! The SQL statements about likes of posts. The counter changes in the statement that changes the
//! row, and only if it does.

use shared::db;
use shared::ids::{PostId, UserId};
use sqlx::PgConnection;

use crate::http::{PageRequest, ScannedKey};
use crate::store::list_pairs;

/// `false` if the user already liked the post, or it was deleted in the meantime.
pub async fn insert_like(
    connection: &mut PgConnection,
    post_id: PostId,
    user_id: UserId,
) -> Result<bool, sqlx::Error> {
    let counted = sqlx::query!(
        r#"
        with inserted as (
            insert into post_likes (post_id, user_id)
            select id, $2
            from posts
            where id = $1
                and deleted_at is null
            on conflict do nothing
            returning post_id
        )
        update posts
        set likes_count = likes_count + 1
        from inserted
        where posts.id = inserted.post_id
        "#,
        post_id.0,
        user_id.0
    )
    .execute(connection)
    .await;
    match counted {
        Ok(counted) => Ok(counted.rows_affected() == 1),
        // The post was purged between the check and the insert.
        Err(error) if db::constraint(&error) == Some("post_likes_post_id_fkey") => Ok(false),
        Err(error) => Err(error),
    }
}

/// `false` if the user did not like the post.
pub async fn delete_like(
    connection: &mut PgConnection,
    post_id: PostId,
    user_id: UserId,
) -> Result<bool, sqlx::Error> {
    let counted = sqlx::query!(
        r#"
        with deleted as (
            delete from post_likes
            where post_id = $1
                and user_id = $2
            returning post_id
        )
        update posts
        set likes_count = likes_count - 1
        from deleted
        where posts.id = deleted.post_id
        "#,
        post_id.0,
        user_id.0
    )
    .execute(connection)
    .await?;
    Ok(counted.rows_affected() == 1)
}

/// The users who like the post, and when, one more than a page.
pub async fn list_like_keys(
    connection: &mut PgConnection,
    viewer_id: UserId,
    post_id: PostId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "post_likes", "post_id" => "user_id", "visible_users($1)", post_id, viewer_id, page
    )
    .fetch_all(connection)
    .await
}

/// The posts that the user likes and since when, and one more than a page.
pub async fn list_liked_keys(
    connection: &mut PgConnection,
    user_id: UserId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "post_likes", "user_id" => "post_id", "visible_posts($1, false)", user_id, user_id, page
    )
    .fetch_all(connection)
    .await
}
