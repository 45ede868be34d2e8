//! What hyper refuses before any service sees it: a malformed head (400), one beyond the limits (431),
//! a target that is too long (414). hyper answers these itself and without a body; here its answer is
//! told by its form, kept from the client, and a problem is sent in its place.

use std::{io, time::Duration};

use http::{StatusCode, header};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

use crate::http::{
    Problem,
    front::{RequestId, X_REQUEST_ID},
};

/// How an empty refusal of hyper's begins. Every answer of a service is signed with a request's id.
pub(super) fn of_hyper(bytes: &[u8]) -> Option<StatusCode> {
    // Every write comes by here, bodies too: nothing more is read of those than this.
    if !bytes.starts_with(b"HTTP/1.1 4") {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    let is_empty = head.contains("\r\ncontent-length: 0\r\n") && head.ends_with("\r\n\r\n");
    let is_signed = head.contains(&format!("\r\n{X_REQUEST_ID}: "));
    let status = matches!(status, "400" | "414" | "431") && is_empty && !is_signed;
    status
        .then(|| StatusCode::from_bytes(head.as_bytes().get(9..12)?).ok())
        .flatten()
}

/// Says the same as a problem, within `patience`.
pub(super) async fn send(
    stream: &mut TcpStream,
    status: StatusCode,
    patience: Duration,
) -> io::Result<()> {
    let text = rendered(&problem(status));
    timeout(patience, async {
        stream.write_all(&text).await?;
        stream.shutdown().await
    })
    .await?
}

fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::URI_TOO_LONG => {
            Problem::new(status, "uri_too_long").detail("the URI is too long")
        }
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            Problem::new(status, "header_too_large").detail("the header is too large")
        }
        _ => Problem::new(status, "malformed_request").detail("this request is not valid HTTP/1.1"),
    }
}

fn rendered(problem: &Problem) -> Vec<u8> {
    let id = RequestId::generate();
    let body = problem.json(Some(id.as_str()));
    let headers = problem.clone().into_response().into_parts().0.headers;
    let now = httpdate::fmt_http_date(std::time::SystemTime::now());
    let status = problem.status();
    let mut text = format!(
        "HTTP/1.1 {status}\r\n{}: close\r\n{}: {}\r\n{}: {now}\r\n{X_REQUEST_ID}: {}\r\n",
        header::CONNECTION,
        header::CONTENT_LENGTH,
        body.len(),
        header::DATE,
        id.as_str(),
    )
    .into_bytes();
    for (name, value) in &headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(&body);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_hyper_says_by_itself_is_told_apart() {
        let date = "date: Sun, 29 Nov 2026 08:00:00 GMT";
        for (head, expected) in [
            (
                "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0",
                Some(400),
            ),
            (
                "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0",
                Some(431),
            ),
            ("HTTP/1.1 414 URI Too Long\r\ncontent-length: 0", Some(414)),
            (
                "HTTP/1.1 400 Bad Request\r\nx-request-id: a\r\ncontent-length: 0",
                None,
            ),
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 7", None),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0", None),
            ("HTTP/1.1 204 No Content\r\ncontent-length: 0", None),
            ("HTTP/1.0 400 Bad Request\r\ncontent-length: 0", None),
        ] {
            let told = of_hyper(format!("{head}\r\n{date}\r\n\r\n").as_bytes());
            assert_eq!(told.map(|status| status.as_u16()), expected, "{head}");
        }
        assert_eq!(of_hyper(b"\xff"), None);
        assert_eq!(of_hyper(b""), None);
    }
}
