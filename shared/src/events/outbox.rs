//! Events of media and posts, one statement each. The statement finds the topics itself, so that a
//! caller cannot forget one.

use serde_json::Value;
use sqlx::PgConnection;

use crate::ids::{MediaId, PostId};

/// What happened to a media item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaEvent {
    /// Its upload is complete; it waits for a transcoder.
    Processing,
    /// It is published.
    Ready,
    /// It failed.
    Failed,
}

impl MediaEvent {
    /// The event's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "media.processing",
            Self::Ready => "media.ready",
            Self::Failed => "media.failed",
        }
    }
}

/// Inserts an event of a media item, on `media:ID` and, if the item is attached to a post, on
/// `post:ID`.
/// The data is `details` (an object) with `media_id` and `post_id` added. Inserts nothing when the
/// media has no row.
pub async fn insert_media_event(
    connection: &mut PgConnection,
    media: MediaId,
    event: MediaEvent,
    details: &Value,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into events (topics, event, data, author_id, post_id, visibility)
        select
            array_remove(array['media:' || media.id, 'post:' || posts.id], null),
            $2,
            $3::jsonb || jsonb_build_object('media_id', media.id, 'post_id', posts.id::text),
            media.owner_id,
            posts.id,
            posts.visibility
        from media
        left join post_media on post_media.media_id = media.id
        left join posts on posts.id = post_media.post_id
        where media.id = $1
        "#,
        media.0,
        event.as_str(),
        details,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the event of a new post, on `user:USERNAME` (which feeds follow) and `post:ID`. The data
/// is the ids, the author, the text and the visibility.
pub async fn insert_post_created(
    connection: &mut PgConnection,
    post: PostId,
) -> Result<(), sqlx::Error> {
    insert_post_event(connection, post, "post.created").await
}

/// Inserts the event of a changed text, visibility or media; otherwise like
/// [`insert_post_created`].
pub async fn insert_post_edited(
    connection: &mut PgConnection,
    post: PostId,
) -> Result<(), sqlx::Error> {
    insert_post_event(connection, post, "post.edited").await
}

async fn insert_post_event(
    connection: &mut PgConnection,
    post: PostId,
    event: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into events (topics, event, data, actor_id, author_id, post_id, visibility)
        select
            array['user:' || users.username, 'post:' || posts.id],
            $2,
            jsonb_build_object(
                'post_id', posts.id::text,
                'author', jsonb_build_object(
                    'id', users.id::text,
                    'username', users.username,
                    'first_name', profiles.first_name,
                    'last_name', profiles.last_name
                ),
                'text', posts.text,
                'visibility', posts.visibility
            ),
            users.id,
            users.id,
            posts.id,
            posts.visibility
        from posts
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = users.id
        where posts.id = $1
        "#,
        post.0,
        event,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the event of a deleted post, on `user:USERNAME` and `post:ID`.
pub async fn insert_post_deleted(
    connection: &mut PgConnection,
    post: PostId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into events (topics, event, data, author_id, post_id, visibility)
        select
            array['user:' || users.username, 'post:' || posts.id],
            'post.deleted',
            jsonb_build_object('post_id', posts.id::text),
            posts.author_id,
            posts.id,
            posts.visibility
        from posts
        join users on users.id = posts.author_id
        where posts.id = $1
        "#,
        post.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the counters of a post, on `post:ID`. The newest event is the valid one.
pub async fn insert_post_counts(
    connection: &mut PgConnection,
    post: PostId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into events (topics, event, data, author_id, post_id, visibility)
        select
            array['post:' || id],
            'post.counts',
            jsonb_build_object(
                'post_id', id::text,
                'likes_count', likes_count,
                'comments_count', comments_count,
                'reposts_count', reposts_count
            ),
            author_id,
            id,
            visibility
        from posts
        where id = $1
        "#,
        post.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}
