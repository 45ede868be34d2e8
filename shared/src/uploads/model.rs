//! An upload as the rest of the program knows it.

use std::time::Duration;

use time::OffsetDateTime;

use crate::{
    ids::{NodeId, PostId, UploadId, UserId},
    media::MediaKind,
};

/// How many media a post may carry.
pub const MAX_MEDIA_PER_POST: i64 = 20;

/// Where an upload stands, column `uploads.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum UploadState {
    /// Open: bytes are awaited, or all are there and the finish is undecided.
    Uploading,
    /// Finished; its bytes never change again.
    Complete,
    /// All bytes came, and the finish was refused.
    Rejected,
    /// Not finished in time.
    Expired,
    /// Given up by its owner.
    Terminated,
    /// Acknowledged bytes were lost by the store: it can only be begun anew.
    Condemned,
}

/// What an upload is to others, column `uploads.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum UploadKind {
    /// An upload of its own.
    Whole,
    /// A piece to be concatenated.
    Partial,
    /// Pieces that were concatenated.
    Final,
}

/// A row of `uploads`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Whose it is; `None` in a stand-alone server.
    pub owner: Option<UserId>,
    /// Who writes it.
    pub node: Option<NodeId>,
    /// Raised whenever the writer changes.
    pub epoch: i64,
    /// Where it stands.
    pub state: UploadState,
    /// All of its bytes; `None` until the client tells.
    pub length: Option<u64>,
    /// A floor under what is durable.
    pub known_offset: u64,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When the sweep ends it unless it is finished.
    pub expires_at: Option<OffsetDateTime>,
    /// Whether a media has the same id.
    pub has_media: bool,
}

impl Upload {
    /// What never changes of it.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            owner: self.owner,
            created_at: self.created_at,
            has_media: self.has_media,
        }
    }
}

/// What a caller needs to know before it may touch an upload; none of it ever changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whose it is.
    pub owner: Option<UserId>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// Whether a media was born with it.
    pub has_media: bool,
}

/// An upload to create. With an owner, its media is made by the same statement.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// A fresh id.
    pub id: UploadId,
    /// Whose it will be; `None` in a stand-alone server.
    pub owner: Option<UserId>,
    /// All of its bytes, if known.
    pub length: Option<u64>,
    /// `Upload-Metadata` as sent, to be repeated to the client.
    pub metadata: String,
    /// The name that the file had.
    pub filename: Option<String>,
    /// The type that the client declared.
    pub filetype: Option<String>,
    /// The kind of media that the declared type promises.
    pub kind: Option<MediaKind>,
    /// The text for those who cannot see it; at most 1,500 characters.
    pub alt: String,
    /// The post to append it to; must be the owner's.
    pub post: Option<PostId>,
}

/// What is synced when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Bytes are on disk before their offset is told.
    #[default]
    Ack,
    /// Bytes are on disk before the upload counts as finished.
    Finish,
    /// Nothing is synced; a crash of the machine may lose what was acknowledged.
    None,
}

/// How the upload core behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What is synced when.
    pub durability: Durability,
    /// How long an unfinished upload lives without receiving bytes.
    pub expiry: Duration,
    /// How long an acknowledgement waits for Postgres to come back.
    pub confirm_within: Duration,
    /// How long a request waits for the one that it ends.
    pub take_within: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            durability: Durability::Ack,
            expiry: Duration::from_hours(7 * 24),
            confirm_within: Duration::from_secs(10),
            take_within: Duration::from_secs(10),
        }
    }
}
