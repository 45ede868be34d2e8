//! The header names of both dialects.

use http::HeaderName;

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
