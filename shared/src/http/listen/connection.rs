//! One connection from its first byte to its last.

use std::{
    convert::Infallible,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use http::{HeaderValue, Request, Response, StatusCode, Version, header::CONNECTION};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, sleep, timeout_at},
};
use tower::ServiceExt;

use super::{
    accept::ClientSocket,
    client_io::ClientIo,
    exchanges::{Exchanges, ResponseBody},
    http2_slots::{Http2Allowance, Http2Slots},
    read_deadline::ReadDeadline,
    request_body::RequestBody,
    service::{HttpService, Peer},
    sniff::{Protocol, sniff},
};
use crate::{
    config::HttpArgs,
    http::{Body, Draining, empty},
};

/// An HTTP/2 client is pinged this often, and closed if it does not answer in time.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a response that wait for the client to read them, for each stream; hyper's default
/// would be 400 KiB.
const MAX_SEND_BUFFER: usize = 32 << 10;

/// How many headers a request may have, as hyper limits them over HTTP/1. Many short ones would
/// take five times the memory that their list size says.
const MAX_HEADERS: usize = 100;

/// How long, and for how many bytes, a client that still sends is read after the response. An
/// HTTP/2 client has the same time to begin a stream before it learns of the close.
const LINGER: Duration = Duration::from_secs(5);
const LINGER_BYTES: usize = 16 << 20;

/// What all connections of a listener share.
#[derive(Debug)]
pub(super) struct ConnectionSettings {
    pub(super) http: HttpArgs,
    pub(super) read_buffer: usize,
    pub(super) http2_slots: Http2Slots,
    pub(super) draining: Draining,
}

/// Serves a connection until the client leaves, a limit is exceeded or the drain ends it.
pub(super) async fn serve_connection<S: HttpService>(
    mut socket: ClientSocket,
    service: S,
    settings: Arc<ConnectionSettings>,
) {
    let deadline = Instant::now() + settings.http.header_timeout;
    let sniffed = tokio::select! {
        biased;
        sniffed = sniff(&mut socket.stream, deadline) => sniffed,
        // A connection that has sent nothing is as idle as a kept-alive one.
        () = settings.draining.begun() => None,
    };
    let Some((protocol, replay)) = sniffed else {
        return;
    };
    let network = socket.network;
    let peer = Peer(socket.peer);
    let exchanges = Exchanges::new();
    let read_deadline = (protocol == Protocol::Http1)
        .then(|| ReadDeadline::new(exchanges.clone(), settings.http.clone(), deadline));
    let write_timeout = settings.http.idle_body_timeout;
    let (io, returned) = ClientIo::new(socket, replay, write_timeout, read_deadline);
    let handler = Handler {
        service,
        peer,
        settings,
        exchanges,
        has_unread_body: Arc::new(AtomicBool::new(false)),
    };
    let has_unread_body = Arc::clone(&handler.has_unread_body);
    let ended = match protocol {
        Protocol::Http1 => serve_http1(io, handler).await,
        Protocol::Http2 => {
            let allowance = handler.settings.http2_slots.allow(network);
            serve_http2(io, handler, allowance).await
        }
    };
    let may_still_send = match &ended {
        Ok(()) => has_unread_body.load(Ordering::Relaxed),
        // hyper has refused the header, of which more may be on its way.
        Err(error) => error.is_parse(),
    };
    if let Err(error) = ended {
        tracing::debug!(%error, peer = %peer.0, "connection ended early");
    }
    // An upgraded connection keeps its socket.
    if protocol == Protocol::Http1
        && may_still_send
        && let Some(Ok(socket)) = returned.now_or_never()
    {
        linger(socket).await;
    }
}

async fn serve_http1<S: HttpService>(io: ClientIo, handler: Handler<S>) -> hyper::Result<()> {
    let settings = Arc::clone(&handler.settings);
    let mut builder = http1::Builder::new();
    builder
        // `ReadDeadline` is more exact.
        .header_read_timeout(None)
        .max_header_size(settings.http.max_header_bytes.as_usize())
        .max_buf_size(settings.read_buffer);
    let service = service_fn(move |request| handler.clone().handle(request));
    let mut connection = pin!(
        builder
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades()
    );
    tokio::select! {
        ended = connection.as_mut() => return ended,
        () = settings.draining.begun() => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}

async fn serve_http2<S: HttpService>(
    io: ClientIo,
    handler: Handler<S>,
    allowance: Http2Allowance,
) -> hyper::Result<()> {
    let settings = Arc::clone(&handler.settings);
    let exchanges = handler.exchanges.clone();
    let service = service_fn(move |request| handler.clone().handle(request));
    let builder = http2_builder(&settings, &allowance);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    let blocked = settings.http.idle_body_timeout;
    tokio::select! {
        ended = connection.as_mut() => return ended,
        () = settings.draining.begun() => {}
        () = exchanges.unused(settings.http.keep_alive_timeout, blocked) => {}
    }
    connection.as_mut().graceful_shutdown();
    // The client may not answer, or have begun a stream that the server does not know yet.
    let overdue = async {
        sleep(LINGER).await;
        exchanges.unused(LINGER, blocked).await;
    };
    tokio::select! {
        ended = connection => ended,
        () = overdue => Ok(()),
    }
}

fn http2_builder(
    settings: &ConnectionSettings,
    allowance: &Http2Allowance,
) -> http2::Builder<Draining> {
    let header_bytes = settings.http.max_header_bytes.bytes();
    let mut builder = http2::Builder::new(settings.draining.clone());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(allowance.streams)
        .initial_connection_window_size(allowance.receive_window)
        .initial_stream_window_size(allowance.receive_window)
        .max_send_buf_size(MAX_SEND_BUFFER)
        .max_header_list_size(u32::try_from(header_bytes).unwrap_or(u32::MAX));
    builder
}

/// Reads and drops what the client still sends after the response. Closing the socket instead
/// would reset the connection, and the reset may destroy the response before the client reads it.
async fn linger(mut socket: ClientSocket) {
    let deadline = Instant::now() + LINGER;
    let _ = socket.stream.shutdown().await;
    let mut dropped = 0;
    let mut buffer = vec![0; 16 << 10];
    while dropped < LINGER_BYTES {
        match timeout_at(deadline, socket.stream.read(&mut buffer)).await {
            Ok(Ok(count)) if count > 0 => dropped += count,
            _ => return,
        }
    }
}

/// The service as hyper calls it: each request gets what it may know of its connection.
struct Handler<S> {
    service: S,
    peer: Peer,
    settings: Arc<ConnectionSettings>,
    exchanges: Exchanges,
    /// Whether the latest request has a body that was not read to its end.
    has_unread_body: Arc<AtomicBool>,
}

impl<S: Clone> Clone for Handler<S> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            peer: self.peer,
            settings: Arc::clone(&self.settings),
            exchanges: self.exchanges.clone(),
            has_unread_body: Arc::clone(&self.has_unread_body),
        }
    }
}

impl<S: HttpService> Handler<S> {
    async fn handle(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, Infallible> {
        let exchange = self.exchanges.begin();
        if request.headers().len() > MAX_HEADERS {
            return Ok(too_many_headers().map(|body| exchange.respond(body)));
        }
        let draining = &self.settings.draining;
        let (mut head, incoming) = request.into_parts();
        head.extensions.insert(self.peer);
        head.extensions.insert(draining.clone());
        let is_http1 = head.version < Version::HTTP_2;
        let (body, rest) = RequestBody::new(incoming, &head.headers);
        let request = Request::from_parts(head, body);
        let mut response = self.service.oneshot(request).await?;
        if is_http1 {
            let is_at_end = rest.drop_within_limits(draining).await;
            self.has_unread_body.store(!is_at_end, Ordering::Relaxed);
            if !is_at_end {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
        }
        Ok(response.map(|body| exchange.respond(body)))
    }
}

/// The bare response that hyper gives over HTTP/1.
fn too_many_headers() -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response
}
