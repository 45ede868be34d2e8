//! The id under which a request is logged and answered.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Response, header};
use uuid::Uuid;

use crate::http::{Body, Problem, full};

/// The header that carries a request's id.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request; in the extensions of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Accepts an id of 1 to 128 visible ASCII characters.
    pub(super) fn parse(value: &HeaderValue) -> Option<Self> {
        let id = value.to_str().ok()?;
        let is_valid = (1..=128).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_graphic());
        is_valid.then(|| Self(id.into()))
    }

    pub(super) fn generate() -> Self {
        Self(Uuid::new_v4().simple().to_string().into())
    }

    /// 1 to 128 visible ASCII characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Puts the request id into the response's header and, if the response is a problem, into its
/// body.
pub(super) fn set_request_id(response: &mut Response<Body>, id: &RequestId) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        *response.body_mut() = full(problem.json(Some(id.as_str())));
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
}
