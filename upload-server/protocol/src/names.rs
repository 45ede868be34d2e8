//! The header names of both dialects.

use http::HeaderName;
use http::header::{LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};

macro_rules! names {
    ($($(#[$doc:meta])* $constant:ident = $name:literal;)*) => {
        $($(#[$doc])* pub const $constant: HeaderName = HeaderName::from_static($name);)*
    };
}

names! {
    /// `Tus-Resumable`: the protocol version of a message.
    TUS_RESUMABLE = "tus-resumable";
    /// `Tus-Version`: the versions that the server supports.
    TUS_VERSION = "tus-version";
    /// `Tus-Extension`: the extensions that the server supports.
    TUS_EXTENSION = "tus-extension";
    /// `Tus-Max-Size`: the maximum size of an upload in bytes.
    TUS_MAX_SIZE = "tus-max-size";
    /// `Upload-Offset`, bytes.
    UPLOAD_OFFSET = "upload-offset";
    /// `Upload-Length`, bytes.
    UPLOAD_LENGTH = "upload-length";
    /// `Upload-Defer-Length`: the length is sent later.
    UPLOAD_DEFER_LENGTH = "upload-defer-length";
    /// `Upload-Metadata`: pairs of key and base64.
    UPLOAD_METADATA = "upload-metadata";
    /// `Upload-Concat`: a partial or a final upload.
    UPLOAD_CONCAT = "upload-concat";
    /// `Upload-Checksum`: algorithm and base64.
    UPLOAD_CHECKSUM = "upload-checksum";
    /// `X-HTTP-Method-Override`: the effective method.
    METHOD_OVERRIDE = "x-http-method-override";
    /// `Upload-Complete` (draft).
    UPLOAD_COMPLETE = "upload-complete";
    /// `Upload-Incomplete` (draft, interop 3).
    UPLOAD_INCOMPLETE = "upload-incomplete";
    /// `Upload-Draft-Interop-Version` (draft).
    UPLOAD_DRAFT_INTEROP_VERSION = "upload-draft-interop-version";
}

/// The headers of the protocols that requests may have.
pub const IN_REQUESTS: [HeaderName; 11] = [
    TUS_RESUMABLE,
    UPLOAD_LENGTH,
    UPLOAD_OFFSET,
    UPLOAD_METADATA,
    UPLOAD_DEFER_LENGTH,
    UPLOAD_CONCAT,
    UPLOAD_CHECKSUM,
    UPLOAD_COMPLETE,
    UPLOAD_INCOMPLETE,
    UPLOAD_DRAFT_INTEROP_VERSION,
    METHOD_OVERRIDE,
];

/// The headers of answers and errors that clients read. `Allow` and `Cache-Control` are not among
/// them.
pub const IN_ANSWERS: [HeaderName; 10] = [
    LOCATION,
    RETRY_AFTER,
    TUS_EXTENSION,
    TUS_MAX_SIZE,
    TUS_RESUMABLE,
    TUS_VERSION,
    UPLOAD_LENGTH,
    UPLOAD_METADATA,
    UPLOAD_OFFSET,
    WWW_AUTHENTICATE,
];
