//! The accept loop over real sockets: raw bytes in, raw bytes out.

mod bodies;
mod http2;
mod lasting;

use std::{
    convert::Infallible,
    net::SocketAddr,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    config::{self, HttpArgs},
    http::{Body, Draining, PacedBody, Problem, empty, full},
};

/// Longer than anything here may take, on a busy machine too.
const DEADLINE: Duration = Duration::from_mins(1);
/// Time that is enough for what ends by itself: a drain cuts only what would never end.
const GRACE: Duration = Duration::from_secs(30);

const APPENDED_BYTES: &[u8] = b"0123456789";
/// Notified when `APPENDED_BYTES` have arrived at `/append`, which one test uses.
static APPENDED: Notify = Notify::const_new();

struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    running: JoinHandle<Drained>,
}

impl Server {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut HttpArgs)) -> Self {
        Self::with_grace(GRACE, change).await
    }

    async fn with_grace(grace: Duration, change: impl FnOnce(&mut HttpArgs)) -> Self {
        let mut settings = config::defaults::<HttpArgs>().unwrap();
        settings.header_timeout = 2 * DEADLINE;
        change(&mut settings);
        let listener = Listener::bind("127.0.0.1:0", settings).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let service = tower::service_fn(answer);
        let running = tokio::spawn(listener.serve(service, shutdown.clone(), grace));
        Self {
            address,
            shutdown,
            running,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn drain(self) -> Drained {
        self.shutdown.cancel();
        timeout(DEADLINE, self.running).await.unwrap().unwrap()
    }
}

/// The routes of the tests.
async fn answer(request: Request<RequestBody>) -> Result<Response<Body>, Infallible> {
    let draining = request.extensions().get::<Draining>().unwrap().clone();
    let peer = *request.extensions().get::<Peer>().unwrap();
    let answer = match (request.method(), request.uri().path()) {
        (_, "/peer") => Response::new(full(peer.0.to_string())),
        (_, "/slow") => {
            draining.begun().await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            Response::new(full("finished"))
        }
        (_, "/never") => std::future::pending().await,
        (_, "/refuse") => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large").into_response(),
        (_, "/flood") => lasting::flood(),
        (_, "/stream") => lasting::stream(draining),
        (_, "/upgrade") => lasting::upgrade(request, &draining),
        (&Method::POST, "/append") => append(request, &draining).await,
        (&Method::POST, "/paced") => paced(request).await,
        _ => Response::new(full("hello")),
    };
    Ok(answer)
}

/// Reads until the body ends or the drain begins, and returns the number of bytes.
async fn append(request: Request<RequestBody>, draining: &Draining) -> Response<Body> {
    let mut body = request.into_body();
    let mut count = 0;
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = draining.begun() => None,
        };
        let Some(Ok(frame)) = frame else { break };
        count += frame.data_ref().map_or(0, Bytes::len);
        if count == APPENDED_BYTES.len() {
            APPENDED.notify_one();
        }
    }
    Response::new(full(format!("kept {count}")))
}

async fn paced(request: Request<RequestBody>) -> Response<Body> {
    let mut settings = config::defaults::<HttpArgs>().unwrap();
    settings.idle_body_timeout = Duration::from_millis(100);
    match PacedBody::new(request.into_body(), &settings)
        .collect()
        .await
    {
        Ok(_) => Response::new(empty()),
        Err(error) => Response::new(full(error.to_string())),
    }
}

/// Everything until the server closes.
async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(DEADLINE, stream.read_to_end(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until `text` has come.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(text) {
        let mut buffer = [0; 4096];
        let count = timeout(DEADLINE, stream.read(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert!(count > 0, "closed after {seen:?}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    seen
}

async fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = server.connect().await;
    stream.write_all(bytes).await.unwrap();
    read_all(&mut stream).await
}

#[tokio::test]
async fn clients_that_never_finish_a_header_are_closed_at_the_timeout() {
    let limit = Duration::from_millis(300);
    let server = Server::with(|settings| settings.header_timeout = limit).await;
    for beginning in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n",
    ] {
        let began = Instant::now();
        let answer = exchange(&server, beginning.as_bytes()).await;
        assert_eq!(answer, "", "to {beginning:?}");
        assert!(began.elapsed() >= limit, "{beginning:?} had its time");
    }
}

#[tokio::test]
async fn a_kept_connection_waits_longer_for_a_request_than_for_the_rest_of_its_header() {
    let limit = Duration::from_millis(300);
    let server = Server::with(|settings| {
        settings.header_timeout = limit;
        settings.keep_alive_timeout = 3 * limit;
    })
    .await;
    for (beginning, wait) in [("", 3 * limit), ("GET / HT", limit)] {
        let mut stream = server.connect().await;
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\n\r\n{beginning}");
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .await
            .unwrap();
        read_until(&mut stream, "hello").await;
        let began = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        assert!(read_all(&mut stream).await.ends_with("hello"));
        assert!(began.elapsed() >= wait, "{beginning:?} had its time");
    }
}

#[tokio::test]
async fn a_request_is_answered_and_knows_its_peer() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    let own = stream.local_addr().unwrap().to_string();
    stream
        .write_all(b"GET /peer HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    read_until(&mut stream, &own).await;
}

#[tokio::test]
async fn http_2_with_prior_knowledge_is_served_on_the_same_port() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut head = [0; 9];
    timeout(DEADLINE, stream.read_exact(&mut head))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(head[3], 4, "the server's first frame is SETTINGS");
}

#[tokio::test]
async fn a_header_over_the_limit_is_431() {
    let server =
        Server::with(|settings| settings.max_header_bytes = config::ByteSize(8 << 10)).await;
    for length in [9 << 10, 100 << 10] {
        let request = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
            "x".repeat(length)
        );
        let answer = exchange(&server, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_parsed_is_400_or_431_and_the_client_gets_to_read_it() {
    let server = Server::start().await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(100 << 10));
    let good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (request, status) in [
        ("NONSENSE\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (&format!("{good}\x01\x02 / HTTP/1.1\r\n\r\n"), 400),
        (&long, 431),
    ] {
        let answers = exchange(&server, request.as_bytes()).await;
        let refusal = answers.rfind("HTTP/1.1 ").and_then(|at| answers.get(at..));
        let status_line = format!("HTTP/1.1 {status} ");
        assert!(refusal.unwrap().starts_with(&status_line), "{answers}");
        let is_second = request.starts_with(good);
        assert_eq!(answers.contains("HTTP/1.1 200 "), is_second, "{answers}");
    }
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_and_are_served_later() {
    let server = Server::with(|settings| settings.max_connections = 1).await;
    let first = server.connect().await;
    let mut second = server.connect().await;
    second
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0];
    let early = timeout(Duration::from_millis(100), second.read(&mut byte)).await;
    assert!(early.is_err(), "the second connection waits");
    drop(first);
    read_until(&mut second, "hello").await;
}

#[tokio::test]
async fn an_idle_connection_closes_at_once_in_a_drain() {
    let server = Server::start().await;
    // Accepted before the other, and so before the drain.
    let mut silent = server.connect().await;
    let mut kept_alive = server.connect().await;
    kept_alive
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    read_until(&mut kept_alive, "hello").await;
    assert_eq!(server.drain().await, Drained { cut: 0 });
    assert_eq!(
        read_all(&mut kept_alive).await + &read_all(&mut silent).await,
        ""
    );
}

#[tokio::test]
async fn a_running_request_finishes_in_a_drain() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    // Two pipelined requests: when the first is answered the second is known to run.
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(request).await.unwrap();
    read_until(&mut stream, "hello").await;
    assert_eq!(server.drain().await, Drained { cut: 0 });
    assert!(read_all(&mut stream).await.ends_with("finished"));
}

#[tokio::test]
async fn a_half_sent_body_ends_at_the_drain_with_an_answer() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    let head =
        "POST /append HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    read_until(&mut stream, "100 Continue").await;
    stream.write_all(APPENDED_BYTES).await.unwrap();
    timeout(DEADLINE, APPENDED.notified()).await.unwrap();
    server.shutdown.cancel();
    assert!(read_all(&mut stream).await.ends_with("kept 10"));
    drop(stream);
    assert_eq!(server.drain().await, Drained { cut: 0 });
}

#[tokio::test]
async fn a_request_that_outlives_the_grace_is_cut() {
    let server = Server::with_grace(Duration::from_millis(500), |_| {}).await;
    let mut stream = server.connect().await;
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(request).await.unwrap();
    read_until(&mut stream, "hello").await;
    assert_eq!(server.drain().await, Drained { cut: 1 });
    assert_eq!(read_all(&mut stream).await, "");
}

#[tokio::test]
async fn a_silent_body_ends_with_an_answer() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    let head = b"POST /paced HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n0123456789";
    stream.write_all(head).await.unwrap();
    read_until(&mut stream, "no byte of the body arrived").await;
}

#[tokio::test]
async fn dropping_the_listener_drops_its_connections() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    read_until(&mut stream, "hello").await;
    server.running.abort();
    assert_eq!(read_all(&mut stream).await, "");
}
