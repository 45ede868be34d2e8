//! Responses that leave a part of the request body unread.

use super::*;

/// A request of `/refuse`, which reads no body, and its follow-up on the same connection.
const REFUSED: &str = "POST /refuse HTTP/1.1\r\nHost: a\r\n";
const NEXT: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const CLOSE: &str = "connection: close\r\n";

#[tokio::test]
async fn a_connection_is_kept_after_a_body_that_nobody_read() {
    let server = Server::start().await;
    let chunks = format!("{:x}\r\n{}\r\n", 60_000, "x".repeat(60_000));
    for (headers, body) in [
        ("Content-Length: 60000\r\n\r\n", "x".repeat(60_000)),
        ("Content-Length: 8388608\r\n\r\n", "x".repeat(8 << 20)),
        ("Transfer-Encoding: chunked\r\n\r\n", chunks + "0\r\n\r\n"),
    ] {
        let mut stream = server.connect().await;
        let request = format!("{REFUSED}{headers}{body}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let refusal = read_until(&mut stream, "too_large").await;
        assert!(
            refusal.starts_with("HTTP/1.1 413 ") && !refusal.contains(CLOSE),
            "{refusal}"
        );
        stream.write_all(NEXT).await.unwrap();
        assert!(read_all(&mut stream).await.ends_with("hello"), "{headers}");
    }
}

#[tokio::test]
async fn a_response_before_a_body_that_is_too_long_or_stalls_announces_the_close() {
    let server = Server::start().await;
    for (headers, sent) in [
        ("Content-Length: 100000000\r\n\r\n", 8 << 20),
        ("Content-Length: 60000\r\n\r\n", 1),
        ("Content-Length: 60000\r\nExpect: 100-continue\r\n\r\n", 0),
        ("Transfer-Encoding: chunked\r\n\r\nnonsense\r\n", 0),
    ] {
        let mut stream = server.connect().await;
        let request = format!("{REFUSED}{headers}{}", "x".repeat(sent));
        stream.write_all(request.as_bytes()).await.unwrap();
        let refusal = read_all(&mut stream).await;
        assert!(refusal.starts_with("HTTP/1.1 413 "), "{headers}: {refusal}");
        assert!(refusal.contains(CLOSE), "{headers}: {refusal}");
    }
}

#[tokio::test]
async fn a_drain_does_not_wait_for_a_body_that_nobody_reads() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\n\r\n{REFUSED}Content-Length: 9\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    read_until(&mut stream, "hello").await;
    server.shutdown.cancel();
    assert!(read_all(&mut stream).await.contains(CLOSE));
    drop(stream);
    assert_eq!(server.drain().await, Drained { cut: 0 });
}
