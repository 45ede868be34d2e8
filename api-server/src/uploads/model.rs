//! An upload as the API answers it.

use serde::Serialize;
use shared::ids::UploadId;
use shared::uploads::UploadState;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// An upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upload {
    pub id: UploadId,
    /// Where it stands.
    pub state: State,
    /// Bytes that came, as far as can be seen from beside. The last of them may not be safe yet:
    /// what to go on from is told by upload-server.
    pub offset: u64,
    /// All bytes; null until the client told.
    pub length: Option<u64>,
    /// When it ends unless it is finished; null once it is over.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UploadState)]
pub enum State {
    /// It takes bytes.
    Open,
    /// All bytes came and were taken.
    Complete,
    /// All bytes came and were not taken.
    Rejected,
    /// It was not finished in time.
    Expired,
    /// It was given up, or its bytes are lost: it can only be begun anew.
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
