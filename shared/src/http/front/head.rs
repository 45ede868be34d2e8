//! Responses to HEAD.

use http::{Response, header};
use http_body::Body as _;

use crate::http::{Body, empty};

/// Removes the body and keeps its length in `Content-Length` (RFC 9110 section 9.3.2). hyper does
/// this for HTTP/1.1 only.
pub(super) fn strip_head_body(response: &mut Response<Body>) {
    let length = response.body().size_hint().exact();
    *response.body_mut() = empty();
    if let Some(length) = length.filter(|length| *length > 0) {
        let headers = response.headers_mut();
        headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
}
