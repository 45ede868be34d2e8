//! The client's socket as hyper gets it: it replays the bytes that the protocol detection has
//! read, times out writes and the waits for a request, and returns the socket when hyper drops it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::oneshot,
    time::{Instant, Sleep},
};

use super::{accept::ClientSocket, read_deadline::ReadDeadline};

/// See the module. On drop the socket goes back to the connection's task, if that still waits.
#[derive(Debug)]
pub(super) struct ClientIo {
    socket: Option<ClientSocket>,
    /// Bytes that were read from the socket and hyper has not got yet.
    replay: Bytes,
    read_deadline: Option<ReadDeadline>,
    write_timeout: Duration,
    /// Runs while a write is pending.
    write_deadline: Option<Pin<Box<Sleep>>>,
    give_back: Option<oneshot::Sender<ClientSocket>>,
}

impl ClientIo {
    /// Wraps a socket of which `replay` has been read already. The receiver gets the socket back.
    pub(super) fn new(
        socket: ClientSocket,
        replay: Bytes,
        write_timeout: Duration,
        read_deadline: Option<ReadDeadline>,
    ) -> (Self, oneshot::Receiver<ClientSocket>) {
        let (give_back, returned) = oneshot::channel();
        let io = Self {
            socket: Some(socket),
            replay,
            read_deadline,
            write_timeout,
            write_deadline: None,
            give_back: Some(give_back),
        };
        (io, returned)
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let socket = self.socket.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        Ok(Pin::new(&mut socket.stream))
    }

    fn read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.replay.is_empty() {
            return self.stream()?.poll_read(cx, buf);
        }
        let count = self.replay.len().min(buf.remaining());
        let part = self.replay.split_to(count);
        buf.put_slice(part.chunk());
        Poll::Ready(Ok(()))
    }

    /// Passes on the outcome of a write. A write that stays pending for the whole timeout fails.
    fn time_out<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.write_deadline = None;
            return outcome;
        }
        let timeout = self.write_timeout;
        let deadline = self
            .write_deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + timeout)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for ClientIo {
    fn drop(&mut self) {
        if let (Some(socket), Some(give_back)) = (self.socket.take(), self.give_back.take()) {
            // The socket of an upgraded connection has no receiver any more and closes here.
            let _ = give_back.send(socket);
        }
    }
}

impl AsyncRead for ClientIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = self.read(cx, buf);
        let has_read = buf.filled().len() > before;
        if let Some(deadline) = &mut self.read_deadline
            && (has_read || outcome.is_pending())
            && deadline.poll(cx, has_read).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        outcome
    }
}

impl AsyncWrite for ClientIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = self.stream()?.poll_write(cx, buf);
        self.time_out(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = self.stream()?.poll_write_vectored(cx, bufs);
        self.time_out(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket
            .as_ref()
            .is_some_and(|socket| socket.stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}
