//! Long responses: HTTP/2 streams, upgraded connections, clients that read nothing.

use futures_util::stream;
use http::{HeaderValue, Version, header};
use http_body::Frame;
use http_body_util::StreamBody;
use hyper_util::rt::TokioIo;

use super::*;
use crate::http::{BoxError, boxed};

/// Starts at once and ends a little after the drain begins.
pub(super) fn stream(draining: Draining) -> Response<Body> {
    let last = stream::once(Box::pin(async move {
        draining.begun().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok::<_, BoxError>(Frame::data(Bytes::from_static(b"finished")))
    }));
    Response::new(boxed(StreamBody::new(last)))
}

/// Notified when the server drops an endless answer. One test asks for one.
static FLOOD_ENDED: Notify = Notify::const_new();

struct NotifiesOnDrop;

impl Drop for NotifiesOnDrop {
    fn drop(&mut self) {
        FLOOD_ENDED.notify_one();
    }
}

/// Never ends.
pub(super) fn flood() -> Response<Body> {
    let (bytes, guard) = (Bytes::from(vec![0; 65536]), NotifiesOnDrop);
    let endless = stream::repeat_with(move || {
        let _moved_here = &guard;
        Ok::<_, BoxError>(Frame::data(bytes.clone()))
    });
    Response::new(boxed(StreamBody::new(endless)))
}

/// Switches protocols, and says goodbye when the drain begins.
pub(super) fn upgrade(request: Request<RequestBody>, draining: &Draining) -> Response<Body> {
    let begun = draining.clone();
    draining.spawn(async move {
        let mut io = TokioIo::new(hyper::upgrade::on(request).await.unwrap());
        io.write_all(b"hello from the other protocol")
            .await
            .unwrap();
        begun.begun().await;
        io.write_all(b"goodbye").await.unwrap();
    });
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("other"));
    response
}

fn http2_client() -> reqwest::Client {
    reqwest::Client::builder()
        .http2_prior_knowledge()
        .timeout(DEADLINE)
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_http_2_request_is_answered_and_knows_its_peer() {
    let server = Server::start().await;
    let url = format!("http://{}/peer", server.address);
    let response = http2_client().get(url).send().await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    assert!(response.text().await.unwrap().starts_with("127.0.0.1:"));
}

#[tokio::test]
async fn an_http_2_stream_finishes_in_a_drain() {
    let server = Server::start().await;
    let url = format!("http://{}/stream", server.address);
    let response = http2_client().get(url).send().await.unwrap();
    let (drained, text) = tokio::join!(server.drain(), response.text());
    assert_eq!(
        (drained, text.unwrap().as_str()),
        (Drained { cut: 0 }, "finished")
    );
}

#[tokio::test]
async fn an_idle_http_2_connection_closes_at_once_in_a_drain() {
    let server = Server::start().await;
    let client = http2_client();
    client
        .get(format!("http://{}/", server.address))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(server.drain().await, Drained { cut: 0 });
}

#[tokio::test]
async fn an_http_2_header_over_the_limit_is_431() {
    let server =
        Server::with(|settings| settings.max_header_bytes = config::ByteSize(8 << 10)).await;
    let url = format!("http://{}/", server.address);
    let request = http2_client().get(url).header("x", "x".repeat(12 << 10));
    assert_eq!(request.send().await.unwrap().status().as_u16(), 431);
}

#[tokio::test]
async fn an_http_2_request_has_no_more_headers_than_one_of_http_1() {
    let server = Server::start().await;
    // reqwest adds `accept`.
    for (count, status) in [(99, 200), (100, 431)] {
        let mut request = http2_client().get(format!("http://{}/", server.address));
        for _ in 0..count {
            request = request.header("x", "");
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), status);
    }
}

#[tokio::test]
async fn an_upgraded_connection_says_goodbye_in_a_drain() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    let head = b"GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n";
    stream.write_all(head).await.unwrap();
    read_until(&mut stream, "hello from the other protocol").await;
    assert_eq!(server.drain().await, Drained { cut: 0 });
    assert_eq!(read_all(&mut stream).await, "goodbye");
}

#[tokio::test]
async fn a_client_that_reads_nothing_of_its_response_is_closed() {
    let server =
        Server::with(|settings| settings.idle_body_timeout = Duration::from_millis(200)).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let dropped = timeout(DEADLINE, FLOOD_ENDED.notified()).await;
    assert!(dropped.is_ok(), "the server waits for the client");
    let mut taken = Vec::new();
    // The bytes in the socket's buffers arrive, and then the end, however abrupt.
    let ended = timeout(DEADLINE, stream.read_to_end(&mut taken)).await;
    assert!(ended.is_ok(), "the response went on");
}
