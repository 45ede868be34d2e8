//! One statement an event. Topics are gathered from the rows that the event is about, so that a
//! caller cannot forget one.

use serde_json::Value;
use sqlx::PgConnection;

use crate::ids::{MediaId, PostId};

/// What happened to a media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaEvent {
    /// Its upload is finished; it waits for a transcoder.
    Processing,
    /// All of it is published.
    Ready,
    /// It will not be playable.
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

/// Tells of a media: on `media:ID`, and on `post:ID` when it hangs on one. The data is `details`
/// (an object) with `media_id` and `post_id` added. A media that is gone tells nothing.
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

/// Tells of a new post, on `user:USERNAME` (which feeds follow) and `post:ID`. The data is the
/// post's public face: ids, author, text, visibility.
pub async fn insert_post_created(
    connection: &mut PgConnection,
    post: PostId,
) -> Result<(), sqlx::Error> {
    insert_post_face(connection, post, "post.created").await
}

/// Tells that a post's text, visibility or media are others now; like [`insert_post_created`].
pub async fn insert_post_edited(
    connection: &mut PgConnection,
    post: PostId,
) -> Result<(), sqlx::Error> {
    insert_post_face(connection, post, "post.edited").await
}

async fn insert_post_face(
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

/// Tells that a post is gone, on `user:USERNAME` and `post:ID`.
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

/// Tells how often a post is liked, commented and reposted, on `post:ID`. The newest one wins.
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
