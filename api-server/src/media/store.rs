//! Each statement checks anew whether a media item is attached to something public, so that a
//! change of a post's visibility applies to its media at once.

mod ending;
mod pictures;

use shared::ids::{MediaId, PostId, SessionId, SetId, UserId};
use shared::media::{MediaKind, MediaState};
use sqlx::PgConnection;

pub use ending::{cancel_jobs, delete_media, list_ids_of_post, lock_media, terminate_uploads};
pub use pictures::{
    list_usable_media, list_variants, lock_usable_media, mark_picture, mark_replaced,
};

use super::model::{AccessRow, MediaRow, RenditionRow, ShownPost};

/// Rows of `media` with their `uploads` and the renditions of their published sets: of a video the
/// best first, of a picture the smallest first. This is the only list of columns.
macro_rules! select_media {
    ($post_id:literal, $is_public:literal, $from:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            MediaRow,
            r#"
            select
                media.id as "id: MediaId",
                media.owner_id as "owner_id: UserId",
                media.kind as "kind: MediaKind",
                media.state as "state: MediaState",
                media.width,
                media.height,
                media.duration_ms,
                media.alt,
                media.blurhash,
                media.set_id as "set_id: SetId",
                media.poster,
                media.error_code,
                media.error_detail,
                uploads.state = 'complete' as "has_source!",
                uploads.filename,
                uploads.filetype,
                array(
                    select row (kind, name, width, height, bandwidth_bps, init_object)
                    from renditions
                    where renditions.media_id = media.id
                        and renditions.set_id = media.set_id
                        and kind in ('video', 'image')
                    order by
                        case kind when 'image' then width + height else - height end,
                        name
                ) as "renditions!: Vec<RenditionRow>",
                "#
                + $post_id
                + r#" as "post_id?: PostId", "#
                + $is_public
                + r#" as "is_public!" from "#
                + $from,
            $($argument),+
        )
    };
}

/// A media item, visible or not; `None` if its post is deleted.
pub async fn find_media(
    connection: &mut PgConnection,
    id: MediaId,
) -> Result<Option<MediaRow>, sqlx::Error> {
    select_media!(
        "post_media.post_id",
        "is_profile_picture(media) or exists (
            select
            from post_media
            join visible_posts(null, false) as posts on posts.id = post_media.post_id
            where post_media.media_id = media.id
                and posts.is_open
        )",
        "media
        join uploads on uploads.id = media.id
        left join post_media on post_media.media_id = media.id
        left join posts on posts.id = post_media.post_id
        where media.id = $1
            and posts.deleted_at is null
            and media.replaced_at is null",
        id.0
    )
    .fetch_optional(connection)
    .await
}

/// The media of the posts, in each post's order.
pub async fn list_media_of_posts(
    connection: &mut PgConnection,
    posts: &[ShownPost],
) -> Result<Vec<MediaRow>, sqlx::Error> {
    let (post_ids, is_open): (Vec<i64>, Vec<bool>) =
        posts.iter().map(|post| (post.id.0, post.is_open)).unzip();
    select_media!(
        "hung.post_id",
        "shown.is_open",
        "unnest($1::bigint[], $2::boolean[]) as shown (post_id, is_open)
        join post_media as hung on hung.post_id = shown.post_id
        join media on media.id = hung.media_id
        join uploads on uploads.id = media.id
        order by hung.post_id, hung.position",
        &post_ids,
        &is_open
    )
    .fetch_all(connection)
    .await
}

/// The data that decides a request for a media file.
pub async fn find_access(
    connection: &mut PgConnection,
    id: MediaId,
    session_id: Option<SessionId>,
) -> Result<Option<AccessRow>, sqlx::Error> {
    sqlx::query_as!(
        AccessRow,
        r#"
        select
            is_profile_picture(media) or exists (
                select
                from post_media
                join visible_posts(null, false) as posts on posts.id = post_media.post_id
                where post_media.media_id = media.id
                    and posts.is_open
            ) as "is_public!",
            -- The answer that gave an admin this URL is recorded.
            coalesce(viewers.role = 'admin', false) or viewers.id is not null and exists (
                select
                from post_media
                join visible_posts(viewers.id, false) as posts on posts.id = post_media.post_id
                where post_media.media_id = media.id
            ) as "is_seen!",
            coalesce(viewers.id = media.owner_id, false) as "is_owner!",
            media.set_id as "set_id: SetId",
            media.poster,
            uploads.state = 'complete' as "has_source!",
            uploads.filename,
            uploads.filetype
        from media
        join uploads on uploads.id = media.id
        left join (
            select users.id, users.role
            from sessions
            join users on users.id = sessions.user_id
            where sessions.id = $2
                and sessions.ended_at is null
                and sessions.expires_at > now()
                and users.state = 'active'
        ) as viewers on true
        left join post_media on post_media.media_id = media.id
        left join posts on posts.id = post_media.post_id
        where media.id = $1
            and posts.deleted_at is null
        "#,
        id.0,
        session_id.map(|id| id.0)
    )
    .fetch_optional(connection)
    .await
}
