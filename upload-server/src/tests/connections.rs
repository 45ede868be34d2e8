//! Bodies that the server does not read, and the connections on which they arrive.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{BYTES, DEADLINE, Stage};

/// The head of a request of the owner.
fn head(stage: &Stage, target: &str, headers: &[(&str, &str)]) -> String {
    let credentials = stage.credentials();
    let all = [("Host", "localhost")].iter().chain(&credentials);
    let lines = all
        .chain(headers)
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    format!(
        "{target} HTTP/1.1\r\n{}\r\n",
        lines.collect::<Vec<_>>().concat()
    )
}

#[tokio::test]
async fn the_request_after_a_refused_patch_is_answered_on_the_same_connection() {
    let stage = Stage::new().await;
    let path = stage.create(100_000).await;
    let headers = [BYTES, ("Upload-Offset", "7"), ("Content-Length", "60000")];
    let refused = head(&stage, &format!("PATCH {path}"), &headers) + &"x".repeat(60_000);
    let last = head(&stage, &format!("HEAD {path}"), &[("Connection", "close")]);
    let mut stream = TcpStream::connect(stage.address).await.unwrap();
    let mut raw = Vec::new();
    let talk = async {
        for _ in 0..20 {
            stream.write_all(refused.as_bytes()).await.unwrap();
        }
        stream.write_all(last.as_bytes()).await.unwrap();
        stream.read_to_end(&mut raw).await.unwrap();
    };
    timeout(DEADLINE, talk).await.unwrap();
    let answers = String::from_utf8_lossy(&raw);
    assert_eq!(answers.matches("HTTP/1.1 409 ").count(), 20, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 1, "{answers}");
}

#[tokio::test]
async fn a_body_with_a_coding_is_refused_and_writes_nothing() {
    let stage = Stage::new().await;
    let path = stage.create(10).await;
    let at_0 = ("Upload-Offset", "0");
    for (coding, status, code) in [
        (("Content-Encoding", "gzip"), 415, "unsupported_media_type"),
        (
            ("Transfer-Encoding", "gzip, chunked"),
            400,
            "unsupported_transfer_coding",
        ),
        (
            ("Transfer-Encoding", "chunked, chunked"),
            400,
            "unsupported_transfer_coding",
        ),
    ] {
        let body = b"5\r\nhello\r\n0\r\n\r\n";
        let reply = stage
            .ask(("PATCH", &path), &[BYTES, at_0, coding], body)
            .await;
        assert_eq!((reply.status, reply.code()), (status, code), "{coding:?}");
        let length = ("Upload-Length", "5");
        let reply = stage
            .ask(("POST", "/files/"), &[BYTES, length, coding], body)
            .await;
        assert_eq!((reply.status, reply.code()), (status, code), "{coding:?}");
    }
    assert_eq!(stage.head(&path).await.offset(), 0);
}

#[tokio::test]
async fn an_upload_path_with_an_empty_segment_is_404() {
    let stage = Stage::new().await;
    let path = stage.create(10).await;
    let id = path.trim_start_matches("/files/");
    for path in [
        format!("{path}/"),
        format!("/files//{id}"),
        format!("//files/{id}"),
    ] {
        for method in ["HEAD", "DELETE"] {
            assert_eq!(
                stage.ask((method, &path), &[], b"").await.status,
                404,
                "{path}"
            );
        }
    }
    assert_eq!(stage.head(&path).await.offset(), 0);
}
