//! The rows of pictures. One statement inserts all variants of a set and makes its media item
//! ready.

use sqlx::PgConnection;

use super::convert::convert_or_zero;
use crate::ids::{MediaId, UserId};
use crate::media::image::{PictureFormat, PictureSet, StoredVariant};

/// A picture that was sent in a request instead of an upload.
#[derive(Clone, Copy, Debug)]
pub struct NewPicture {
    /// A new id; its upload has the same.
    pub id: MediaId,
    /// The owner.
    pub owner: UserId,
    /// `avatar` or `cover`.
    pub attached_as: &'static str,
    /// The media type of the source.
    pub format: PictureFormat,
    /// The length of the source.
    pub size_bytes: u64,
}

/// Sets a media item to `ready` as a picture. `false` if it is no longer `processing`: then nothing
/// has changed and nothing may be published.
pub async fn publish_picture(
    connection: &mut PgConnection,
    media: MediaId,
    set: &PictureSet,
) -> Result<bool, sqlx::Error> {
    let columns = Columns::of(&set.variants);
    let inserted = sqlx::query!(
        r#"
        with published as (
            update media
            set state = 'ready', kind = 'image', width = $3, height = $4, blurhash = $5,
                set_id = $2, duration_ms = null, poster = null, ready_at = now()
            where id = $1 and state = 'processing'
            returning id
        )
        insert into renditions (media_id, set_id, name, kind, width, height, init_object)
        select published.id, $2, variants.name, 'image', variants.width, variants.height,
            variants.object
        from published
        cross join unnest($6::text[], $7::integer[], $8::integer[], $9::text[])
            as variants (name, width, height, object)
        on conflict (media_id, set_id, name) do update
        set kind = excluded.kind,
            width = excluded.width,
            height = excluded.height,
            init_object = excluded.init_object
        "#,
        media.0,
        set.set.0,
        convert_or_zero::<i32, u32>(set.width),
        convert_or_zero::<i32, u32>(set.height),
        set.blurhash,
        &columns.names,
        &columns.widths,
        &columns.heights,
        &columns.objects,
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Inserts a picture that is complete from the start: its upload is `complete`, its media item
/// `ready`.
pub async fn insert_picture(
    connection: &mut PgConnection,
    new: NewPicture,
    set: &PictureSet,
) -> Result<(), sqlx::Error> {
    let columns = Columns::of(&set.variants);
    sqlx::query!(
        r#"
        with upload as (
            insert into uploads
                (id, owner_id, state, length, known_offset, filename, filetype, finished_at)
            values ($1, $2, 'complete', $3, $3, $4, $5, now())
            returning id, owner_id
        ),
        made as (
            insert into media (
                id, owner_id, kind, state, width, height, blurhash, set_id, attached_as, ready_at
            )
            select id, owner_id, 'image', 'ready', $6, $7, $8, $9, $10, now()
            from upload
            returning id
        )
        insert into renditions (media_id, set_id, name, kind, width, height, init_object)
        select made.id, $9, variants.name, 'image', variants.width, variants.height,
            variants.object
        from made
        cross join unnest($11::text[], $12::integer[], $13::integer[], $14::text[])
            as variants (name, width, height, object)
        "#,
        new.id.0,
        new.owner.0,
        convert_or_zero::<i64, u64>(new.size_bytes),
        format!("picture.{}", new.format.extension()),
        new.format.media_type(),
        convert_or_zero::<i32, u32>(set.width),
        convert_or_zero::<i32, u32>(set.height),
        set.blurhash,
        set.set.0,
        new.attached_as,
        &columns.names,
        &columns.widths,
        &columns.heights,
        &columns.objects,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the rows of at most `limit` pictures that were replaced or removed long enough ago.
/// Returns their ids, which are also those of their sources.
pub async fn delete_replaced(
    connection: &mut PgConnection,
    limit: i64,
) -> Result<Vec<MediaId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        with old as (
            select id
            from media
            where replaced_at <= now() - interval '1 day'
            order by replaced_at
            limit $1
            for update skip locked
        ),
        gone as (
            delete from media using old where media.id = old.id returning media.id
        )
        delete from uploads using gone where uploads.id = gone.id
        returning uploads.id as "id: MediaId"
        "#,
        limit,
    )
    .fetch_all(connection)
    .await
}

struct Columns {
    names: Vec<String>,
    widths: Vec<i32>,
    heights: Vec<i32>,
    objects: Vec<String>,
}

impl Columns {
    fn of(variants: &[StoredVariant]) -> Self {
        let sides = |side: fn(&StoredVariant) -> u32| {
            variants.iter().map(|v| convert_or_zero(side(v))).collect()
        };
        let texts = |text: fn(&StoredVariant) -> &str| {
            variants.iter().map(|v| text(v).to_owned()).collect()
        };
        Self {
            names: texts(|variant| &variant.name),
            widths: sides(|variant| variant.width),
            heights: sides(|variant| variant.height),
            objects: texts(|variant| &variant.object),
        }
    }
}
