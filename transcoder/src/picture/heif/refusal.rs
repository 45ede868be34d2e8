//! Why a file is refused.

use shared::media::{
    FailureCode,
    image::{PictureError, PictureFormat},
};

/// The file is not as the specification demands.
pub fn malformed(detail: &str) -> PictureError {
    PictureError::new(FailureCode::NotMedia, detail)
}

/// The file may be valid, but this program cannot read it.
pub fn unsupported(format: PictureFormat, detail: impl Into<String>) -> PictureError {
    let code = match format {
        PictureFormat::Avif => FailureCode::UnsupportedAvif,
        _ => FailureCode::UnsupportedHeic,
    };
    PictureError::new(code, detail)
}
