//! The types of uploads.

use std::time::Duration;

use time::OffsetDateTime;

use crate::{
    ids::{NodeId, PostId, UploadId, UserId},
    media::MediaKind,
};

/// The state of an upload, column `uploads.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum UploadState {
    /// Open: bytes are missing, or all have arrived and the finish is undecided.
    Uploading,
    /// Complete; its bytes never change again.
    Complete,
    /// All bytes arrived, and the finish was refused.
    Rejected,
    /// Not finished in time.
    Expired,
    /// Terminated by its owner.
    Terminated,
    /// The store lost acknowledged bytes: the client must create a new upload.
    Condemned,
}

/// A row of `uploads`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The owner; `None` in a stand-alone server.
    pub owner: Option<UserId>,
    /// The node that writes it.
    pub node: Option<NodeId>,
    /// Raised whenever the writer changes.
    pub epoch: i64,
    /// Its state.
    pub state: UploadState,
    /// The length in bytes; `None` until the client sends it.
    pub length: Option<u64>,
    /// A lower bound of the durable bytes.
    pub known_offset: u64,
    /// `Upload-Metadata` as sent.
    pub metadata: String,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When the sweep expires it, unless it is finished.
    pub expires_at: Option<OffsetDateTime>,
    /// Whether a media item has the same id.
    pub has_media: bool,
}

impl Upload {
    /// The part of the row that never changes.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            owner: self.owner,
            created_at: self.created_at,
            has_media: self.has_media,
        }
    }
}

/// The immutable data that a caller needs to decide who may access an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The owner.
    pub owner: Option<UserId>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// Whether a media item was created with it.
    pub has_media: bool,
}

/// An upload to create. If it has an owner, the same statement creates its media item.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// A new id.
    pub id: UploadId,
    /// The owner; `None` in a stand-alone server.
    pub owner: Option<UserId>,
    /// The length in bytes, if known.
    pub length: Option<u64>,
    /// `Upload-Metadata` as sent, for HEAD.
    pub metadata: String,
    /// The declared file name.
    pub filename: Option<String>,
    /// The declared media type.
    pub filetype: Option<String>,
    /// The kind of media item that the declared type implies.
    pub kind: Option<MediaKind>,
    /// The alternative text; at most [`MAX_ALT_CHARS`](crate::media::MAX_ALT_CHARS).
    pub alt: String,
    /// The post to append the media item to; it must belong to the owner.
    pub post: Option<PostId>,
}

/// When bytes are synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Bytes are on disk before their offset is acknowledged.
    #[default]
    Ack,
    /// Bytes are on disk before the upload counts as finished.
    Finish,
    /// Nothing is synced; a crash of the machine may lose acknowledged bytes.
    None,
}

/// The settings of the upload core.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When bytes are synced.
    pub durability: Durability,
    /// How long an unfinished upload may go without receiving bytes.
    pub expiry: Duration,
    /// How long an acknowledgement waits while Postgres is unavailable.
    pub acknowledge_within: Duration,
}
