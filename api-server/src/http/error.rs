//! The one error of the API: what the client is told, and what the log is told.

use std::time::Duration;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use shared::auth::{AuthError, SignError};
use shared::db;
use shared::http::{BoxError, Problem, problem::FieldError};

/// Seconds after which to try again while Postgres is away.
const UNAVAILABLE_RETRY_SECONDS: u32 = 5;
/// Seconds after which to try again when too many ask at once.
const BUSY_RETRY_SECONDS: u32 = 1;

/// How many faults are told: of a list that is much too long, each may be one.
const MAX_ERRORS: usize = 100;

/// What a handler answers.
pub type ApiResult<T> = Result<T, ApiError>;

/// A request that was not fulfilled.
#[derive(Debug)]
pub struct ApiError {
    problem: Problem,
    /// What went wrong inside; for the log alone.
    source: Option<BoxError>,
}

impl ApiError {
    /// An answer of `status` with a stable `code` and a sentence for people.
    pub fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self {
            problem: Problem::new(status, code).detail(detail),
            source: None,
        }
    }

    /// 400: the request cannot be read.
    pub fn malformed(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: who is calling is not known. A 401 always says how one makes oneself known (RFC 9110,
    /// section 15.5.2).
    pub fn unauthorized(code: &'static str, detail: &'static str) -> Self {
        let problem = Problem::new(StatusCode::UNAUTHORIZED, code).detail(detail);
        let bearer = HeaderValue::from_static("Bearer");
        Self {
            problem: problem.header(WWW_AUTHENTICATE, bearer),
            source: None,
        }
    }

    /// 404: it is not there, or not for this caller.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "the resource does not exist, or you may not see it",
        )
    }

    /// 410 in place of 404: there was such a thing.
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

    /// 403: the caller sees it, and it is not theirs to change.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "you may not change this resource",
        )
    }

    /// 409: something else has it already.
    pub fn conflict(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 409 that points at the field.
    pub fn conflict_at(code: &'static str, pointer: &str, detail: &'static str) -> Self {
        let problem = Problem::new(StatusCode::CONFLICT, code).detail(detail);
        Self {
            problem: problem.field(pointer, code, detail),
            source: None,
        }
    }

    /// 422 with a code of its own, that points at the field or parameter.
    pub fn unacceptable_at(code: &'static str, pointer: &str, detail: &'static str) -> Self {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code).detail(detail);
        Self {
            problem: problem.field(pointer, code, detail),
            source: None,
        }
    }

    /// 422: fields that were read and are not acceptable, the first hundred of them.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields")
            .detail("some fields are wrong");
        let add = |problem: Problem, error: FieldError| {
            problem.field(error.pointer, error.code, error.detail)
        };
        Self {
            problem: errors.into_iter().take(MAX_ERRORS).fold(problem, add),
            source: None,
        }
    }

    /// 422 for one field.
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

    /// 429: again after `wait`, rounded up to whole seconds.
    pub fn too_soon(code: &'static str, detail: &'static str, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let seconds = u32::try_from(seconds.max(1)).unwrap_or(u32::MAX);
        Self {
            problem: Problem::new(StatusCode::TOO_MANY_REQUESTS, code)
                .detail(detail)
                .retry_after(seconds),
            source: None,
        }
    }

    /// 503: Postgres is away.
    pub fn unavailable(source: impl Into<BoxError>) -> Self {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            .detail("the service is unavailable for the moment")
            .retry_after(UNAVAILABLE_RETRY_SECONDS);
        Self {
            problem,
            source: Some(source.into()),
        }
    }

    /// 503: too many ask for the same dear thing.
    pub fn busy() -> Self {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
            .detail("too many requests of this kind are waiting")
            .retry_after(BUSY_RETRY_SECONDS);
        Self {
            problem,
            source: None,
        }
    }

    /// The same, to be tried again after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self {
            problem: self.problem.retry_after(seconds),
            ..self
        }
    }

    /// 500: our fault, whatever the client sent.
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self {
            problem: Problem::internal(),
            source: Some(source.into()),
        }
    }

    /// Logs what is for the log, once, and gives what is for the client.
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

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        if db::is_unavailable(&error) {
            Self::unavailable(error)
        } else if db::is_retryable(&error) {
            // Of two that waited for each other this one was sent away, and has changed nothing.
            Self {
                source: Some(error.into()),
                ..Self::busy()
            }
        } else {
            Self::internal(error)
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
        Self {
            problem,
            source: None,
        }
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
