//! The SQL statements about media of posts.

use std::collections::HashSet;

use shared::ids::{MediaId, PostId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::posts::model::{AttachedMedia, NewPostMedia};

/// Claims those of `media` that belong to the owner and are unattached or already on `post_id`, and
/// sets their alternative texts. A claim updates the media row, so that of two concurrent posts the
/// second waits and finds it taken.
pub async fn claim_media(
    connection: &mut PgConnection,
    owner_id: UserId,
    post_id: Option<PostId>,
    media: &[NewPostMedia],
) -> Result<HashSet<MediaId>, sqlx::Error> {
    let alts = media
        .iter()
        .map(|media| media.alt.as_deref().map(str::to_owned));
    let alts: Vec<Option<String>> = alts.collect();
    let claimed = sqlx::query_scalar!(
        r#"
        with wanted as (
            select *
            from unnest($3::uuid[], $4::text[]) as wanted (id, alt)
        ),
        -- In one order, so that two posts that want the same media do not wait for each other.
        free as (
            select id
            from media
            where id = any($3)
                and owner_id = $1
                and (
                    attached_as is null
                    or exists (
                        select
                        from post_media
                        where media_id = media.id
                            and post_id = $2
                    )
                )
            order by id
            for update
        )
        update media
        set attached_as = 'post', alt = coalesce(wanted.alt, media.alt)
        from free
        join wanted on wanted.id = free.id
        where media.id = free.id
        returning media.id as "id: MediaId"
        "#,
        owner_id.0,
        post_id.map(|id| id.0),
        &ids(media),
        &alts as &[Option<String>]
    )
    .fetch_all(connection)
    .await?;
    Ok(claimed.into_iter().collect())
}

/// Attaches claimed media to the post in the given order, including those already attached.
pub async fn attach_media(
    connection: &mut PgConnection,
    post_id: PostId,
    media: &[NewPostMedia],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into post_media (media_id, post_id, position)
        select id, $1, position - 1
        from unnest($2::uuid[]) with ordinality as hung (id, position)
        on conflict (media_id) do update
        set position = excluded.position
        "#,
        post_id.0,
        &ids(media)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The media of the post with their alternative texts, in order.
pub async fn list_attached(
    connection: &mut PgConnection,
    post_id: PostId,
) -> Result<Vec<AttachedMedia>, sqlx::Error> {
    sqlx::query_as!(
        AttachedMedia,
        r#"
        select media.id as "id: MediaId", media.alt
        from post_media
        join media on media.id = post_media.media_id
        where post_media.post_id = $1
        order by post_media.position
        "#,
        post_id.0
    )
    .fetch_all(connection)
    .await
}

fn ids(media: &[NewPostMedia]) -> Vec<Uuid> {
    media.iter().map(|media| media.upload_id.0).collect()
}
