//! Request bodies, and the rest of a body that a service did not read.
//!
//! On HTTP/1 the next request follows the body. If the service responds before it has read the
//! body, the connection can be kept only if the rest is read and dropped; otherwise the response
//! must announce the close, or the client's next request is lost.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, header::EXPECT};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use crate::http::Draining;

/// How long, and for how many bytes, a rest is read.
const MAX_DROP_TIME: Duration = Duration::from_secs(5);
const MAX_DROPPED_BYTES: u64 = 16 << 20;
/// A client that sends nothing for this long waits for the response.
const MAX_SILENCE: Duration = Duration::from_secs(1);

/// The body of a request.
#[derive(Debug)]
pub struct RequestBody {
    /// `None` only in `drop`.
    incoming: Option<Incoming>,
    was_polled: bool,
    /// The last frame was the end, or an error.
    outcome: Option<Outcome>,
    give_back: Option<oneshot::Sender<Rest>>,
}

/// How a body that was read to its end has ended.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Complete,
    Broken,
}

/// The rest of a body that its reader has dropped.
#[derive(Debug)]
enum Rest {
    /// Nothing was read; if the client waits for `100 Continue`, it has not sent the body.
    Untouched(Incoming),
    Begun(Incoming),
    /// The body is malformed, so nothing can follow it.
    Broken,
}

/// Gets the rest of a body from its reader.
#[derive(Debug)]
pub(super) struct UnreadRest {
    given_back: Option<oneshot::Receiver<Rest>>,
    awaits_continue: bool,
}

impl RequestBody {
    /// Wraps the body of a request with these headers.
    pub(super) fn new(incoming: Incoming, headers: &HeaderMap) -> (Self, UnreadRest) {
        let (give_back, receiver) = if incoming.is_end_stream() {
            (None, None)
        } else {
            let (sender, receiver) = oneshot::channel();
            (Some(sender), Some(receiver))
        };
        let body = Self {
            incoming: Some(incoming),
            was_polled: false,
            outcome: None,
            give_back,
        };
        let rest = UnreadRest {
            given_back: receiver,
            awaits_continue: headers.contains_key(EXPECT),
        };
        (body, rest)
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let (Some(incoming), Some(give_back)) = (self.incoming.take(), self.give_back.take())
        else {
            return;
        };
        let rest = match self.outcome {
            Some(Outcome::Broken) => Rest::Broken,
            Some(Outcome::Complete) => return,
            None if incoming.is_end_stream() => return,
            None if self.was_polled => Rest::Begun(incoming),
            None => Rest::Untouched(incoming),
        };
        // It fails if the connection has ended.
        let _ = give_back.send(rest);
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.was_polled = true;
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(incoming).poll_frame(cx));
        match &frame {
            None => self.outcome = Some(Outcome::Complete),
            Some(Err(_)) => self.outcome = Some(Outcome::Broken),
            Some(Ok(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl UnreadRest {
    /// Reads and drops the rest of the body, within limits. Returns whether the connection is then
    /// at the end of the request. A drain of the server ends the read.
    pub(super) async fn drop_within_limits(self, draining: &Draining) -> bool {
        let Some(mut given_back) = self.given_back else {
            return true;
        };
        match given_back.try_recv() {
            // It was read to its end, or a task still reads it, for which hyper waits.
            Err(_) => true,
            Ok(Rest::Broken) => false,
            Ok(Rest::Untouched(_)) if self.awaits_continue => false,
            Ok(Rest::Untouched(rest) | Rest::Begun(rest)) => tokio::select! {
                biased;
                () = draining.begun() => false,
                is_at_end = drop_rest(rest) => is_at_end,
            },
        }
    }
}

/// Whether the body ended within the limits.
async fn drop_rest(mut rest: Incoming) -> bool {
    if rest.size_hint().lower() > MAX_DROPPED_BYTES {
        return false;
    }
    let deadline = Instant::now() + MAX_DROP_TIME;
    let mut dropped = 0;
    while dropped <= MAX_DROPPED_BYTES {
        let until = deadline.min(Instant::now() + MAX_SILENCE);
        match timeout_at(until, rest.frame()).await {
            Ok(None) => return true,
            Ok(Some(Ok(frame))) => {
                dropped += frame.data_ref().map_or(0, Bytes::len) as u64;
            }
            Ok(Some(Err(_))) | Err(_) => return false,
        }
    }
    false
}
