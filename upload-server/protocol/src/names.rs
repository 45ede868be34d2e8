//! The header names of both dialects, and which messages have them.

use http::HeaderName;
use http::header::{LOCATION, RETRY_AFTER};

/// Whether messages of one direction have a header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occurs {
    Yes,
    No,
    /// No answer has it yet. Browsers already let pages read it, so that the feature needs no
    /// change in the server's rules for other origins.
    Later,
}

/// A header and the messages that have it.
struct Row {
    name: HeaderName,
    in_requests: Occurs,
    in_answers: Occurs,
}

macro_rules! names {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $in_requests:ident, $in_answers:ident;)*) => {
        $($(#[$doc])* pub const $constant: HeaderName = HeaderName::from_static($name);)*

        fn rows() -> impl Iterator<Item = Row> {
            let rows = [$(
                Row {
                    name: $constant,
                    in_requests: Occurs::$in_requests,
                    in_answers: Occurs::$in_answers,
                },
            )*];
            rows.into_iter()
        }
    };
}

// The columns: the name; whether requests have it; whether answers and errors have it.
names! {
    /// `Tus-Resumable`: the protocol version of a message.
    TUS_RESUMABLE = "tus-resumable", Yes, Yes;
    /// `Tus-Version`: the versions that the server supports.
    TUS_VERSION = "tus-version", No, Yes;
    /// `Tus-Extension`: the extensions that the server supports.
    TUS_EXTENSION = "tus-extension", No, Yes;
    /// `Tus-Max-Size`: the maximum size of an upload in bytes.
    TUS_MAX_SIZE = "tus-max-size", No, Yes;
    /// `Upload-Offset`, bytes.
    UPLOAD_OFFSET = "upload-offset", Yes, Yes;
    /// `Upload-Length`, bytes.
    UPLOAD_LENGTH = "upload-length", Yes, Yes;
    /// `Upload-Defer-Length`: the length is sent later.
    UPLOAD_DEFER_LENGTH = "upload-defer-length", Yes, No;
    /// `Upload-Metadata`: pairs of key and base64.
    UPLOAD_METADATA = "upload-metadata", Yes, Yes;
    /// `Upload-Concat`: a partial or a final upload.
    UPLOAD_CONCAT = "upload-concat", Yes, No;
    /// `Upload-Checksum`: algorithm and base64.
    UPLOAD_CHECKSUM = "upload-checksum", Yes, No;
    /// `Upload-Expires`: the time at which an upload that is not finished expires.
    UPLOAD_EXPIRES = "upload-expires", No, Later;
    /// `X-HTTP-Method-Override`: the effective method.
    METHOD_OVERRIDE = "x-http-method-override", Yes, No;
    /// `Upload-Complete` (draft).
    UPLOAD_COMPLETE = "upload-complete", Yes, Later;
    /// `Upload-Incomplete` (draft, interop 3).
    UPLOAD_INCOMPLETE = "upload-incomplete", Yes, No;
    /// `Upload-Draft-Interop-Version` (draft).
    UPLOAD_DRAFT_INTEROP_VERSION = "upload-draft-interop-version", Yes, Later;
    /// `Upload-Limit` (draft): the limits of the server.
    UPLOAD_LIMIT = "upload-limit", No, Later;
}

/// The headers of the protocols that requests may have.
pub fn in_requests() -> impl Iterator<Item = HeaderName> {
    let rows = rows().filter(|row| row.in_requests == Occurs::Yes);
    rows.map(|row| row.name)
}

/// The headers of answers and errors that clients read. `Allow` and `Cache-Control` are not among
/// them.
pub fn in_answers() -> impl Iterator<Item = HeaderName> {
    let rows = rows().filter(|row| row.in_answers == Occurs::Yes);
    let own = rows.map(|row| row.name);
    own.chain([LOCATION, RETRY_AFTER])
}

/// The headers that answers will have when the server speaks the IETF draft and the extension
/// `expiration`.
pub fn in_later_answers() -> impl Iterator<Item = HeaderName> {
    let rows = rows().filter(|row| row.in_answers == Occurs::Later);
    rows.map(|row| row.name)
}
