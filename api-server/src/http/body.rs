//! Reads a request body into memory, up to a limit.
//!
//! A body that is refused is dropped at once, with what was read of it. The listener reads the
//! rest, so that the client can read the answer.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use shared::http::{BoxError, Draining, PacedError};

use super::memory::HeldMemory;
use super::{ApiError, ApiResult};

/// The maximum size of a JSON body.
const MAX_BYTES: usize = 1 << 20;
/// Memory that is not counted. It is as much as a connection takes, whose number is limited, and
/// enough for ordinary requests, which therefore are never refused because of others.
const UNCOUNTED_BYTES: usize = 8 << 10;

/// A request body as a stream.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>>;

/// Reads the whole body; 413 above 1 MiB, 503 if `memory` is full. A drain that begins meanwhile
/// ends the read, because a half-sent body would delay the shutdown.
pub async fn read(
    mut body: BodyStream,
    draining: Option<&Draining>,
    memory: impl FnOnce() -> HeldMemory,
) -> ApiResult<Bytes> {
    let (mut whole, mut memory, mut held) = (Vec::new(), Some(memory), None);
    while let Some(chunk) = next(&mut body, draining).await? {
        let length = whole.len() + chunk.len();
        if length > MAX_BYTES {
            return Err(too_large());
        }
        if length > whole.capacity() {
            let capacity = length.next_power_of_two();
            if capacity > UNCOUNTED_BYTES {
                if let Some(memory) = memory.take() {
                    held = Some(memory());
                }
                held.as_mut().map_or(Ok(()), |held| held.grow(capacity))?;
            }
            whole.reserve_exact(capacity - whole.len());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "a JSON body has at most 1 MiB",
    )
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

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};
    use tokio::sync::mpsc;

    use super::super::memory::BodyMemory;
    use super::*;

    /// A body whose chunks a test sends.
    fn channel() -> (mpsc::UnboundedSender<Bytes>, BodyStream) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let chunks = stream::unfold(receiver, |mut receiver| async {
            let chunk = receiver.recv().await?;
            Some((Ok(chunk), receiver))
        });
        (sender, Box::pin(chunks))
    }

    #[tokio::test]
    async fn a_body_holds_memory_only_above_the_uncounted_size_and_until_it_is_read() {
        let memory = BodyMemory::new(128 << 10);
        let (sender, body) = channel();
        let mut reading = Box::pin(read(body, None, || memory.body(String::new())));
        for (chunk, held) in [(8, 0), (2, 16), (6, 16), (16, 32)] {
            sender.send(vec![b'x'; chunk << 10].into()).unwrap();
            assert!(reading.as_mut().now_or_never().is_none());
            assert_eq!(memory.used_bytes(), held << 10);
        }
        // Above the part of a network.
        sender.send(Bytes::from_static(b"x")).unwrap();
        let refusal = reading.await.unwrap_err().into_problem();
        assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(memory.used_bytes(), 0);
    }

    #[tokio::test]
    async fn small_bodies_are_read_while_the_memory_is_full() {
        let memory = BodyMemory::new(0);
        for (size, is_read) in [(8 << 10, true), ((8 << 10) + 1, false)] {
            let (sender, body) = channel();
            sender.send(vec![b'x'; size].into()).unwrap();
            drop(sender);
            let read = read(body, None, || memory.body(String::new())).await;
            assert_eq!(read.is_ok_and(|bytes| bytes.len() == size), is_read);
        }
    }
}
