//! Everything a tus server refuses, in one closed enum, and the one table that says how.

use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
};

use crate::{Extension, Gone, MetadataError, Target, names, v1};

/// A refusal. [`Error::status`], [`Error::code`], [`Error::headers`] and `Display` are the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// `Tus-Resumable` is missing or names a version that is not spoken.
    #[error("send Tus-Resumable: 1.0.0")]
    UnsupportedVersion,
    /// The request speaks the IETF draft.
    #[error("resumable uploads are spoken here as tus 1.0.0, marked by Tus-Resumable: 1.0.0")]
    DraftNotSpoken,
    /// The address does not know the method.
    #[error("the method is not for this address")]
    MethodNotAllowed(Target),
    /// A header that may appear once appears more often.
    #[error("{0} may be sent once only")]
    Duplicate(HeaderName),
    /// A header that the request needs is not there.
    #[error("{0} is missing")]
    Missing(HeaderName),
    /// A header's value is not what its grammar says.
    #[error("{0} is malformed")]
    Malformed(HeaderName),
    /// `Upload-Metadata` is malformed.
    #[error("upload-metadata {0}")]
    Metadata(#[from] MetadataError),
    /// The request needs an extension that `Tus-Extension` does not list.
    #[error("the {0} extension is not offered")]
    NotOffered(Extension),
    /// The body's `Content-Type` is not `application/offset+octet-stream`.
    #[error("bytes are sent as application/offset+octet-stream")]
    ContentType,
    /// The announced length is above the limit.
    #[error("an upload may have {max_size} bytes at most")]
    TooLarge {
        /// The limit, bytes.
        max_size: u64,
    },
    /// The body holds more bytes than the upload has room for.
    #[error("the body goes beyond the upload's length")]
    BeyondLength,
    /// `Upload-Offset` is not where the upload ends.
    ///
    /// The text does not tell where that is: it need not be durable yet. HEAD tells.
    #[error("upload-offset is not where the upload ends")]
    OffsetMismatch {
        /// Where the upload ends, bytes.
        expected: u64,
        /// What the request said, bytes.
        provided: u64,
    },
    /// Nobody was told of such an upload, or it is someone else's.
    #[error("there is no such upload")]
    NotFound,
    /// The upload will never be finished.
    #[error("{}", gone_text(*.0))]
    Gone(Gone),
    /// A complete upload cannot be ended.
    #[error("the upload is complete")]
    AlreadyComplete,
    /// The token is missing or bad.
    #[error("a valid access token is needed")]
    Unauthorized,
    /// Another request writes this upload, and it could not be ended in time.
    #[error("the upload is being written by another request")]
    Locked,
    /// The body came too slowly, or not at all. What came is kept, and a 5xx makes clients go on
    /// from there; after a 408 the common ones give up.
    #[error("the body came too slowly")]
    TooSlow,
    /// The body broke off or is malformed.
    #[error("the body could not be read")]
    BrokenBody,
    /// The store has no room. What was acknowledged stays.
    #[error("there is no room in the store")]
    NoSpace,
    /// Something that the answer depends on is away for the moment; ask again later.
    #[error("the server cannot tell at the moment; ask again")]
    Unavailable {
        /// When to ask again, seconds.
        retry_after_s: u32,
    },
    /// A fault of the server.
    #[error("internal error")]
    Internal,
}

impl Error {
    /// The table: status and stable code of every variant.
    ///
    /// Contention answers only 409, 423 and 5xx: the common clients retry these and nothing else,
    /// and any other 4xx to a HEAD makes them forget the upload (tus-js-client).
    fn row(&self) -> (StatusCode, &'static str) {
        match self {
            Self::UnsupportedVersion => (StatusCode::PRECONDITION_FAILED, "unsupported_version"),
            Self::DraftNotSpoken => (StatusCode::PRECONDITION_FAILED, "draft_not_spoken"),
            Self::MethodNotAllowed(_) => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Duplicate(_) => (StatusCode::BAD_REQUEST, "duplicate_header"),
            Self::Missing(_) => (StatusCode::BAD_REQUEST, "missing_header"),
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed_header"),
            Self::Metadata(_) => (StatusCode::BAD_REQUEST, "malformed_metadata"),
            Self::NotOffered(_) => (StatusCode::BAD_REQUEST, "extension_not_offered"),
            Self::ContentType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_content_type",
            ),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "upload_too_large"),
            Self::BeyondLength => (StatusCode::PAYLOAD_TOO_LARGE, "beyond_upload_length"),
            Self::OffsetMismatch { .. } => (StatusCode::CONFLICT, "mismatching_upload_offset"),
            Self::NotFound => (StatusCode::NOT_FOUND, "upload_not_found"),
            Self::Gone(_) => (StatusCode::GONE, "upload_gone"),
            Self::AlreadyComplete => (StatusCode::FORBIDDEN, "completed_upload"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::Locked => (StatusCode::LOCKED, "upload_locked"),
            Self::TooSlow => (StatusCode::SERVICE_UNAVAILABLE, "body_too_slow"),
            Self::BrokenBody => (StatusCode::BAD_REQUEST, "body_broken"),
            Self::NoSpace => (StatusCode::INSUFFICIENT_STORAGE, "no_space"),
            Self::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
        }
    }

    /// The answer's status.
    pub fn status(&self) -> StatusCode {
        self.row().0
    }

    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        self.row().1
    }

    /// The answer's headers, `Tus-Resumable` included.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = v1::common_headers();
        match self {
            Self::UnsupportedVersion | Self::DraftNotSpoken => {
                headers.insert(names::TUS_VERSION, v1::VERSION);
            }
            Self::MethodNotAllowed(target) => {
                headers.insert(ALLOW, v1::allowed_methods(*target));
            }
            Self::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Locked | Self::TooSlow => {
                headers.insert(RETRY_AFTER, HeaderValue::from(1));
            }
            Self::Unavailable { retry_after_s } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(*retry_after_s));
            }
            _ => {}
        }
        headers
    }
}

fn gone_text(why: Gone) -> &'static str {
    match why {
        Gone::Expired => "the upload has expired",
        Gone::Terminated => "the upload was terminated",
        Gone::Rejected => "the upload was rejected",
        Gone::Condemned => "the upload's bytes were lost; create it anew",
    }
}
