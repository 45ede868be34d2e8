//! What refusals and other answers share.

use http::{HeaderMap, HeaderValue};

use crate::{Extension, Target, names};

/// The supported version of the protocol.
pub const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");

/// The value of `Tus-Extension`: exactly the supported extensions.
pub const EXTENSIONS: [Extension; 3] = [
    Extension::Creation,
    Extension::CreationWithUpload,
    Extension::Termination,
];

/// The media type of upload bytes.
pub const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";

/// The methods of an endpoint, for `Allow`.
pub(crate) fn allowed_methods(target: Target) -> HeaderValue {
    HeaderValue::from_static(match target {
        Target::Collection => "OPTIONS, POST",
        Target::Upload => "DELETE, HEAD, OPTIONS, PATCH",
    })
}

/// The headers of every answer.
pub(crate) fn common_headers() -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(names::TUS_RESUMABLE, VERSION);
    headers
}
