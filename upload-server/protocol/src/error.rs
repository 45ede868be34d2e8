//! All errors of a tus server in one closed enum, with one table of their statuses and codes.

use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{ALLOW, RETRY_AFTER},
};

use crate::{Extension, Gone, MetadataError, Target, names, v1};

/// An error. [`Error::status`], [`Error::code`], [`Error::headers`] and `Display` form the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// `Tus-Resumable` is missing or names an unsupported version.
    #[error("send Tus-Resumable: 1.0.0")]
    UnsupportedVersion,
    /// The request uses the IETF draft.
    #[error("this server supports tus 1.0.0, not the IETF draft: send Tus-Resumable: 1.0.0")]
    DraftNotSpoken,
    /// The endpoint does not support the method.
    #[error("this endpoint does not support this method")]
    MethodNotAllowed(Target),
    /// A header that may occur once occurs several times.
    #[error("{0} may be sent only once")]
    Duplicate(HeaderName),
    /// A required header is missing.
    #[error("{0} is missing")]
    Missing(HeaderName),
    /// The value of a header does not match its grammar.
    #[error("{0} is malformed")]
    Malformed(HeaderName),
    /// `Upload-Metadata` is malformed.
    #[error("Upload-Metadata {0}")]
    Metadata(#[from] MetadataError),
    /// The request needs an extension that `Tus-Extension` does not list.
    #[error("the server does not support the {0} extension")]
    NotOffered(Extension),
    /// The body's `Content-Type` is not `application/offset+octet-stream`.
    #[error("send bytes as application/offset+octet-stream")]
    ContentType,
    /// `Upload-Length` is above the limit.
    #[error("an upload has at most {max_size} bytes")]
    TooLarge {
        /// The limit in bytes.
        max_size: u64,
    },
    /// The body has more bytes than the upload has left.
    #[error("the body goes beyond Upload-Length")]
    BeyondLength,
    /// `Upload-Offset` is not the upload's offset.
    ///
    /// The text does not state the offset, because it may not be durable yet. HEAD returns it.
    #[error("Upload-Offset is not the upload's offset")]
    OffsetMismatch {
        /// The upload's offset in bytes.
        expected: u64,
        /// The offset of the request in bytes.
        provided: u64,
    },
    /// The upload does not exist or belongs to another user.
    #[error("the upload does not exist")]
    NotFound,
    /// The upload can never be finished.
    #[error("{}", gone_text(*.0))]
    Gone(Gone),
    /// A complete upload cannot be terminated.
    #[error("the upload is complete")]
    AlreadyComplete,
    /// Another request writes this upload and could not be interrupted in time.
    #[error("another request is writing the upload")]
    Locked,
    /// The body arrived too slowly or stalled. The bytes that arrived are kept. A 5xx makes clients
    /// continue from there; common clients give up after a 408.
    #[error("the body arrived too slowly")]
    TooSlow,
    /// The body broke off or is malformed.
    #[error("the body could not be read")]
    BrokenBody,
    /// The store is full. Acknowledged bytes are kept.
    #[error("the store is full")]
    NoSpace,
    /// A service that the answer depends on is unavailable for the moment; try again later.
    #[error("the server cannot answer for the moment; try again")]
    Unavailable {
        /// Seconds until the next try.
        retry_after_s: u32,
    },
    /// An internal error of the server.
    #[error("internal error")]
    Internal,
}

impl Error {
    /// The table of the status and the stable code of every variant.
    ///
    /// Contention gets only 409, 423 and 5xx: common clients retry these and nothing else. Any
    /// other 4xx to a HEAD makes tus-js-client forget the upload.
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

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.row().1
    }

    /// The headers of the answer, including `Tus-Resumable`.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = v1::common_headers();
        match self {
            Self::UnsupportedVersion | Self::DraftNotSpoken => {
                headers.insert(names::TUS_VERSION, v1::VERSION);
            }
            Self::MethodNotAllowed(target) => {
                headers.insert(ALLOW, v1::allowed_methods(*target));
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
        Gone::Condemned => "the upload's bytes were lost; create a new upload",
    }
}
