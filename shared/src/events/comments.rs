//! Events of comments, on the topic of their post. The author of an event is the comment's author,
//! so that viewers who may not see the author do not get it.

use sqlx::PgConnection;

use crate::ids::{CommentId, UserId};

/// What happened to a comment's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentEvent {
    /// It is new.
    Created,
    /// It was edited.
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

/// Inserts an event for each comment's text. The data is the ids, the author, the text and the
/// times.
pub async fn insert_comment_events(
    connection: &mut PgConnection,
    comments: &[CommentId],
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
        where comments.id = any($1)
        order by comments.id
        "#,
        &numbers(comments),
        event.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the event that `actor` deleted a comment. The comment's row must still exist.
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

/// Inserts the counters of each comment; nothing for a deleted comment.
pub async fn insert_comment_counts(
    connection: &mut PgConnection,
    comments: &[CommentId],
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
        where comments.id = any($1)
            and comments.deleted_at is null
        order by comments.id
        "#,
        &numbers(comments),
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn numbers(comments: &[CommentId]) -> Vec<i64> {
    comments.iter().map(|id| id.0).collect()
}
