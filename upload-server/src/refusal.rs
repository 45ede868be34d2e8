//! Every refusal of this server, with status and code: those of the protocol, those about callers,
//! posts and media, and the failures of the store and of Postgres.

use std::io;

use http::{HeaderMap, HeaderValue, StatusCode, header::WWW_AUTHENTICATE};
use shared::{
    auth::AuthError,
    db,
    http::{PacedError, Problem},
    is_out_of_descriptors,
    uploads::{AckError, CreateError, SinkError, TakeError, UploadState},
};
use tus_protocol::{Error, Gone};

/// `Retry-After` while Postgres is unavailable, in seconds.
const POSTGRES_RETRY_S: u32 = 5;
/// `Retry-After` while a decision is pending, in seconds.
const PENDING_RETRY_S: u32 = 1;

/// A refused request. Its `Display` is the `detail` of the problem the client gets.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A refusal that the protocol knows.
    #[error(transparent)]
    Protocol(#[from] Error),
    /// The caller is not authenticated.
    #[error("{}", auth_text(.0))]
    Auth(#[from] AuthError),
    /// `filetype` names a type that is not accepted.
    #[error("the server does not accept files of the declared type")]
    TypeNotAccepted,
    /// `alt` is not UTF-8.
    #[error("alt must be UTF-8 text")]
    AltNotText,
    /// `alt` contains these characters.
    #[error("alt must not contain these characters: {0}")]
    AltCharacters(String),
    /// `alt` has too many characters.
    #[error("alt must have at most {0} characters (code points)")]
    AltTooLong(usize),
    /// `post_id` names no post that the caller may see.
    #[error("the post does not exist, or you may not see it")]
    PostNotFound,
    /// `post_id` names another user's post.
    #[error("the post belongs to another user")]
    PostNotYours,
    /// The post has the maximum number of media.
    #[error("the post already has the maximum number of media items")]
    PostFull,
}

/// The codes of all refusals, for the metrics; a test compares them with the sources.
pub const CODES: &[&str] = &[
    "alt_not_text",
    "alt_too_long",
    "beyond_upload_length",
    "body_broken",
    "body_too_slow",
    "completed_upload",
    "draft_not_spoken",
    "duplicate_header",
    "extension_not_offered",
    "internal_error",
    "malformed_header",
    "malformed_metadata",
    "method_not_allowed",
    "mismatching_upload_offset",
    "missing_header",
    "no_space",
    "post_full",
    "post_not_found",
    "post_not_yours",
    "session_ended",
    "suspended",
    "token_expired",
    "token_invalid",
    "token_missing",
    "type_not_accepted",
    "unavailable",
    "unsupported_content_type",
    "unsupported_version",
    "upload_gone",
    "upload_locked",
    "upload_not_found",
    "upload_too_large",
];

impl Refusal {
    /// The response depends on a decision that is pending, such as a finish.
    pub const UNDECIDED: Self = Self::Protocol(Error::Unavailable {
        retry_after_s: PENDING_RETRY_S,
    });

    /// The store failed: 503 while there are no file descriptors, else 500.
    pub fn of_store(error: &io::Error) -> Self {
        if is_out_of_descriptors(error) {
            tracing::warn!(%error, "no file descriptors");
            return Self::UNDECIDED;
        }
        tracing::error!(%error, "store error");
        Error::Internal.into()
    }

    /// The status and the stable code.
    pub fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Protocol(error) => (error.status(), error.code()),
            Self::Auth(AuthError::Unavailable(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            Self::Auth(error) => (StatusCode::UNAUTHORIZED, error.code()),
            Self::TypeNotAccepted => (StatusCode::UNPROCESSABLE_ENTITY, "type_not_accepted"),
            Self::AltNotText | Self::AltCharacters(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "alt_not_text")
            }
            Self::AltTooLong(_) => (StatusCode::UNPROCESSABLE_ENTITY, "alt_too_long"),
            Self::PostNotFound => (StatusCode::NOT_FOUND, "post_not_found"),
            Self::PostNotYours => (StatusCode::FORBIDDEN, "post_not_yours"),
            Self::PostFull => (StatusCode::UNPROCESSABLE_ENTITY, "post_full"),
        }
    }

    /// The problem for the client.
    pub fn problem(&self) -> Problem {
        let (status, code) = self.status_and_code();
        let problem = Problem::new(status, code).detail(self.to_string());
        let headers = self.headers();
        headers
            .into_iter()
            .fold(problem, |problem, (name, value)| match name {
                Some(name) => problem.header(name, value),
                None => problem,
            })
    }

    fn headers(&self) -> HeaderMap {
        match self {
            Self::Protocol(error) => error.headers(),
            Self::Auth(AuthError::Unavailable(_)) => postgres_unavailable().headers(),
            Self::Auth(_) => {
                let mut headers = Error::Internal.headers();
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                headers
            }
            // Only `Tus-Resumable`, which every response has.
            _ => Error::Internal.headers(),
        }
    }
}

/// The text for the client; internal causes are for the log only.
fn auth_text(error: &AuthError) -> String {
    match error {
        AuthError::Unavailable(_) => "the session cannot be checked for the moment".to_owned(),
        error => error.to_string(),
    }
}

fn postgres_unavailable() -> Error {
    Error::Unavailable {
        retry_after_s: POSTGRES_RETRY_S,
    }
}

impl From<CreateError> for Refusal {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::OwnerInactive => AuthError::Suspended.into(),
            CreateError::PostUnknown => Self::PostNotFound,
            CreateError::PostNotYours => Self::PostNotYours,
            CreateError::PostFull => Self::PostFull,
            CreateError::Sink(error) => error.into(),
            CreateError::Database(error) => error.into(),
        }
    }
}

impl From<TakeError> for Refusal {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Unknown => Error::NotFound.into(),
            TakeError::Busy | TakeError::Superseded => Error::Locked.into(),
            TakeError::Sink(error) => error.into(),
            TakeError::Database(error) => error.into(),
        }
    }
}

impl From<AckError> for Refusal {
    fn from(error: AckError) -> Self {
        match error {
            AckError::Lost(state) => match state.map(gone) {
                Some(Some(why)) => Error::Gone(why).into(),
                _ => Self::UNDECIDED,
            },
            AckError::Sink(error) => error.into(),
            AckError::Database(error) => error.into(),
        }
    }
}

impl From<SinkError> for Refusal {
    fn from(error: SinkError) -> Self {
        match error {
            SinkError::NoSpace => Error::NoSpace.into(),
            SinkError::Missing | SinkError::Broken(_) => Error::Gone(Gone::Condemned).into(),
            SinkError::Io(error) => Self::of_store(&error),
        }
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        if db::is_unavailable(&error) || db::is_retryable(&error) {
            tracing::warn!(%error, "Postgres is unavailable");
            return postgres_unavailable().into();
        }
        tracing::error!(%error, "SQL statement failed");
        Error::Internal.into()
    }
}

impl From<PacedError> for Refusal {
    fn from(error: PacedError) -> Self {
        match error {
            PacedError::Idle(_) | PacedError::TooSlow(_) => Error::TooSlow.into(),
            PacedError::Body(_) => Error::BrokenBody.into(),
        }
    }
}

/// Why an upload in this state can never be completed; `None` if it can be or is complete.
pub fn gone(state: UploadState) -> Option<Gone> {
    match state {
        UploadState::Uploading | UploadState::Complete => None,
        UploadState::Rejected => Some(Gone::Rejected),
        UploadState::Expired => Some(Gone::Expired),
        UploadState::Terminated => Some(Gone::Terminated),
        UploadState::Condemned => Some(Gone::Condemned),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The part of a source from `start` to the end of its function.
    fn function<'a>(source: &'a str, start: &str) -> &'a str {
        let (_, rest) = source.split_once(start).unwrap();
        rest.split_once("\n    }\n").unwrap().0
    }

    #[test]
    fn the_metrics_have_exactly_the_codes_that_the_sources_can_give() {
        let sources = [
            function(include_str!("refusal.rs"), "fn status_and_code("),
            function(include_str!("../protocol/src/error.rs"), "fn row("),
            function(include_str!("../../shared/src/auth/error.rs"), "fn code("),
        ];
        let literals = sources
            .into_iter()
            .flat_map(|text| text.split('"').skip(1).step_by(2));
        let given: BTreeSet<_> = literals.collect();
        assert_eq!(given, CODES.iter().copied().collect());
        assert!(CODES.is_sorted());
    }
}
