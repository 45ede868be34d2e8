//! Why a picture was refused.

use crate::FailureCode;

/// Why there are no variants.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct PictureError {
    /// The code for the user who sent the picture.
    pub code: FailureCode,
    /// The detail for the operator.
    pub detail: String,
}

impl PictureError {
    /// A refusal.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail }
    }
}
