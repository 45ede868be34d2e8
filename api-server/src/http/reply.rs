//! Replies of operations: complete in memory, JSON or empty.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LINK};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use shared::http::Problem;

use super::{ApiError, ApiResult, Page};

/// An answer whose body is in memory.
pub type Reply = Response<Bytes>;

/// 200 with a resource.
pub fn ok<T: Serialize>(value: &T) -> ApiResult<Reply> {
    json(StatusCode::OK, value)
}

/// An answer that caches must not store, because it is for one user only (RFC 6749, section 5.1).
pub struct Unstored<T>(pub T);

/// Forbids caches to store the reply.
pub fn unstored(mut reply: Reply) -> Reply {
    let no_store = HeaderValue::from_static("no-store");
    reply.headers_mut().insert(CACHE_CONTROL, no_store);
    reply
}

/// 204.
pub fn no_content() -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = StatusCode::NO_CONTENT;
    reply
}

/// 200 with a page of a list and, if there is a next one, `Link: …; rel="next"` (RFC 8288).
pub fn page<T: Serialize>(value: &Page<T>) -> ApiResult<Reply> {
    let mut reply = ok(value)?;
    if let Some(next) = &value.next_address {
        let link = format!("<{next}>; rel=\"next\"");
        let link = HeaderValue::from_str(&link).map_err(ApiError::internal)?;
        reply.headers_mut().insert(LINK, link);
    }
    Ok(reply)
}

/// An empty answer; a [`Problem`] in its extensions is rendered outside.
pub fn refusal(problem: Problem) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = problem.status();
    reply.extensions_mut().insert(problem);
    reply
}

pub(super) fn json<T: Serialize>(status: StatusCode, value: &T) -> ApiResult<Reply> {
    let body = serde_json::to_vec(value).map_err(ApiError::internal)?;
    let mut reply = Response::new(Bytes::from(body));
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(reply)
}
