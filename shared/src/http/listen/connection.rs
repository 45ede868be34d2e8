//! One connection from its first byte to its last.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use http::{Request, Response};
use http_body::Body as _;
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout_at},
};
use tower::ServiceExt;

use super::{
    HttpService, Peer, Shared,
    client_io::{ClientIo, Place, Returned},
    refusal,
    sniff::{Protocol, sniff},
};
use crate::http::Body;

/// HTTP/2 clients that answer no ping for this long are gone.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_STREAMS: u32 = 100;

/// How long, and for how many bytes, a client that still sends is listened to after the answer.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 16 << 20;

pub(super) struct Connection {
    place: Place,
    peer: Peer,
    shared: Arc<Shared>,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        peer: SocketAddr,
        permit: OwnedSemaphorePermit,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            place: Place {
                stream,
                _permit: permit,
            },
            peer: Peer(peer),
            shared,
        }
    }

    pub(super) async fn serve<S: HttpService>(mut self, service: S) {
        let deadline = Instant::now() + self.shared.settings.header_timeout;
        let sniffed = tokio::select! {
            biased;
            sniffed = sniff(&mut self.place.stream, deadline) => sniffed,
            // Whoever has said nothing yet is as idle as a kept-alive connection.
            () = self.shared.draining.begun() => None,
        };
        let Some((protocol, first)) = sniffed else {
            return;
        };
        let write_timeout = self.shared.settings.idle_body_timeout;
        let (io, back) = ClientIo::new(self.place, first, write_timeout);
        let door = Door {
            service,
            peer: self.peer,
            shared: self.shared,
            had_body: Arc::new(AtomicBool::new(false)),
        };
        let had_body = Arc::clone(&door.had_body);
        let ended = match protocol {
            Protocol::Http1 => serve_http1(io, door).await,
            Protocol::Http2 => serve_http2(io, door).await,
        };
        if let Err(error) = &ended {
            tracing::debug!(%error, peer = %self.peer.0, "connection ended early");
        }
        // The socket of an upgraded connection is still in use and does not come back.
        let Some(Ok(Returned { mut place, refused })) = back.now_or_never() else {
            return;
        };
        if let Some(status) = refused {
            // Who does not take the answer is not told.
            let _ = refusal::send(&mut place.stream, status, write_timeout).await;
            linger(place).await;
        } else if ended.is_ok() && protocol == Protocol::Http1 && had_body.load(Ordering::Relaxed) {
            linger(place).await;
        }
    }
}

async fn serve_http1<S: HttpService>(io: ClientIo, door: Door<S>) -> hyper::Result<()> {
    let settings = &door.shared.settings;
    let draining = door.shared.draining.clone();
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_timeout)
        .max_header_size(settings.max_header_bytes.as_usize())
        .max_buf_size(door.shared.read_buffer);
    let service = service_fn(move |request| door.clone().answer(request));
    let mut connection = pin!(
        builder
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades()
    );
    tokio::select! {
        ended = connection.as_mut() => return ended,
        () = draining.begun() => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}

async fn serve_http2<S: HttpService>(io: ClientIo, door: Door<S>) -> hyper::Result<()> {
    let settings = &door.shared.settings;
    let draining = door.shared.draining.clone();
    let header_bytes = u32::try_from(settings.max_header_bytes.bytes()).unwrap_or(u32::MAX);
    let mut builder = http2::Builder::new(draining.clone());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(header_bytes);
    let service = service_fn(move |request| door.clone().answer(request));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    tokio::select! {
        ended = connection.as_mut() => return ended,
        () = draining.begun() => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}

/// Closing a socket while the client still sends resets it, and the reset may overtake the
/// answer. So after an early answer the rest is read and dropped until the client has seen it.
async fn linger(mut place: Place) {
    let deadline = Instant::now() + LINGER;
    let mut dropped = 0;
    let mut buffer = vec![0; 16 << 10];
    while dropped < LINGER_BYTES {
        match timeout_at(deadline, place.stream.read(&mut buffer)).await {
            Ok(Ok(count)) if count > 0 => dropped += count,
            _ => return,
        }
    }
}

/// The service as hyper calls it: adds to each request what the service should know of the
/// connection.
struct Door<S> {
    service: S,
    peer: Peer,
    shared: Arc<Shared>,
    had_body: Arc<AtomicBool>,
}

impl<S: Clone> Clone for Door<S> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            peer: self.peer,
            shared: Arc::clone(&self.shared),
            had_body: Arc::clone(&self.had_body),
        }
    }
}

impl<S: HttpService> Door<S> {
    async fn answer(self, mut request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        self.had_body
            .store(!request.body().is_end_stream(), Ordering::Relaxed);
        request.extensions_mut().insert(self.peer);
        request
            .extensions_mut()
            .insert(self.shared.draining.clone());
        self.service.oneshot(request).await
    }
}
