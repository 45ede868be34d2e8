//! The deadline of a response. It covers what timeouts inside Postgres do not: a server that
//! stalls. The clock stops while the server waits for the client's body, whose speed `PacedBody`
//! checks.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use shared::http::{Body as ReplyBody, BoxError};
use tokio::sync::watch;

use crate::http::ApiError;

/// A request body that reports whether a read of it is pending.
pub struct Watched<B> {
    body: B,
    is_awaited: watch::Sender<bool>,
}

/// Wraps the body of a request; the receiver is for [`answer_within`].
pub fn watch_body<B>(request: Request<B>) -> (Request<Watched<B>>, watch::Receiver<bool>) {
    let (is_awaited, watcher) = watch::channel(false);
    (request.map(|body| Watched { body, is_awaited }), watcher)
}

/// The response, or 503 if it takes longer than `limit` without waiting for the client. The future
/// is dropped then, and its transaction rolls back.
pub async fn answer_within(
    limit: Duration,
    mut is_awaited: watch::Receiver<bool>,
    answer: impl Future<Output = Response<ReplyBody>>,
) -> Response<ReplyBody> {
    let overdue = async {
        loop {
            let _ = is_awaited.wait_for(|is_awaited| !is_awaited).await;
            tokio::select! {
                Ok(_) = is_awaited.wait_for(|is_awaited| *is_awaited) => {}
                () = tokio::time::sleep(limit) => return,
            }
        }
    };
    tokio::select! {
        answer = answer => answer,
        () = overdue => {
            let error = ApiError::unavailable("the request was not answered in time");
            error.into_problem().into_response()
        }
    }
}

impl<B> Body for Watched<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        self.set_awaited(frame.is_pending());
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Watched<B> {
    fn set_awaited(&self, awaited: bool) {
        self.is_awaited
            .send_if_modified(|known| std::mem::replace(known, awaited) != awaited);
    }
}

impl<B> Drop for Watched<B> {
    fn drop(&mut self) {
        self.set_awaited(false);
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use tokio::time::{Instant, sleep};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(15);

    #[tokio::test(start_paused = true)]
    async fn a_response_that_takes_too_long_is_503_with_retry_after() {
        let (_body, watcher) = watch::channel(false);
        let answer = answer_within(LIMIT, watcher, std::future::pending()).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "5");
    }

    #[tokio::test(start_paused = true)]
    async fn time_spent_waiting_for_the_client_does_not_count() {
        let began = Instant::now();
        let (body, watcher) = watch::channel(false);
        let answer = answer_within(LIMIT, watcher, async move {
            sleep(LIMIT / 2).await;
            body.send_replace(true);
            sleep(LIMIT * 3).await;
            body.send_replace(false);
            drop(body);
            std::future::pending().await
        });
        assert_eq!(answer.await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(began.elapsed(), LIMIT / 2 + LIMIT * 3 + LIMIT);
    }
}
