//! Errors as clients see them: `application/problem+json` (RFC 9457) with a stable `code`.
//!
//! A problem contains only what a client may read. Internal causes go to the log, under the
//! request id.

use std::{borrow::Cow, io};

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::{Body, full};
use crate::is_out_of_descriptors;

/// The media type of every error.
pub const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// An error; [`into_response`](Self::into_response) makes a response of it.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// An error in one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the field, such as `/media/0/alt`.
    pub pointer: String,
    /// The stable identifier of the error.
    pub code: &'static str,
    /// An English sentence for developers.
    pub detail: String,
}

/// The JSON of RFC 9457 section 3 with our extension members.
#[derive(Serialize)]
struct Json<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    code: &'a str,
    detail: Option<&'a str>,
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// A problem of `status` with the stable `code` (`snake_case`).
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            detail: None,
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// The response to an error of a file: 503 while there are no file descriptors, else 500. The
    /// caller logs the error.
    pub(super) fn of_file(error: &io::Error) -> Self {
        if is_out_of_descriptors(error) {
            Self::out_of_descriptors()
        } else {
            Self::internal()
        }
    }

    /// 503: too many requests are in progress for the limit of open files.
    pub fn out_of_descriptors() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            .detail("the service is unavailable for the moment")
            .retry_after(1)
    }

    /// The response to every fault of the server.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error").detail("internal error")
    }

    /// Sets the sentence for the client. A 5xx accepts only static text, because text made at run
    /// time may reveal an internal cause.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = detail.into();
        if !self.status.is_server_error() || matches!(detail, Cow::Borrowed(_)) {
            self.detail = Some(detail);
        }
        self
    }

    /// Adds a fault in a field.
    #[must_use]
    pub fn field(
        mut self,
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        self.errors.push(FieldError {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        });
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets `Retry-After` (RFC 9110 section 10.2.3), in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The response. It also has the problem in its extensions, from which the front renders the
    /// body again with the request id.
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(full(self.json(None)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }

    /// The body, with the request id if it is known.
    pub(super) fn json(&self, request_id: Option<&str>) -> Vec<u8> {
        let json = Json {
            kind: format!("/docs/errors#{}", self.code),
            title: title(self.code),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail.as_deref(),
            request_id,
            errors: &self.errors,
        };
        // Strings and numbers always serialize.
        serde_json::to_vec(&json).unwrap_or_default()
    }
}

/// `post_not_found` → `Post not found`.
pub(super) fn title(code: &str) -> String {
    let text = code.replace('_', " ");
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::{Value, json};

    use super::*;

    async fn body(problem: Problem) -> Value {
        let bytes = problem
            .into_response()
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_problem_has_every_member_and_points_to_its_documentation() {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields")
            .detail("the post cannot be made")
            .field("/text", "too_long", "at most 5,000 characters");
        let expected = json!({
            "type": "/docs/errors#invalid_fields",
            "title": "Invalid fields",
            "status": 422,
            "code": "invalid_fields",
            "detail": "the post cannot be made",
            "request_id": null,
            "errors": [
                {"pointer": "/text", "code": "too_long", "detail": "at most 5,000 characters"}
            ],
        });
        assert_eq!(body(problem).await, expected);
    }

    #[tokio::test]
    async fn a_server_error_never_shows_text_made_at_run_time() {
        let cause = String::from("relation \"users\" does not exist");
        let json = body(Problem::internal().detail(cause)).await;
        assert_eq!(json["detail"], "internal error");
    }

    #[test]
    fn headers_reach_the_response() {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").retry_after(5);
        let response = problem.into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
