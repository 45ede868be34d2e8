//! Media as stored and as answered.

use serde::Serialize;
use shared::ids::{MediaId, PostId, SetId, UserId};
use shared::media::{MediaKind, MediaState, Progress, RenditionKind};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::PgRecordDecoder;
use sqlx::postgres::{PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Postgres, Type};
use utoipa::ToSchema;

/// A media as the API answers it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Media {
    pub id: MediaId,
    /// Null while nothing shows it.
    pub kind: Option<MediaKind>,
    /// Where it stands.
    pub state: MediaState,
    /// For its owner, while a transcoder tells it.
    pub progress: Option<Progress>,
    /// For its owner.
    pub error: Option<Failure>,
    /// Pixels, once they are known.
    pub width: Option<i32>,
    /// Pixels, once they are known.
    pub height: Option<i32>,
    /// Of a video, once it is known.
    pub duration_ms: Option<i64>,
    /// The text for those who cannot see it; may be empty.
    pub alt: String,
    /// What to show until the picture is there (blurha.sh).
    pub blurhash: Option<String>,
    /// A picture of a video.
    pub poster_url: Option<String>,
    /// Where a video plays from.
    pub playback: Playback,
    /// The rungs of a video, the best first.
    pub renditions: Vec<RenditionSummary>,
    /// The sizes of a picture, the smallest first.
    pub variants: Vec<Variant>,
}

/// Why a media failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Failure {
    /// Stable; `/docs/errors` explains it.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// Where a media can be played from; each null until there is one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Playback {
    /// A playlist for HLS.
    pub hls_url: Option<String>,
    /// For its owner: the file as it was sent.
    pub source_url: Option<String>,
}

/// One rung of a video.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RenditionSummary {
    /// Such as `720p`.
    pub name: String,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// Bits a second at most, sound and all.
    pub bandwidth_bps: Option<i64>,
}

/// One size of a picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct Variant {
    /// `thumb`, `small`, `medium` or `large`.
    pub name: String,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// Below the API's origin.
    pub url: String,
}

/// The URL of a profile's picture, from `avatar_file` or `cover_file`. Everyone may read profile
/// pictures.
pub fn picture_url(file: Option<&str>) -> Option<String> {
    file.map(|file| format!("/media/p/{file}"))
}

/// A rendition of a video or a variant of a picture as stored, in the order of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenditionRow {
    pub kind: RenditionKind,
    pub name: String,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub bandwidth_bps: Option<i64>,
    pub object: Option<String>,
}

/// Decodes a row that is an element of an array column.
impl<'r> Decode<'r, Postgres> for RenditionRow {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let mut record = PgRecordDecoder::new(value)?;
        Ok(Self {
            kind: record.try_decode()?,
            name: record.try_decode()?,
            width: record.try_decode()?,
            height: record.try_decode()?,
            bandwidth_bps: record.try_decode()?,
            object: record.try_decode()?,
        })
    }
}

impl Type<Postgres> for RenditionRow {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("record")
    }
}

impl PgHasArrayType for RenditionRow {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_record")
    }
}

/// A media item of its owner, with the data that decides whether it can be attached.
pub struct OwnMedia {
    pub id: MediaId,
    pub kind: Option<MediaKind>,
    pub state: MediaState,
    pub set_id: Option<SetId>,
    pub is_attached: bool,
}

/// One of the two pictures of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfilePicture {
    Avatar,
    Cover,
}

/// An attached picture, and the file of the variant that the profile shows.
pub struct HungPicture {
    pub id: MediaId,
    /// The last part of its URL.
    pub file: String,
}

impl ProfilePicture {
    /// The value of `media.attached_as`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Avatar => "avatar",
            Self::Cover => "cover",
        }
    }

    /// The variant whose URL answers contain.
    pub fn variant(self) -> &'static str {
        match self {
            Self::Avatar => "small",
            Self::Cover => "large",
        }
    }
}

/// A media item as stored, with the data that decides who may see it.
pub struct MediaRow {
    pub id: MediaId,
    pub owner_id: UserId,
    pub kind: Option<MediaKind>,
    pub state: MediaState,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub duration_ms: Option<i64>,
    pub alt: String,
    pub blurhash: Option<String>,
    pub set_id: Option<SetId>,
    pub poster: Option<String>,
    pub error_code: Option<String>,
    pub error_detail: Option<String>,
    pub has_source: bool,
    pub filename: Option<String>,
    pub filetype: Option<String>,
    /// Of the published set: a video's best first, a picture's smallest first.
    pub renditions: Vec<RenditionRow>,
    /// The post that it hangs on.
    pub post_id: Option<PostId>,
    /// Whether it is attached to something that everyone may see.
    pub is_public: bool,
}

/// The data that decides a request for a file.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, none of which excludes another"
)]
pub struct AccessRow {
    pub is_public: bool,
    /// Whether the grant's session is live and its user is active and sees what shows the media.
    pub is_seen: bool,
    /// Whether the grant's session is live and belongs to the owner.
    pub is_owner: bool,
    pub set_id: Option<SetId>,
    pub poster: Option<String>,
    pub has_source: bool,
    pub filename: Option<String>,
    pub filetype: Option<String>,
}
