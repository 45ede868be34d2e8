//! A request body with an idle timeout and a minimum speed.
//!
//! Only the time spent waiting for the client counts. A server that is slow to read what has
//! arrived does not fail the body.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::BoxError;
use crate::config::HttpArgs;

/// Why a [`PacedBody`] gave no more bytes.
#[derive(Debug, thiserror::Error)]
pub enum PacedError {
    /// No byte arrived for the idle timeout.
    #[error("no byte of the body arrived for {0:?}")]
    Idle(Duration),
    /// Fewer bytes arrived in a window than the minimum speed requires.
    #[error("the body arrived more slowly than {0} bytes a second")]
    TooSlow(u64),
    /// The connection broke or the body was malformed.
    #[error("the body could not be read")]
    Body(#[source] BoxError),
}

/// A body with an idle timeout and a minimum speed (`PAWL_IDLE_BODY_TIMEOUT`, `PAWL_MIN_SPEED`,
/// `PAWL_MIN_SPEED_WINDOW`).
#[derive(Debug)]
pub struct PacedBody<B> {
    inner: B,
    idle: Duration,
    bytes_per_second: u64,
    window: Duration,
    /// Since when the body has been waiting for the client, if it is.
    waiting: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    waited: Duration,
    received: u64,
}

impl<B> PacedBody<B> {
    /// Applies the limits of `settings` to `inner`.
    pub fn new(inner: B, settings: &HttpArgs) -> Self {
        Self {
            inner,
            idle: settings.idle_body_timeout,
            bytes_per_second: settings.min_speed.bytes(),
            window: settings.min_speed_window,
            waiting: None,
            timer: Box::pin(tokio::time::sleep(settings.idle_body_timeout)),
            waited: Duration::ZERO,
            received: 0,
        }
    }

    /// Counts a frame, and checks the speed when the window is over.
    fn count(&mut self, bytes: usize) -> Result<(), PacedError> {
        if let Some(since) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        self.received = self.received.saturating_add(bytes as u64);
        if self.waited < self.window {
            return Ok(());
        }
        let wanted = u128::from(self.bytes_per_second) * self.window.as_millis() / 1000;
        if u128::from(self.received) < wanted {
            return Err(PacedError::TooSlow(self.bytes_per_second));
        }
        self.waited = Duration::ZERO;
        self.received = 0;
        Ok(())
    }

    /// `Ready` when the client has sent nothing for the idle timeout.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<PacedError> {
        if self.waiting.is_none() {
            let now = Instant::now();
            self.waiting = Some(now);
            self.timer.as_mut().reset(now + self.idle);
        }
        ready!(self.timer.as_mut().poll(cx));
        Poll::Ready(PacedError::Idle(self.idle))
    }
}

impl<B> Body for PacedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = PacedError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PacedError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) else {
            return self.poll_idle(cx).map(|error| Some(Err(error)));
        };
        let Some(frame) = frame else {
            return Poll::Ready(None);
        };
        let frame = frame.map_err(|error| PacedError::Body(error.into()));
        Poll::Ready(Some(frame.and_then(|frame| {
            self.count(frame.data_ref().map_or(0, Buf::remaining))?;
            Ok(frame)
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};
    use http_body_util::{BodyExt, StreamBody};

    use super::*;
    use crate::config;

    const MS: Duration = Duration::from_millis(1);

    /// `count` chunks of `size` bytes, one every `every`, with limits that suit a test: 200 ms
    /// idle, 10 kB/s over 100 ms.
    fn chunks(
        count: usize,
        size: usize,
        every: Duration,
    ) -> PacedBody<impl Body<Data = Bytes, Error = BoxError> + Unpin> {
        let frames = stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(every).await;
            Ok::<_, BoxError>(Frame::data(Bytes::from(vec![0; size])))
        });
        let mut settings = config::defaults::<HttpArgs>().unwrap();
        settings.idle_body_timeout = 200 * MS;
        settings.min_speed = config::ByteSize(10_000);
        settings.min_speed_window = 100 * MS;
        PacedBody::new(StreamBody::new(Box::pin(frames)), &settings)
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_body_is_read_to_its_end() {
        let body = chunks(30, 4096, 10 * MS).collect().await.unwrap();
        assert_eq!(body.to_bytes().len(), 30 * 4096);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_body_fails_after_the_idle_timeout() {
        let began = Instant::now();
        let error = chunks(1, 10, 3_600_000 * MS).collect().await.unwrap_err();
        assert!(matches!(error, PacedError::Idle(_)), "{error}");
        assert_eq!(began.elapsed().as_millis(), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_below_the_minimum_speed_fails_after_its_window() {
        let began = Instant::now();
        let error = chunks(10_000, 1, 10 * MS).collect().await.unwrap_err();
        assert!(matches!(error, PacedError::TooSlow(10_000)), "{error}");
        assert!(began.elapsed() >= 100 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nobody_reads_does_not_count() {
        let mut body = chunks(4, 600, 10 * MS);
        while let Some(frame) = body.frame().await {
            assert!(frame.is_ok());
            tokio::time::sleep(250 * MS).await;
        }
    }
}
