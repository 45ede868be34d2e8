//! The client's socket as hyper gets it: it first gives back what was read to find the protocol,
//! does not wait for ever for a client that takes nothing, keeps back what hyper says by itself, and
//! returns the socket when hyper is done with it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use http::StatusCode;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, oneshot},
    time::{Instant, Sleep},
};

use super::refusal;

/// A socket together with its place among the listener's connections.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) stream: TcpStream,
    pub(super) _permit: OwnedSemaphorePermit,
}

/// See the module; on drop the socket goes back to the connection's task, if that still waits.
#[derive(Debug)]
pub(super) struct ClientIo {
    place: Option<Place>,
    sniffed: Bytes,
    write_timeout: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    /// The status that hyper refused a request with before any service saw it.
    refused: Option<StatusCode>,
    give_back: Option<oneshot::Sender<Returned>>,
}

/// A socket that hyper is done with, and what it still has to be told.
#[derive(Debug)]
pub(super) struct Returned {
    pub(super) place: Place,
    pub(super) refused: Option<StatusCode>,
}

impl ClientIo {
    /// Wraps a socket of which `sniffed` has been read already.
    pub(super) fn new(
        place: Place,
        sniffed: Bytes,
        write_timeout: Duration,
    ) -> (Self, oneshot::Receiver<Returned>) {
        let (give_back, back) = oneshot::channel();
        let io = Self {
            place: Some(place),
            sniffed,
            write_timeout,
            stalled: None,
            refused: None,
            give_back: Some(give_back),
        };
        (io, back)
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let place = self.place.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        Ok(Pin::new(&mut place.stream))
    }

    /// Passes a write's outcome on; a write that stays pending for the whole timeout fails.
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let limit = self.write_timeout;
        let timer = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + limit)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for ClientIo {
    fn drop(&mut self) {
        if let (Some(place), Some(give_back)) = (self.place.take(), self.give_back.take()) {
            // Nobody waits for the socket of an upgraded connection: then it closes here.
            let refused = self.refused;
            let _ = give_back.send(Returned { place, refused });
        }
    }
}

impl AsyncRead for ClientIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.sniffed.is_empty() {
            return self.stream()?.poll_read(cx, buf);
        }
        let count = self.sniffed.len().min(buf.remaining());
        let part = self.sniffed.split_to(count);
        buf.put_slice(part.chunk());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ClientIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.refused = refusal::of_hyper(buf);
        if self.refused.is_some() {
            return Poll::Ready(Ok(buf.len()));
        }
        let outcome = self.stream()?.poll_write(cx, buf);
        self.watch(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = bufs {
            return self.poll_write(cx, only);
        }
        let outcome = self.stream()?.poll_write_vectored(cx, bufs);
        self.watch(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.place
            .as_ref()
            .is_some_and(|place| place.stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.refused.is_some() {
            // There is something left to say.
            return Poll::Ready(Ok(()));
        }
        self.stream()?.poll_shutdown(cx)
    }
}
