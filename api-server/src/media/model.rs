//! Media as stored and as answered.

use serde::Serialize;
use shared::auth::Principal;
use shared::ids::{MediaId, PostId, SetId, UserId};
use shared::media::{MediaKind, MediaState, Progress, RenditionKind};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::PgRecordDecoder;
use sqlx::postgres::{PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Postgres, Type};
use utoipa::ToSchema;

use crate::routes::Resource;

/// A media item.
#[derive(Debug, Serialize, ToSchema)]
pub struct Media {
    pub id: MediaId,
    /// Null until it is known.
    pub kind: Option<MediaKind>,
    /// The state of the item.
    pub state: MediaState,
    /// The transcoding progress, for the owner, while it is known.
    pub progress: Option<Progress>,
    /// The reason of a failure, for the owner.
    pub error: Option<Failure>,
    /// In pixels; null until known.
    pub width: Option<i32>,
    /// In pixels; null until known.
    pub height: Option<i32>,
    /// The duration of a video; null until known.
    pub duration_ms: Option<i64>,
    /// The alternative text; may be empty.
    pub alt: String,
    /// A placeholder until the picture is loaded (blurha.sh).
    pub blurhash: Option<String>,
    /// The URL of a video's poster image.
    pub poster_url: Option<String>,
    /// The URLs from which a video plays.
    pub playback: Playback,
    /// The renditions of a video, the best first.
    pub renditions: Vec<RenditionSummary>,
    /// The sizes of a picture, the smallest first.
    pub variants: Vec<Variant>,
}

impl Resource for Media {}

/// Why the processing of a media item failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Failure {
    /// A stable code, which `/docs/errors` explains.
    pub code: String,
    /// A sentence for users.
    pub detail: String,
}

/// The URLs from which a media item plays; each is null until it exists.
#[derive(Debug, Serialize, ToSchema)]
pub struct Playback {
    /// The master playlist (HLS).
    pub hls_url: Option<String>,
    /// For the owner: the uploaded original.
    pub source_url: Option<String>,
}

/// One rendition of a video.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RenditionSummary {
    /// Such as `720p`.
    pub name: String,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// The peak bandwidth in bits per second, audio included.
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
    /// Relative to the API's origin.
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
pub struct AttachedPicture {
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
    /// The post to which it is attached.
    pub post_id: Option<PostId>,
    /// Whether it is attached to something that everyone may see.
    pub is_public: bool,
}

impl MediaRow {
    /// Whether the viewer owns it.
    pub fn is_of(&self, viewer: Option<&Principal>) -> bool {
        viewer.is_some_and(|viewer| viewer.user_id == self.owner_id)
    }
}

/// A post whose media are shown.
#[derive(Clone, Copy)]
pub struct ShownPost {
    pub id: PostId,
    /// Whether everyone may see it.
    pub is_open: bool,
}

/// The data that decides a request for a file.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, none of which excludes another"
)]
pub struct AccessRow {
    pub is_public: bool,
    /// Whether the grant's session is live and its user is active and sees a resource that uses the
    /// media item.
    pub is_seen: bool,
    /// Whether the grant's session is live and belongs to the owner.
    pub is_owner: bool,
    pub set_id: Option<SetId>,
    pub poster: Option<String>,
    pub has_source: bool,
    pub filename: Option<String>,
    pub filetype: Option<String>,
}
