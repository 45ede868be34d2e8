//! The error type of the API: what the client gets, and what is logged.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use shared::auth::{AuthError, SignError};
use shared::db::{self, BatchError};
use shared::http::{BoxError, Problem, problem::FieldError};
use shared::is_out_of_descriptors;

/// Seconds until the next try while Postgres is unavailable.
const UNAVAILABLE_RETRY_SECONDS: u32 = 5;
/// Seconds until the next try when too many requests wait.
const BUSY_RETRY_SECONDS: u32 = 1;

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// A request that failed.
#[derive(Debug)]
pub struct ApiError {
    problem: Problem,
    /// The internal cause, only for the log.
    source: Option<BoxError>,
}

impl ApiError {
    /// An answer of `status` with a stable `code` and a detail for developers.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Problem::new(status, code).detail(detail).into()
    }

    /// 400: the request cannot be parsed.
    pub fn malformed(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: the caller is not authenticated. A 401 always has a challenge (RFC 9110, section
    /// 15.5.2).
    pub fn unauthorized(code: &'static str, detail: &'static str) -> Self {
        let problem = Problem::new(StatusCode::UNAUTHORIZED, code).detail(detail);
        let bearer = HeaderValue::from_static("Bearer");
        problem.header(WWW_AUTHENTICATE, bearer).into()
    }

    /// 404: it does not exist, or this caller may not see it.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "the resource does not exist, or you may not see it",
        )
    }

    /// 410 instead of 404: it existed.
    #[must_use]
    pub fn gone_if_missing(self) -> Self {
        match self.problem.status() {
            StatusCode::NOT_FOUND => Self::new(
                StatusCode::GONE,
                "gone",
                "the resource that this key created has been deleted",
            ),
            _ => self,
        }
    }

    /// 403: the caller sees it but may not change it.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "you may not change this resource",
        )
    }

    /// 409: the value is taken.
    pub fn conflict(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 409 with a pointer to the field.
    pub fn conflict_at(code: &'static str, pointer: &str, detail: &'static str) -> Self {
        let problem = Problem::new(StatusCode::CONFLICT, code).detail(detail);
        problem.field(pointer, code, detail).into()
    }

    /// 422 with its own code and a pointer to the field or parameter.
    pub fn unacceptable_at(code: &'static str, pointer: &str, detail: &'static str) -> Self {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code).detail(detail);
        problem.field(pointer, code, detail).into()
    }

    /// 422: fields with values that are not acceptable.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields")
            .detail("some fields are wrong");
        let add = |problem: Problem, error: FieldError| {
            problem.field(error.pointer, error.code, error.detail)
        };
        errors.into_iter().fold(problem, add).into()
    }

    /// 422 for a single field.
    pub fn field(
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::fields(vec![FieldError {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        }])
    }

    /// 429: try again after `wait`, rounded up to whole seconds.
    pub fn too_soon(code: &'static str, detail: &'static str, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let seconds = u32::try_from(seconds.max(1)).unwrap_or(u32::MAX);
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, code).detail(detail);
        problem.retry_after(seconds).into()
    }

    /// 503: Postgres is unavailable.
    pub fn unavailable(source: impl Into<BoxError>) -> Self {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            .detail("the service is unavailable for the moment")
            .retry_after(UNAVAILABLE_RETRY_SECONDS);
        Self {
            problem,
            source: Some(source.into()),
        }
    }

    /// 503: too many requests wait for the same expensive work.
    pub fn busy() -> Self {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
            .detail("too many requests of this kind are waiting");
        problem.retry_after(BUSY_RETRY_SECONDS).into()
    }

    /// The same, with this many seconds until the next try.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self {
            problem: self.problem.retry_after(seconds),
            ..self
        }
    }

    /// 500: a bug of the server, whatever the client sent. 503 if the cause is that there are no
    /// file descriptors.
    pub fn internal(source: impl Into<BoxError>) -> Self {
        let source = source.into();
        let problem = if is_out_of_descriptors(&*source) {
            Problem::out_of_descriptors()
        } else {
            Problem::internal()
        };
        Self {
            problem,
            source: Some(source),
        }
    }

    /// Logs the internal cause, once, and returns the client's part.
    pub fn into_problem(self) -> Problem {
        let code = self.problem.code();
        match &self.source {
            Some(error) if self.problem.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(%error, code, "a request failed");
            }
            Some(error) => tracing::warn!(%error, code, "a request failed"),
            None => {}
        }
        self.problem
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            source: None,
        }
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        Arc::new(error).into()
    }
}

impl From<Arc<sqlx::Error>> for ApiError {
    fn from(error: Arc<sqlx::Error>) -> Self {
        if db::is_unavailable(&error) {
            Self::unavailable(error)
        } else if db::is_retryable(&error) {
            // This transaction was the deadlock victim and has changed nothing.
            Self {
                source: Some(error.into()),
                ..Self::busy()
            }
        } else {
            Self::internal(error)
        }
    }
}

impl From<BatchError> for ApiError {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Full | BatchError::Late => Self {
                source: Some(error.into()),
                ..Self::busy()
            },
            BatchError::Database(error) => error.into(),
            BatchError::Lost => Self::internal(error),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        let detail = match &error {
            AuthError::Missing => "an access token is required",
            AuthError::Invalid => "the access token is not valid",
            AuthError::Expired => "the access token has expired",
            AuthError::Ended => "the session has ended",
            AuthError::Suspended => "the account is suspended",
            AuthError::Unavailable(_) => return Self::unavailable(error),
        };
        let challenge = match &error {
            AuthError::Missing => "Bearer",
            _ => "Bearer error=\"invalid_token\"",
        };
        let problem = Problem::new(StatusCode::UNAUTHORIZED, error.code())
            .detail(detail)
            .header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        problem.into()
    }
}

impl From<SignError> for ApiError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Database(error) => error.into(),
            error => Self::internal(error),
        }
    }
}
