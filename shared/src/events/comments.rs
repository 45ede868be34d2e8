//! What is told of comments, on their post's topic. The author of an event is the comment's, so
//! that who may not see them is not told.

use sqlx::PgConnection;

use crate::ids::{CommentId, UserId};

/// What happened to a comment's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentEvent {
    /// They are new.
    Created,
    /// They are others now.
    Edited,
}

impl CommentEvent {
    /// The event's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "comment.created",
            Self::Edited => "comment.edited",
        }
    }
}

/// Tells of a comment's words: ids, author, text and times.
pub async fn insert_comment_event(
    connection: &mut PgConnection,
    comment: CommentId,
    event: CommentEvent,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into events (topics, event, data, actor_id, author_id, post_id, visibility)
        select
            array['post:' || posts.id],
            $2,
            jsonb_build_object(
                'comment_id', comments.id::text,
                'post_id', posts.id::text,
                'parent_id', comments.parent_id::text,
                'author', jsonb_build_object(
                    'id', users.id::text,
                    'username', users.username,
                    'first_name', profiles.first_name,
                    'last_name', profiles.last_name
                ),
                'text', comments.text,
                'created_at', comments.created_at,
                'edited_at', comments.edited_at
            ),
            users.id,
            users.id,
            posts.id,
            posts.visibility
        from comments
        join posts on posts.id = comments.post_id
        join users on users.id = comments.author_id
        join profiles on profiles.user_id = users.id
        where comments.id = $1
        "#,
        comment.0,
        event.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells that `actor` deleted a comment; its row must still be there.
pub async fn insert_comment_deleted(
    connection: &mut PgConnection,
    comment: CommentId,
    actor: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into events (topics, event, data, actor_id, author_id, post_id, visibility)
        select
            array['post:' || posts.id],
            'comment.deleted',
            jsonb_build_object(
                'comment_id', comments.id::text,
                'post_id', posts.id::text,
                'parent_id', comments.parent_id::text
            ),
            $2,
            comments.author_id,
            posts.id,
            posts.visibility
        from comments
        join posts on posts.id = comments.post_id
        where comments.id = $1
        "#,
        comment.0,
        actor.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells how often a comment is liked and answered. One that is gone tells nothing.
pub async fn insert_comment_counts(
    connection: &mut PgConnection,
    comment: CommentId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into events (topics, event, data, author_id, post_id, visibility)
        select
            array['post:' || posts.id],
            'comment.counts',
            jsonb_build_object(
                'comment_id', comments.id::text,
                'post_id', posts.id::text,
                'likes_count', comments.likes_count,
                'replies_count', comments.replies_count
            ),
            comments.author_id,
            posts.id,
            posts.visibility
        from comments
        join posts on posts.id = comments.post_id
        where comments.id = $1
            and comments.deleted_at is null
        "#,
        comment.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}
