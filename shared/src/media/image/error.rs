//! Why a picture was refused.

use crate::media::FailureCode;

/// Why there are no variants.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct PictureError {
    /// What the person who sent it is told.
    pub code: FailureCode,
    /// What an operator is told.
    pub detail: String,
}

impl PictureError {
    pub(super) fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail }
    }
}
