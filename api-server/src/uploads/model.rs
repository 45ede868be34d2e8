//! An upload as the API answers it.

use serde::Serialize;
use shared::ids::UploadId;
use shared::uploads::UploadState;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::routes::Resource;

/// An upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upload {
    pub id: UploadId,
    /// The state of the upload.
    pub state: State,
    /// The number of bytes received so far. The last of them may not be durable yet, so resume from
    /// the offset that upload-server reports.
    pub offset: u64,
    /// The total size in bytes; null until the client has declared it.
    pub length: Option<u64>,
    /// When an open upload expires; null for any other.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

impl Resource for Upload {}

/// The state of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UploadState)]
pub enum State {
    /// It accepts bytes.
    Open,
    /// All bytes were received and accepted.
    Complete,
    /// All bytes were received, and the file was refused.
    Rejected,
    /// It was not finished in time.
    Expired,
    /// It was terminated, or its bytes are lost. The client must create a new upload.
    Terminated,
}

impl From<UploadState> for State {
    fn from(state: UploadState) -> Self {
        match state {
            UploadState::Uploading => Self::Open,
            UploadState::Complete => Self::Complete,
            UploadState::Rejected => Self::Rejected,
            UploadState::Expired => Self::Expired,
            UploadState::Terminated | UploadState::Condemned => Self::Terminated,
        }
    }
}
