//! The SQL statements about likes of comments.

use shared::ids::{CommentId, UserId};
use sqlx::PgConnection;

/// Whether this is a new like. The comment's row is locked first.
pub async fn insert_like(
    connection: &mut PgConnection,
    id: CommentId,
    user_id: UserId,
) -> Result<bool, sqlx::Error> {
    let liked = sqlx::query!(
        r#"
        with comment as materialized (
            select id
            from comments
            where id = $1
                and deleted_at is null
            for no key update
        ),
        liked as (
            insert into comment_likes (comment_id, user_id)
            select id, $2
            from comment
            on conflict do nothing
            returning comment_id
        )
        update comments
        set likes_count = likes_count + 1
        from liked
        where comments.id = liked.comment_id
        "#,
        id.0,
        user_id.0
    )
    .execute(connection)
    .await?;
    Ok(liked.rows_affected() > 0)
}

/// Whether there was a like.
pub async fn delete_like(
    connection: &mut PgConnection,
    id: CommentId,
    user_id: UserId,
) -> Result<bool, sqlx::Error> {
    let unliked = sqlx::query!(
        r#"
        with comment as materialized (
            select id
            from comments
            where id = $1
                and deleted_at is null
            for no key update
        ),
        unliked as (
            delete from comment_likes
            using comment
            where comment_likes.comment_id = comment.id
                and comment_likes.user_id = $2
            returning comment_likes.comment_id
        )
        update comments
        set likes_count = likes_count - 1
        from unliked
        where comments.id = unliked.comment_id
        "#,
        id.0,
        user_id.0
    )
    .execute(connection)
    .await?;
    Ok(unliked.rows_affected() > 0)
}
