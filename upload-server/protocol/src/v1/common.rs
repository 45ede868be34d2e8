//! What refusals and other answers share.

use http::{HeaderMap, HeaderValue};

use crate::{Extension, Target, names};

/// The one version of the protocol that is spoken.
pub const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");

/// What `Tus-Extension` lists: exactly what works.
pub const EXTENSIONS: [Extension; 3] = [
    Extension::Creation,
    Extension::CreationWithUpload,
    Extension::Termination,
];

/// The media type of bytes.
pub const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";

/// The methods an address knows, for `Allow`.
pub(crate) fn allowed_methods(target: Target) -> HeaderValue {
    HeaderValue::from_static(match target {
        Target::Collection => "OPTIONS, POST",
        Target::Upload => "DELETE, HEAD, OPTIONS, PATCH",
    })
}

/// What every answer carries.
pub(crate) fn common_headers() -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(names::TUS_RESUMABLE, VERSION);
    headers
}
