//! The SQL statements about profile pictures.

use shared::ids::{MediaId, SetId, UserId};
use shared::media::image::StoredVariant;
use shared::media::{MediaKind, MediaState};
use sqlx::PgConnection;

use crate::media::model::OwnMedia;

/// Media of `$ids` that the owner can still attach: neither on a deleted post nor replaced on a
/// profile. This is the only definition of that.
macro_rules! select_usable_media {
    ($lock:literal, $owner_id:expr, $ids:expr) => {
        sqlx::query_as!(
            OwnMedia,
            r#"
            select
                id as "id: MediaId",
                kind as "kind: MediaKind",
                state as "state: MediaState",
                set_id as "set_id: SetId",
                attached_as is not null as "is_attached!"
            from media
            where owner_id = $1
                and id = any($2)
                and replaced_at is null
                and not exists (
                    select
                    from post_media
                    join posts on posts.id = post_media.post_id
                    where post_media.media_id = media.id
                        and posts.deleted_at is not null
                )
            "#
                + $lock,
            $owner_id.0,
            $ids
        )
    };
}

/// The usable media among `ids`.
pub async fn list_usable_media(
    connection: &mut PgConnection,
    owner_id: UserId,
    ids: &[MediaId],
) -> Result<Vec<OwnMedia>, sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    select_usable_media!("", owner_id, &ids)
        .fetch_all(connection)
        .await
}

/// A usable media item, locked, so that it is attached only once.
pub async fn lock_usable_media(
    connection: &mut PgConnection,
    owner_id: UserId,
    id: MediaId,
) -> Result<Option<OwnMedia>, sqlx::Error> {
    select_usable_media!("for update", owner_id, &[id.0])
        .fetch_optional(connection)
        .await
}

/// The variants of a picture's set, smallest first.
pub async fn list_variants(
    connection: &mut PgConnection,
    id: MediaId,
    set_id: SetId,
) -> Result<Vec<StoredVariant>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select name, init_object as "object!", width as "width!", height as "height!"
        from renditions
        where media_id = $1
            and set_id = $2
            and kind = 'image'
        order by width + height, name
        "#,
        id.0,
        set_id.0
    )
    .fetch_all(connection)
    .await?;
    let variants = rows.into_iter().map(|row| StoredVariant {
        name: row.name,
        width: row.width.unsigned_abs(),
        height: row.height.unsigned_abs(),
        object: row.object,
    });
    Ok(variants.collect())
}

/// Records what a locked media item is attached to.
pub async fn mark_picture(
    connection: &mut PgConnection,
    id: MediaId,
    attached_as: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update media
        set attached_as = $2
        where id = $1
        "#,
        id.0,
        attached_as
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Detaches a picture from a profile. No answer refers to it any more; its URLs work for another
/// day if `is_shown_on`.
pub async fn mark_replaced(
    connection: &mut PgConnection,
    id: MediaId,
    is_shown_on: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update media
        set replaced_at = case when $2 then now() else now() - interval '1 day' end
        where id = $1
        "#,
        id.0,
        is_shown_on
    )
    .execute(connection)
    .await?;
    Ok(())
}
