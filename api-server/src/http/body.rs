//! Reads a request body into memory, up to a limit, without cutting off the client's transfer.

use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use shared::http::{BoxError, Draining, PacedError};

use super::{ApiError, ApiResult};

/// The maximum size of a JSON body.
const MAX_BYTES: usize = 1 << 20;
/// How many further bytes are read and dropped, so that the client can read the answer.
pub(super) const MAX_DROPPED_BYTES: usize = 16 << 20;

/// A request body as a stream.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>>;

/// Reads the whole body; 413 above 1 MiB. A drain that begins meanwhile ends the read, because a
/// half-sent body would delay the shutdown.
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

/// The next chunk of a body. A drain that begins meanwhile ends the read.
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

/// A client that stalls gets 408, and an invalid body gets 400. The answer to a closed connection
/// does not matter.
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
