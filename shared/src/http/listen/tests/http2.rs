//! HTTP/2 connections that hold a slot without being of use. The client speaks in raw frames,
//! because a library would behave.

use super::*;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The types of frames (RFC 9113 section 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;
const END_STREAM_AND_HEADERS: u8 = 5;

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
    frame.extend_from_slice(payload);
    frame
}

/// The preface, with windows of no bytes: the server may send no response body.
fn closed_windows() -> Vec<u8> {
    const INITIAL_WINDOW_SIZE: u8 = 4;
    let settings = frame(SETTINGS, 0, 0, &[0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0]);
    [PREFACE, &settings].concat()
}

/// GET of `path`, with the static table of HPACK and literals without Huffman coding.
fn get(stream: u8, path: &str) -> Vec<u8> {
    const METHOD_GET_SCHEME_HTTP: [u8; 2] = [0x82, 0x86];
    const AUTHORITY_A: [u8; 3] = [0x01, 1, b'a'];
    let length = u8::try_from(path.len()).unwrap();
    let path = [&[0x04, length], path.as_bytes()].concat();
    let header = [&METHOD_GET_SCHEME_HTTP[..], &AUTHORITY_A, &path].concat();
    frame(HEADERS, END_STREAM_AND_HEADERS, stream, &header)
}

/// The settings in the server's first frame: identifier (RFC 9113 section 6.5.2) and value.
async fn server_settings(stream: &mut TcpStream) -> Vec<(u8, u32)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], SETTINGS);
    let mut settings = vec![0; usize::from(head[2])];
    stream.read_exact(&mut settings).await.unwrap();
    let settings = settings.chunks_exact(6);
    let value = |one: &[u8]| u32::from_be_bytes(one[2..].try_into().unwrap());
    settings.map(|one| (one[1], value(one))).collect()
}

#[tokio::test]
async fn a_client_learns_the_limits_of_its_memory() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    let sent = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    stream.write_all(&sent).await.unwrap();
    let settings = server_settings(&mut stream).await;
    for (streams_window_or_header_list, value) in [(3, 100), (4, 1 << 20), (6, 32 << 10)] {
        let expected = (streams_window_or_header_list, value);
        assert!(settings.contains(&expected), "{expected:?} {settings:?}");
    }
}

#[tokio::test]
async fn a_network_has_few_http_2_connections_of_many_requests_and_the_others_have_one() {
    let server = Server::with(|settings| settings.max_connections_per_network = Some(199)).await;
    let hello = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for (stream, requests) in [(&mut first, 100), (&mut second, 1)] {
        stream.write_all(&hello).await.unwrap();
        let settings = server_settings(stream).await;
        assert!(settings.contains(&(3, requests)), "{settings:?}");
        stream.write_all(&get(1, "/")).await.unwrap();
        timeout(DEADLINE, read_headers(stream)).await.unwrap();
    }
}

/// Reads up to the header of the response of stream 1.
async fn read_headers(stream: &mut TcpStream) {
    const HEADERS: u8 = 1;
    let mut head = [0; 9];
    loop {
        stream.read_exact(&mut head).await.unwrap();
        let [_, l1, l0, kind, ..] = head;
        let mut payload = vec![0; usize::from(u16::from_be_bytes([l1, l0]))];
        stream.read_exact(&mut payload).await.unwrap();
        if kind == HEADERS && head[5..] == [0, 0, 0, 1] {
            return;
        }
    }
}

/// Answers pings until the server closes, and returns the types of its frames.
async fn answer_pings(stream: &mut TcpStream) -> Vec<u8> {
    let mut kinds = Vec::new();
    loop {
        let mut head = [0; 9];
        if timeout(DEADLINE, stream.read_exact(&mut head))
            .await
            .unwrap()
            .is_err()
        {
            return kinds;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        timeout(DEADLINE, stream.read_exact(&mut payload))
            .await
            .unwrap()
            .unwrap();
        kinds.push(head[3]);
        if head[3] == PING && head[4] & ACK == 0 {
            // It fails once the server has closed.
            let _ = stream.write_all(&frame(PING, ACK, 0, &payload)).await;
        }
    }
}

#[tokio::test]
async fn a_connection_that_only_answers_pings_is_closed_after_the_idle_time() {
    let idle = Duration::from_millis(300);
    let server = Server::with(|settings| settings.keep_alive_timeout = idle).await;
    for request in [vec![], get(1, "/")] {
        let mut stream = server.connect().await;
        let began = Instant::now();
        let sent = [PREFACE, &frame(SETTINGS, 0, 0, &[]), &request].concat();
        stream.write_all(&sent).await.unwrap();
        let kinds = answer_pings(&mut stream).await;
        assert!(kinds.contains(&GOAWAY), "{kinds:?}");
        assert_eq!(kinds.contains(&DATA), !request.is_empty(), "{kinds:?}");
        assert!(began.elapsed() >= idle);
    }
}

#[tokio::test]
async fn a_connection_whose_client_accepts_no_response_is_closed() {
    let server = Server::with(|settings| {
        settings.idle_body_timeout = Duration::from_millis(300);
    })
    .await;
    let mut stream = server.connect().await;
    let sent = [closed_windows(), get(1, "/"), get(3, "/peer")].concat();
    stream.write_all(&sent).await.unwrap();
    let kinds = answer_pings(&mut stream).await;
    assert!(
        kinds.contains(&GOAWAY) && !kinds.contains(&DATA),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn a_connection_with_a_running_request_is_kept() {
    let idle = Duration::from_millis(100);
    let server = Server::with(|settings| {
        settings.keep_alive_timeout = idle;
        settings.idle_body_timeout = idle;
    })
    .await;
    let mut stream = server.connect().await;
    let sent = [PREFACE, &frame(SETTINGS, 0, 0, &[]), &get(1, "/never")].concat();
    stream.write_all(&sent).await.unwrap();
    let early = timeout(5 * idle, answer_pings(&mut stream)).await;
    assert!(early.is_err(), "closed after {early:?}");
}
