//! The statements about media that both the API and the transcoder need. Each takes a connection,
//! so that callers can use it within a transaction.

mod convert;
mod pictures;

use sqlx::{PgConnection, types::Json};

pub use pictures::{NewPicture, delete_replaced, insert_picture, publish_picture};

use self::convert::convert_or_zero;
use super::{FailureCode, FrameRate, Rendition, RenditionKind, Segment, VideoShape};
use crate::ids::{MediaId, SetId};

/// The values of a media item whose set is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedSet {
    /// The set to serve from now on.
    pub set: SetId,
    /// Size in pixels of the best rendition; `None` for audio.
    pub dimensions: Option<(u32, u32)>,
    /// Duration in milliseconds.
    pub duration_ms: u64,
    /// The poster's object name within the set.
    pub poster: Option<String>,
}

/// Inserts the renditions of a set, which stay invisible until [`publish_set`]. Replaces rows of
/// the same name from an earlier attempt of the same job.
pub async fn insert_renditions(
    connection: &mut PgConnection,
    media: MediaId,
    set: SetId,
    renditions: &[Rendition],
) -> Result<(), sqlx::Error> {
    let column = |of: fn(VideoShape) -> u32| -> Vec<Option<i32>> {
        renditions
            .iter()
            .map(|r| r.video.map(|shape| convert_or_zero(of(shape))))
            .collect()
    };
    let text = |of: fn(&Rendition) -> &str| -> Vec<String> {
        renditions.iter().map(|r| of(r).to_owned()).collect()
    };
    let bits = |of: fn(&Rendition) -> u64| -> Vec<i64> {
        renditions.iter().map(|r| convert_or_zero(of(r))).collect()
    };
    let segments: Vec<_> = renditions
        .iter()
        .map(|r| serde_json::to_value(&r.segments).unwrap_or_default())
        .collect();
    sqlx::query!(
        r#"
        insert into renditions (
            media_id, set_id, name, kind, width, height,
            frame_rate_numerator, frame_rate_denominator,
            bandwidth_bps, average_bandwidth_bps, codecs, init_object, segments
        )
        select $1, $2, *
        from unnest(
            $3::text[], $4::text[], $5::integer[], $6::integer[], $7::integer[], $8::integer[],
            $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::jsonb[]
        )
        on conflict (media_id, set_id, name) do update
        set kind = excluded.kind,
            width = excluded.width,
            height = excluded.height,
            frame_rate_numerator = excluded.frame_rate_numerator,
            frame_rate_denominator = excluded.frame_rate_denominator,
            bandwidth_bps = excluded.bandwidth_bps,
            average_bandwidth_bps = excluded.average_bandwidth_bps,
            codecs = excluded.codecs,
            init_object = excluded.init_object,
            segments = excluded.segments
        "#,
        media.0,
        set.0,
        &text(|r| &r.name),
        &text(|r| r.kind.as_str()),
        &column(|shape| shape.width) as &[Option<i32>],
        &column(|shape| shape.height) as &[Option<i32>],
        &column(|shape| shape.frame_rate.numerator) as &[Option<i32>],
        &column(|shape| shape.frame_rate.denominator) as &[Option<i32>],
        &bits(|r| r.bandwidth_bps),
        &bits(|r| r.average_bandwidth_bps),
        &text(|r| &r.codecs),
        &text(|r| &r.init_object),
        &segments,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets a media item to `ready` with `published`. `false` if it is no longer `processing`: then
/// nothing has changed and nothing may be published.
pub async fn publish_set(
    connection: &mut PgConnection,
    media: MediaId,
    published: &PublishedSet,
) -> Result<bool, sqlx::Error> {
    let (width, height) = published.dimensions.unzip();
    let updated = sqlx::query!(
        r#"
        update media
        set state = 'ready', kind = case when $2::integer is null then 'audio' else 'video' end,
            width = $2, height = $3, duration_ms = $4, set_id = $5, poster = $6, ready_at = now()
        where id = $1 and state = 'processing'
        "#,
        media.0,
        width.map(convert_or_zero::<i32, u32>),
        height.map(convert_or_zero::<i32, u32>),
        convert_or_zero::<i64, u64>(published.duration_ms),
        published.set.0,
        published.poster,
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Sets a media item to `failed`, with the code and its sentence for the user. `false` if it is
/// neither `uploading` nor `processing`: then nothing has changed.
pub async fn fail_media(
    connection: &mut PgConnection,
    media: MediaId,
    code: FailureCode,
) -> Result<bool, sqlx::Error> {
    let updated = sqlx::query!(
        r#"
        update media
        set state = 'failed', error_code = $2, error_detail = $3
        where id = $1 and state in ('uploading', 'processing')
        "#,
        media.0,
        code.name(),
        code.text(),
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// The renditions of a set for the playlists, the best first.
pub async fn list_renditions(
    connection: &mut PgConnection,
    media: MediaId,
    set: SetId,
) -> Result<Vec<Rendition>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select name, kind as "kind: RenditionKind", width, height,
            frame_rate_numerator, frame_rate_denominator,
            coalesce(bandwidth_bps, 0) as "bandwidth_bps!",
            coalesce(average_bandwidth_bps, 0) as "average_bandwidth_bps!",
            coalesce(codecs, '') as "codecs!",
            coalesce(init_object, '') as "init_object!",
            segments as "segments: Json<Vec<Segment>>"
        from renditions
        where media_id = $1 and set_id = $2
        order by height desc nulls last, name
        "#,
        media.0,
        set.0,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::into_rendition).collect())
}

/// All objects of a media item that a row names, in any set: the ones to keep.
pub async fn list_named_objects(
    connection: &mut PgConnection,
    media: MediaId,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select init_object as "object!" from renditions
        where media_id = $1 and init_object is not null
        union all
        select segment ->> 'object' from renditions, jsonb_array_elements(segments) segment
        where media_id = $1
        union all
        select poster from media
        where id = $1 and poster is not null
        "#,
        media.0,
    )
    .fetch_all(connection)
    .await
}

struct Row {
    name: String,
    kind: RenditionKind,
    width: Option<i32>,
    height: Option<i32>,
    frame_rate_numerator: Option<i32>,
    frame_rate_denominator: Option<i32>,
    bandwidth_bps: i64,
    average_bandwidth_bps: i64,
    codecs: String,
    init_object: String,
    segments: Json<Vec<Segment>>,
}

impl Row {
    fn into_rendition(self) -> Rendition {
        let video = self.video();
        Rendition {
            video,
            name: self.name,
            kind: self.kind,
            bandwidth_bps: convert_or_zero(self.bandwidth_bps),
            average_bandwidth_bps: convert_or_zero(self.average_bandwidth_bps),
            codecs: self.codecs,
            init_object: self.init_object,
            segments: self.segments.0,
        }
    }

    fn video(&self) -> Option<VideoShape> {
        let frame_rate = FrameRate {
            numerator: convert_or_zero(self.frame_rate_numerator?),
            denominator: convert_or_zero(self.frame_rate_denominator?),
        };
        Some(VideoShape {
            width: convert_or_zero(self.width?),
            height: convert_or_zero(self.height?),
            frame_rate,
        })
    }
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;
