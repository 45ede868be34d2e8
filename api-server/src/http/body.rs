//! Reads a request body into memory, up to a limit, without cutting off a client in mid-sentence.

use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use shared::http::{BoxError, Draining, PacedError};

use super::{ApiError, ApiResult};

/// The largest JSON body.
const MAX_BYTES: usize = 1 << 20;
/// How much more is read and dropped, so that the client gets to read our answer.
pub(super) const MAX_DROPPED_BYTES: usize = 16 << 20;

/// A request body as it comes in.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>>;

/// The whole body; 413 past 1 MiB. A drain that begins meanwhile ends it: a half-sent body would
/// hold the server up.
pub async fn read(mut body: BodyStream, draining: Option<&Draining>) -> ApiResult<Bytes> {
    let mut whole = BytesMut::new();
    let mut dropped = 0;
    while let Some(chunk) = next(&mut body, draining).await? {
        if dropped == 0 && whole.len() + chunk.len() <= MAX_BYTES {
            whole.extend_from_slice(&chunk);
            continue;
        }
        dropped += chunk.len();
        if dropped > MAX_DROPPED_BYTES {
            break;
        }
    }
    if dropped > 0 {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "a JSON body has at most 1 MiB",
        ));
    }
    Ok(whole.freeze())
}

/// The next piece of a body; a drain that begins meanwhile ends it.
pub(super) async fn next(
    body: &mut BodyStream,
    draining: Option<&Draining>,
) -> ApiResult<Option<Bytes>> {
    let begun = async {
        match draining {
            Some(draining) => draining.begun().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        chunk = body.next() => chunk.transpose().map_err(|error| failed(&*error)),
        () = begun => Err(ApiError::busy()),
    }
}

/// A client that stalls gets 408, one whose body is no body 400; one that is gone gets nothing,
/// whatever we answer.
fn failed(error: &(dyn std::error::Error + 'static)) -> ApiError {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let paced = error.downcast_ref::<PacedError>();
        if let Some(PacedError::Idle(_) | PacedError::TooSlow(_)) = paced {
            return ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "the body arrived too slowly",
            );
        }
        cause = error.source();
    }
    ApiError::malformed("body_incomplete", "the body broke off or is malformed")
}
